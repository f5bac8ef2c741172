import type { CsvRow } from "../readers/csv.ts";
import { readLines } from "../readers/lines.ts";
import type { GrrcnRecord } from "./grrcn-fields.ts";

/** Whether a head is a GRRCN file of fixed width: its header names the format at its 35th character. */
export function isFixedWidth(head: string): boolean {
  return /^HEADER {4}\d{24}GRRCN/.test(head);
}

/** The records of a GRRCN file of fixed width as the cells that the delimited one has. */
export async function* readFixedGrrcn(file: AsyncIterable<Buffer>): AsyncGenerator<readonly CsvRow[]> {
  for await (const lines of readLines(file, "utf-8")) {
    yield lines.map(({ line, raw }) => ({ line, raw, cells: cellsOf(raw) }));
  }
}

/** A record nobody knows is left whole behind its name; a record that is cut has fewer cells, which is seen. */
function cellsOf(raw: string): readonly string[] {
  const record = raw.slice(0, NAME).trimEnd();
  if (!Object.hasOwn(WIDTHS, record)) return [record, raw.slice(NAME)];
  const cells = [record];
  let start = NAME;
  for (const width of WIDTHS[record as GrrcnRecord]) {
    cells.push(raw.slice(start, start + width).trim());
    start += width;
  }
  return cells;
}

const NAME = 10;
/** What every record between header and trailer begins with, fees and revenues excepted. */
const PAYMENT = [15, 3, 10, 8, 3];
const DISPUTE = [...PAYMENT, 15, 8, 15, 30, 20, 19, 30, 8, 15, 3, 30, 10, 280, 16, 16, 16, 16, 16, 7, 7, 3, 3];

/** The widths of a record's cells behind its name. */
const WIDTHS: Readonly<Record<GrrcnRecord, readonly number[]>> = {
  HEADER: [8, 6, 10, 10, 20, 4],
  SUMMARY: [...PAYMENT, 18, 16, 16, 16, 16, 16, 16, 16, 17, 34, 34, 15],
  TAXRECORD: [...PAYMENT, 2, 64, 24, 8, 20, 24],
  SUBMISSION: [
    ...PAYMENT,
    ...[15, 8, 8, 15, 3, 15, 15, 16, 16, 16, 16, 16, 16, 7, 7, 7, 11, 5, 9, 8, 8, 5, 16, 16, 16, 16],
  ],
  TRANSACTN: [
    ...PAYMENT,
    ...[15, 8, 8, 15, 3, 15, 30, 20, 19, 30, 16, 16, 8, 6, 15, 6, 10, 4, 30, 23, 1, 4, 4, 4, 4, 1, 3, 16, 16, 5, 5, 15],
    ...[16, 16],
  ],
  TXNPRICING: [...PAYMENT, 15, 15, 15, 30, 20, 19, 16, 8, 2, 7, 22, 7, 22],
  CHARGEBACK: DISPUTE,
  ADJUSTMENT: DISPUTE,
  FEEREVENUE: [15, 10, 8, 3, 15, 15, 16, 80, 16, 65, 16, 1, 3, 3],
  TRAILER: [10, 10],
};
