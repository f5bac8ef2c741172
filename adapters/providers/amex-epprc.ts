import type { Reading, SettlementAdapter } from "../adapter.ts";
import { DETAIL, TYPES } from "../amex/ep-fields.ts";
import { EpFile } from "../amex/ep-file.ts";
import { fieldsOf } from "../readers/fixed-width.ts";
import { readLines } from "../readers/lines.ts";

/**
 * American Express' reconciliation files of the United States, by fixed width: EPPRC, with the price of every charge, and
 * its elder sisters EPTRN (charges without prices) and EPRAW (submissions alone), which share its records. One or several
 * logical files in one, each closed by a trailer that counts its records; days as YYYYDDD; amounts with the sign
 * in their last digit; blanks at the end of a record may be left out. A summary is a payment, net of its records.
 */
export const adapter: SettlementAdapter = { name: "amex-epprc", provider: "amex", accepts, read };

function accepts(head: string): boolean {
  const [first = "", second = ""] = head.split(/\r?\n/, 2);
  return /^DFHDR\d{18}/.test(first) && fieldsOf(second, DETAIL).type === TYPES.summary;
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const logical = new EpFile();
  for await (const lines of readLines(file, "latin1")) {
    const readings = lines.flatMap((record) => logical.take(record));
    if (readings.length > 0) yield readings;
  }
  yield logical.end();
}
