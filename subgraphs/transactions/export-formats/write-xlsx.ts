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
  add("xl/workbook.xml", workbookXml(sheets));
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
  yield `${HEAD}<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${table.columns
    .map(
      ({ width }, index) =>
        `<col min="${index + 1}" max="${index + 1}" width="${Math.ceil(width / 4.4)}" customWidth="1"/>`,
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
  yield `${text}</sheetData></worksheet>`;
}

const PIECE = 256 * 1024;
const HEAD =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">';

function headerXml({ columns }: ExportTable, letters: readonly string[]): string {
  return `<row r="1">${columns.map(({ label }, index) => textXml(`${letters[index]}1`, label, "header")).join("")}</row>`;
}

function rowXml(row: ExportRow, cells: readonly CellWriter[], letters: readonly string[], number: number): string {
  let text = `<row r="${number}">`;
  for (let index = 0; index < cells.length; index += 1) text += cells[index]!(letters[index]! + number, row, index);
  return `${text}</row>`;
}

function factsXml(facts: ExportTable["facts"]): string {
  const rows = facts.map(([label, value], index) => {
    const number = index + 1;
    return `<row r="${number}">${textXml(`A${number}`, label, "header")}${textXml(`B${number}`, value, "text")}</row>`;
  });
  const columns =
    '<cols><col min="1" max="1" width="24" customWidth="1"/><col min="2" max="2" width="100" customWidth="1"/></cols>';
  return `${HEAD}${columns}<sheetData>${rows.join("")}</sheetData></worksheet>`;
}
