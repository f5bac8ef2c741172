import { AppError } from "../../subgraphs/shared/errors.ts";
import { type Encoding, LONGEST_ROW, textOf } from "./text.ts";

export type CsvFormat = { readonly delimiter: "," | ";" | "\t"; readonly encoding: Encoding };

/** One record. `line` is the physical line it starts on (1-based), `raw` its text without the line end. */
export type CsvRow = { readonly line: number; readonly raw: string; readonly cells: readonly string[] };

/**
 * Reads delimited text as a stream and yields the rows of each chunk together; LF and CRLF both end a row, blank lines
 * are passed over, the last row needs no line end. Strict where a damaged file shows itself: a quote that is not
 * closed, text around quotes, a row beyond 64 kB and bytes of another encoding throw FILE_REJECTED with the line.
 */
export async function* readCsv(file: AsyncIterable<Buffer>, format: CsvFormat): AsyncGenerator<readonly CsvRow[]> {
  let rest = "";
  let line = 1;
  for await (const text of textOf(file, format.encoding)) {
    const scan = scanRows(rest + text, line, format.delimiter);
    rest = scan.rest;
    line = scan.line;
    if (rest.length > LONGEST_ROW) throw tooLong(line);
    if (scan.rows.length > 0) yield scan.rows;
  }
  if (rest === "") return;
  const { rows, rest: open } = scanRows(`${rest}\n`, line, format.delimiter);
  if (open !== "") throw unclosed(line);
  if (rows.length > 0) yield rows;
}

/** Throws FILE_REJECTED unless the row is as wide as it must be: a narrow row is how a cut file looks. */
export function checkWidth(row: CsvRow, width: number): void {
  if (row.cells.length === width) return;
  const found = `line ${row.line} has ${row.cells.length} cells where the format has ${width}`;
  throw new AppError("FILE_REJECTED", `${found}; the file is cut or damaged, fetch it again`);
}

type Scan = { readonly rows: readonly CsvRow[]; readonly rest: string; readonly line: number };

/** Takes every whole row off the text; what follows the last of them is the rest, and `line` is where that starts. */
function scanRows(text: string, firstLine: number, delimiter: string): Scan {
  const rows: CsvRow[] = [];
  let line = firstLine;
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    let raw = withoutReturn(text.slice(start, end));
    let cells: readonly string[] = [];
    let lines = 1;
    if (raw.includes('"')) {
      const quoted = quotedRow(text, start, { delimiter, line });
      if (!quoted) break;
      ({ cells, lines, end } = quoted);
      raw = withoutReturn(text.slice(start, end));
    } else {
      cells = raw.split(delimiter);
    }
    if (raw.length > LONGEST_ROW) throw tooLong(line);
    if (raw !== "") rows.push({ line, raw, cells });
    line += lines;
    start = end + 1;
  }
  return { rows, rest: text.slice(start), line };
}

type Quoted = { readonly cells: readonly string[]; readonly end: number; readonly lines: number };

/** A row with quotes in it, which may run over several lines; undefined while its end has not arrived. */
function quotedRow(text: string, start: number, at: { delimiter: string; line: number }): Quoted | undefined {
  const cells: string[] = [];
  let lines = 1;
  let position = start;
  for (;;) {
    const cell = text[position] === '"' ? quotedCell(text, position, at.line) : plainCell(text, position, at);
    if (!cell) return undefined;
    cells.push(cell.value);
    lines += newlines(cell.value);
    const next = text.startsWith("\r\n", cell.end) ? cell.end + 1 : cell.end;
    if (text[next] === "\n") return { cells, end: next, lines };
    if (text[next] !== at.delimiter) {
      // A return at the very end of the chunk may be the first half of a line end.
      if (next >= text.length - 1) return undefined;
      throw damaged(at.line, `text after a closing quote in cell ${cells.length}`);
    }
    position = next + 1;
  }
}

type Cell = { readonly value: string; readonly end: number };

function quotedCell(text: string, open: number, line: number): Cell | undefined {
  let close = text.indexOf('"', open + 1);
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close === -1) {
    if (text.length - open > LONGEST_ROW) throw unclosed(line);
    return undefined;
  }
  return { value: text.slice(open + 1, close).replaceAll('""', '"'), end: close + 1 };
}

function plainCell(text: string, start: number, at: { delimiter: string; line: number }): Cell | undefined {
  const newline = text.indexOf("\n", start);
  if (newline === -1) return undefined;
  const delimiter = text.indexOf(at.delimiter, start);
  let end = delimiter === -1 || delimiter > newline ? newline : delimiter;
  if (end === newline && text[end - 1] === "\r" && end > start) end -= 1;
  const value = text.slice(start, end);
  if (value.includes('"')) throw damaged(at.line, `a quote inside the unquoted cell ${value.slice(0, 40)}`);
  return { value, end };
}

function newlines(value: string): number {
  let count = 0;
  for (let at = value.indexOf("\n"); at !== -1; at = value.indexOf("\n", at + 1)) count += 1;
  return count;
}

function withoutReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function damaged(line: number, what: string): AppError {
  return new AppError("FILE_REJECTED", `line ${line} has ${what}; the file is damaged, fetch it again`);
}

function unclosed(line: number): AppError {
  return damaged(line, "a quote that is never closed");
}

function tooLong(line: number): AppError {
  return damaged(line, `more than ${LONGEST_ROW} characters`);
}
