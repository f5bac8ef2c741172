import { AppError } from "../../subgraphs/shared/errors.ts";
import { negateMoney } from "../../subgraphs/shared/money.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { type CsvRow, checkWidth, readCsv } from "../readers/csv.ts";
import { unknownRecord } from "../readers/drift.ts";
import { rawWithout } from "../readers/personal.ts";
import { ofFile } from "../readers/rows.ts";
import { bookedOf, fundingOf, reportedOf } from "../trustly/events.ts";
import {
  type Header,
  headerOf,
  itemOf,
  PERSONAL_CELLS,
  type Trail,
  trailOf,
  transactionOf,
  WIDTHS,
} from "../trustly/records.ts";
import { Totals } from "../trustly/totals.ts";

/**
 * Trustly's funding (P11KFUN) and reconciliation (P11KREC) reports: UTF-8, commas, fields by place, the record's letter
 * first: H header, F funding, I item, T transaction, L trail. Times are UTC, amounts signed decimals in major units. A
 * funding is the sum of its items and their fees, and the trail counts and sums them. A reconciliation reports statuses
 * and books nothing. A report may be cut into several files; what its trail declares is then checked in none of them.
 */
export const adapter: SettlementAdapter = { name: "trustly", provider: "trustly", accepts, read };

function accepts(head: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?"?H"?,"?P11K(?:FUN|REC)"?,/.test(head);
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const totals = new Totals();
  let header: Header | undefined;
  let trail: Trail | undefined;
  for await (const rows of readCsv(file, { delimiter: ",", encoding: "utf-8" })) {
    const readings: Reading[] = [];
    for (const row of rows) {
      const letter = row.cells[0]!;
      if (trail) throw new AppError("FILE_REJECTED", `line ${row.line} stands after the trail; send one report a file`);
      if ((letter === "H") !== (header === undefined)) {
        throw new AppError(
          "FILE_REJECTED",
          `line ${row.line} is "${letter.slice(0, 8)}" where the header must stand once`,
        );
      }
      if (WIDTHS[letter] !== undefined) checkWidth(row, WIDTHS[letter]);
      if (letter === "H") header = ofFile(row.line, () => headerOf(row));
      else if (letter === "L") trail = ofFile(row.line, () => trailOf(row, header!.report));
      else readings.push(...readRecord(row, header!, totals));
    }
    if (readings.length > 0) yield readings;
  }
  if (!header || !trail) throw new AppError("FILE_REJECTED", "the trail is missing; the file is cut, fetch it again");
  const [end, known] = [trail, header];
  yield ofFile(0, () => totals.of(end, known));
}

function readRecord(row: CsvRow, header: Header, totals: Totals): readonly Reading[] {
  const letter = row.cells[0]!;
  const source = { line: row.line, raw: rawWithout(row, PERSONAL_CELLS, ",") };
  if (letter === "F") {
    return readingsOf({ line: row.line, raw: row.raw }, () => {
      const event = fundingOf(row, header.merchant);
      totals.addFunding(event.booking!.batch, negateMoney(event.booking!.net));
      return event;
    });
  }
  if (letter === "I" || letter === "T") {
    totals.addItem();
    return readingsOf(source, () => {
      if (letter === "T") return reportedOf(transactionOf(row));
      const item = itemOf(row);
      totals.addAmounts(item);
      return bookedOf(item);
    });
  }
  const problem = `the record "${letter.slice(0, 8)}" is not known; add it to the adapter`;
  return [unknownRecord("record", letter, row.line), { kind: "rejected", ...source, problem }];
}
