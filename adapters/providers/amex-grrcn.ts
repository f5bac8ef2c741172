import type { SettlementAdapter } from "../adapter.ts";
import { RECORDS } from "../amex/grrcn-fields.ts";
import { GrrcnFile } from "../amex/grrcn-file.ts";
import { isFixedWidth, readFixedGrrcn } from "../amex/grrcn-fixed.ts";
import { trimLineEnds } from "../amex/trim-line-ends.ts";
import { type CsvFormat, type CsvRow, readCsv } from "../readers/csv.ts";
import { peek } from "../readers/peek.ts";
import { firstLine } from "../readers/text.ts";

/**
 * American Express' global reconciliation file (GRRCN), delimited by commas or tabs or of fixed width, versions 1 to 3:
 * one summary for each payment, its submissions with what is kept of them, their charges, chargebacks, adjustments, fees and revenues,
 * and a trailer that counts the records. Amounts are a sign or blank and digits without a point, decimals by currency.
 *
 * A charge is booked gross and what Amex keeps of its submission on a line of its own, since fees of single charges have
 * six decimals and Amex rounds once a submission.
 */
export const adapter: SettlementAdapter = {
  name: "amex-grrcn",
  provider: "amex",
  accepts,
  async *read(file) {
    const { head, file: whole } = await peek(file, 40);
    const grrcn = new GrrcnFile();
    for await (const rows of isFixedWidth(head) ? readFixedGrrcn(whole) : readDelimited(whole, head)) {
      const readings = rows.flatMap((row) => grrcn.take(row));
      if (readings.length > 0) yield readings;
    }
    yield grrcn.end();
  },
};

function readDelimited(file: AsyncIterable<Buffer>, head: string): AsyncIterable<readonly CsvRow[]> {
  const delimiter = (/[,\t]/.exec(head)?.[0] ?? ",") as CsvFormat["delimiter"];
  return readCsv(trimLineEnds(file), { delimiter, encoding: "utf-8" });
}

/** A part of a file is accepted too, to be refused with the reason that its header is missing. */
function accepts(head: string): boolean {
  if (isFixedWidth(head)) return true;
  const [record = "", payee = "", ...cells] = firstLine(head).replaceAll('"', "").split(/[,\t]/);
  if (record === "HEADER") return cells[2] === "GRRCN";
  return Object.hasOwn(RECORDS, record) && /^\d{10}$/.test(payee) && cells.length > 10;
}
