import PDFDocument from "pdfkit";
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
import { FACT_WORDS, inLocale } from "./export-words.ts";
import { createPageText, type Document, type PageText, printable } from "./pdf-text.ts";

/**
 * A page of what the file is about, and then the rows under a head that is on every page. A page is as wide as its
 * columns need and at least an A4 across, so that no column is left out. Pages are handed on as they are made; how many
 * there will be is known before, from the number of rows.
 */
export async function* writePdf(table: ExportTable): AsyncGenerator<Buffer> {
  const layout = layoutOf(table);
  const document = new PDFDocument({
    autoFirstPage: false,
    size: [layout.pageWidth, PAGE_HEIGHT],
    margin: 0,
    info: { Title: table.title, Producer: "Concord", Creator: "Concord" },
  });
  const pages = 1 + Math.ceil(Number(table.rowCount) / ROWS_A_PAGE);
  let page = 0;
  const text = createPageText(document, { size: SIZE, height: PAGE_HEIGHT });
  const beginPage = () => {
    text.flush();
    page += 1;
    document.addPage();
    writeFoot(document, table, { page, pages, width: layout.pageWidth });
  };
  beginPage();
  writeFacts(document, table, layout.pageWidth);
  let left = 0;
  let row = 0;
  for await (const rows of table.rows) {
    for (const cells of rows) {
      if (left === 0) {
        beginPage();
        writeHead(document, table, layout, text);
        left = ROWS_A_PAGE;
        row = 0;
      }
      writeRow(text, layout, cells, FIRST_ROW + SIZE + row * LINE);
      left -= 1;
      row += 1;
    }
    yield* written(document);
  }
  text.flush();
  document.end();
  yield* written(document);
}

/** What is made so far. A page ends when the next begins, so that no more than one is in memory. */
function* written(document: Document): Generator<Buffer> {
  for (let piece = document.read() as Buffer | null; piece !== null; piece = document.read() as Buffer | null)
    yield piece;
}

const PAGE_HEIGHT = 595.28;
const LEAST_WIDTH = 841.89;
/** What a letter of a label takes at most, nearly always: bold, in points. */
const LABEL_LETTER = 4;
const MARGIN = 28;
const LINE = 10;
const SIZE = 7;
const FIRST_ROW = 70;
const ROWS_A_PAGE = Math.floor((PAGE_HEIGHT - FIRST_ROW - MARGIN - 16) / LINE);

type Column = {
  readonly x: number;
  readonly width: number;
  readonly isRight: boolean;
  readonly text: (value: string, row: ExportRow) => string;
};
type Layout = { readonly columns: readonly Column[]; readonly pageWidth: number };

function layoutOf({ columns, locale }: ExportTable): Layout {
  let x = MARGIN;
  const placed = columns.map((column): Column => {
    const width = Math.max(column.width, column.label.length * LABEL_LETTER + 8);
    const at = x;
    x += width;
    const isRight = column.kind === "money" || column.kind === "settledMoney";
    return { x: at, width: width - 6, isRight, text: textOf(column.kind, locale) };
  });
  return { columns: placed, pageWidth: Math.max(LEAST_WIDTH, x + MARGIN) };
}

function textOf(kind: ExportTable["columns"][number]["kind"], locale: ExportTable["locale"]): Column["text"] {
  if (kind === "money" || kind === "settledMoney") {
    const decimal = decimalSign(locale);
    return (value, row) => moneyText(row, kind, value, decimal);
  }
  if (kind === "time") return clockText;
  if (kind === "offset") return offsetText;
  if (kind === "word" || kind === "boolean") return createWordReader(locale);
  return (value) => value;
}

function writeFacts(document: Document, { title, facts }: ExportTable, pageWidth: number): void {
  document.font("Helvetica-Bold").fontSize(16).text(printable(title), MARGIN, MARGIN);
  document.y += 8;
  for (const [label, value] of facts) {
    const top = document.y;
    document.font("Helvetica-Bold").fontSize(8).text(printable(label), MARGIN, top, { width: 110 });
    const afterLabel = document.y;
    // Cut rather than run over the page: what a filter names may be thousands of ids.
    const height = Math.max(LINE, PAGE_HEIGHT - top - MARGIN - 20);
    const place = { width: pageWidth - 2 * MARGIN - 120, height: Math.min(height, 80), ellipsis: true };
    document.font("Helvetica").text(printable(value), MARGIN + 120, top, place);
    document.y = Math.max(document.y, afterLabel) + 3;
  }
}

function writeHead(document: Document, { title, columns, header }: ExportTable, layout: Layout, page: PageText): void {
  document.font("Helvetica-Bold").fontSize(10).text(printable(title), MARGIN, MARGIN, CELL);
  document.fontSize(SIZE);
  for (const [index, { x, width, isRight }] of layout.columns.entries()) {
    const label = fitting(page, printable(columns[index]?.label ?? ""), width / BOLD);
    document.font("Helvetica-Bold").fontSize(SIZE);
    document.text(label, isRight ? x + width - document.widthOfString(label) : x, FIRST_ROW - LINE - 4, CELL);
  }
  document.font("Helvetica");
  document.text(printable(header), MARGIN, MARGIN + 14, CELL);
  const y = FIRST_ROW - 5;
  document
    .moveTo(MARGIN, y)
    .lineTo(layout.pageWidth - MARGIN, y)
    .lineWidth(0.5)
    .stroke();
}

/** How much wider bold letters are, at most. */
const BOLD = 1.12;

type Foot = { readonly page: number; readonly pages: number; readonly width: number };

function writeFoot(document: Document, { locale, footer }: ExportTable, { page, pages, width }: Foot): void {
  const y = PAGE_HEIGHT - MARGIN;
  document.font("Helvetica").fontSize(SIZE).text(printable(footer), MARGIN, y, CELL);
  const text = `${inLocale(FACT_WORDS.page, locale)} ${page} / ${pages}`;
  document.text(text, width - MARGIN - document.widthOfString(text), y, CELL);
}

function writeRow(page: PageText, { columns }: Layout, row: ExportRow, y: number): void {
  for (let index = 0; index < columns.length; index += 1) {
    const value = row[index + FIRST_CELL]!;
    if (value === "") continue;
    const { x, width, isRight, text } = columns[index]!;
    const shown = printable(text(value, row));
    // A number that is cut would be another number: it may run over its column's left edge.
    const fitted = isRight ? shown : fitting(page, shown, width);
    page.draw(fitted, isRight ? x + width - page.widthOf(fitted) : x, y);
  }
}

const CELL = { lineBreak: false } as const;

/** What is too wide for its column ends in an ellipsis. No letter is wider than the type is high. */
function fitting(page: PageText, text: string, width: number): string {
  if (text.length * SIZE <= width || page.widthOf(text) <= width) return text;
  let end = text.length;
  while (end > 0 && page.widthOf(`${text.slice(0, end)}…`) > width) end -= 1;
  return `${text.slice(0, end)}…`;
}
