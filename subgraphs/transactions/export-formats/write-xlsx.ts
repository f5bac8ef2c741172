import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { ExportRow, ExportTable } from "./export-table.ts";
import { type CellWriter, columnLetters, sheetCells, textXml } from "./xlsx-cells.ts";
import { CONTENT_TYPES, RELATIONS, STYLES, workbookRelations, workbookXml } from "./xlsx-parts.ts";

/** What a sheet can hold; one of its rows is the header. */
const SHEET_ROWS = 1_048_576;
const DATA_ROWS = SHEET_ROWS - 1;

/**
 * A workbook: one sheet of rows, or more where there are more rows than one can hold, and then a sheet of what the file
 * is about. Texts stand in their cells, not in a table beside them that would have to be in memory.
 * @param mostRows rows of data in a sheet, for a test that has not a million
 */
export async function* writeXlsx(table: ExportTable, mostRows = DATA_ROWS): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  // What fails in a sheet fails the file: left alone it would end early and look whole.
  zip.on("error", (error: Error) => (zip.outputStream as Readable).destroy(error));
  const count = Math.max(1, Math.ceil(Number(table.rowCount) / mostRows));
  const names = Array.from({ length: count }, (_, index) =>
    index === 0 ? table.title : `${table.title} ${index + 1}`,
  );
  const sheets = [...names, table.aboutTitle];
  const add = (path: string, text: string) => zip.addBuffer(Buffer.from(text), path, ENTRY);
  add("[Content_Types].xml", CONTENT_TYPES(sheets.length));
  add("_rels/.rels", RELATIONS);
  add("xl/workbook.xml", workbookXml(names, table.aboutTitle));
  add("xl/_rels/workbook.xml.rels", workbookRelations(sheets.length));
  add("xl/styles.xml", STYLES);
  const rows = oneByOne(table.rows);
  const cells = table.columns.map((column) => sheetCells(column.kind, table.locale));
  for (let sheet = 1; sheet <= count; sheet += 1) {
    zip.addReadStreamLazy(`xl/worksheets/sheet${sheet}.xml`, ENTRY, (give) => {
      const stream = Readable.from(sheetXml(table, cells, rows, mostRows));
      // Nobody listens for the failures of a stream that was given lazily.
      stream.on("error", (error) => zip.emit("error", error));
      give(null, stream);
    });
  }
  add(`xl/worksheets/sheet${sheets.length}.xml`, factsXml(table.facts));
  zip.end();
  for await (const chunk of zip.outputStream) yield chunk as Buffer;
}

/** Alike whenever it is written; and fast, since what is written once is read once. */
const ENTRY = { mtime: new Date(Date.UTC(2020, 0, 1)), compressionLevel: 1, forceDosTimestamp: true };

type Rows = { readonly next: () => Promise<ExportRow | undefined> | ExportRow | undefined };

/** Rows of batches, so that a sheet can end in the middle of one; those at hand come without waiting. */
function oneByOne(batches: AsyncIterable<readonly ExportRow[]>): Rows {
  const source = batches[Symbol.asyncIterator]();
  let batch: readonly ExportRow[] = [];
  let at = 0;
  const refill = async (): Promise<ExportRow | undefined> => {
    const { value, done } = await source.next();
    if (done === true) return undefined;
    batch = value;
    at = 1;
    return batch[0];
  };
  return { next: () => (at < batch.length ? batch[at++] : refill()) };
}

async function* sheetXml(
  table: ExportTable,
  cells: readonly CellWriter[],
  rows: Rows,
  most: number,
): AsyncGenerator<string> {
  const letters = table.columns.map((_, index) => columnLetters(index));
  yield `${HEAD}${FIT_TO_PAGES}<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${table.columns
    .map(
      ({ width, label }, index) =>
        `<col min="${index + 1}" max="${index + 1}" width="${lettersWide(width, label)}" customWidth="1"/>`,
    )
    .join("")}</cols><sheetData>${headerXml(table, letters)}`;
  let text = "";
  for (let number = 2; number <= most + 1; number += 1) {
    const next = rows.next();
    const row = next instanceof Promise ? await next : next;
    if (row === undefined) break;
    text += rowXml(row, cells, letters, number);
    if (text.length < PIECE) continue;
    yield text;
    text = "";
  }
  yield `${text}</sheetData>${printed(table.columns.reduce((sum, { width, label }) => sum + lettersWide(width, label), 0))}</worksheet>`;
}

/** A column is as wide as its cells and its bold header need, in letters, with air between it and the next. */
function lettersWide(points: number, label: string): number {
  return Math.max(Math.ceil(points / 4.4), label.length) + 2;
}

const PIECE = 256 * 1024;
const FIT_TO_PAGES = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';

/** On paper as many pages across as can be read, and each with its number. */
function printed(letters: number): string {
  const across = Math.ceil(letters / LETTERS_A_PAGE);
  return `<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="${across}" fitToHeight="0"/><headerFooter><oddFooter>&amp;A, &amp;P / &amp;N</oddFooter></headerFooter>`;
}

const LETTERS_A_PAGE = 260;
const HEAD =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">';

function headerXml({ columns }: ExportTable, letters: readonly string[]): string {
  const cells = columns.map(({ label, kind }, index) =>
    textXml(`${letters[index]}1`, label, kind === "money" || kind === "settledMoney" ? "amounts" : "header"),
  );
  return `<row r="1">${cells.join("")}</row>`;
}

function rowXml(row: ExportRow, cells: readonly CellWriter[], letters: readonly string[], number: number): string {
  let text = `<row r="${number}">`;
  for (let index = 0; index < cells.length; index += 1) text += cells[index]!(letters[index]! + number, row, index);
  return `${text}</row>`;
}

/** A program that opens the file does not reckon how high a long text is. */
const LINE_POINTS = 15;
const VALUE_LETTERS = 95;

function factsXml(facts: ExportTable["facts"]): string {
  const rows = facts.map(([label, value], index) => {
    const number = index + 1;
    const height = LINE_POINTS * Math.ceil(value.length / VALUE_LETTERS);
    return `<row r="${number}" ht="${height}" customHeight="1">${textXml(`A${number}`, label, "header")}${textXml(`B${number}`, value, "wrapped")}</row>`;
  });
  const columns =
    '<cols><col min="1" max="1" width="24" customWidth="1"/><col min="2" max="2" width="110" customWidth="1"/></cols>';
  return `${HEAD}${FIT_TO_PAGES}${columns}<sheetData>${rows.join("")}</sheetData>${printed(LETTERS_A_PAGE)}</worksheet>`;
}
