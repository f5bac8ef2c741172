import {
  clockText,
  createWordReader,
  decimalSign,
  type ExportRow,
  type ExportTable,
  FIRST_CELL,
  moneyText,
  offsetText,
} from "./export-table.ts";

/**
 * RFC 4180 in UTF-8: a header, the rows, and then what the file is about, each a record of as many cells as the others
 * whose first cell begins with "# ". So the table begins at the first byte, and a reader drops the end by its first
 * character, since no cell of data begins with it. Cells are parted by a comma in English and by a semicolon where the
 * comma stands before decimals.
 */
export async function* writeCsv(table: ExportTable): AsyncGenerator<Buffer> {
  const { locale, columns, facts } = table;
  const delimiter = decimalSign(locale) === "." ? "," : ";";
  const line = (cells: readonly string[]) => `${cells.map(textCell).join(delimiter)}\r\n`;
  yield Buffer.from((table.bom ? "\uFEFF" : "") + line(columns.map(({ label }) => label)));
  const cells = columns.map(({ kind }) => cellWriter(kind, table));
  let piece = Buffer.allocUnsafe(PIECE);
  let length = 0;
  for await (const rows of table.rows) {
    for (const row of rows) {
      // Line by line: the text of many, put together of all their cells, would outlive them in memory.
      let text = "";
      for (let index = 0; index < cells.length; index += 1) {
        const value = row[index + FIRST_CELL]!;
        if (index > 0) text += delimiter;
        if (value !== "") text += cells[index]!(value, row);
      }
      text += "\r\n";
      const most = text.length * MOST_BYTES;
      if (length + most > piece.length) {
        yield piece.subarray(0, length);
        piece = Buffer.allocUnsafe(Math.max(PIECE, most));
        length = 0;
      }
      length += piece.write(text, length);
    }
  }
  yield piece.subarray(0, length);
  const rest = delimiter.repeat(columns.length - 1);
  yield Buffer.from(facts.map(([label, value]) => `${quoted(`# ${label}: ${value}`)}${rest}\r\n`).join(""));
}

/** Bytes that are handed on together. */
const PIECE = 64 * 1024;
/** UTF-8 needs at most so many for a UTF-16 unit. */
const MOST_BYTES = 3;

type CellWriter = (value: string, row: ExportRow) => string;

function cellWriter(kind: ExportTable["columns"][number]["kind"], { locale }: ExportTable): CellWriter {
  if (kind === "money" || kind === "settledMoney") {
    const decimal = decimalSign(locale);
    return (value, row) => moneyText(row, kind, value, decimal);
  }
  if (kind === "time") return clockText;
  if (kind === "offset") return offsetText;
  if (kind === "date") return (value) => value;
  if (kind === "text") return textCell;
  return createWordReader(locale);
}

/** A spreadsheet would run a text that begins like a formula; an apostrophe keeps it what it is. */
function textCell(value: string): string {
  if (!SUSPECT.test(value)) return value;
  const neutral = FORMULA.test(value) ? `'${value}` : value;
  return SPECIAL.test(neutral) ? quoted(neutral) : neutral;
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Also in its full-width forms, after what a spreadsheet trims away, and "#", which marks what the file tells of itself. */
const FORMULA = /^(?:[\s\0]*[=+\-@＝＋－＠]|[\t\r\n\0#])/;
const SPECIAL = /[",;\r\n]/;
/** One look for nearly all cells. */
const SUSPECT = /^[\s\0=+\-@#＝＋－＠]|[",;\r\n]/;
