import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { DETAIL, TYPES } from "../amex/ep-fields.ts";
import { EpFile, type EpRecord } from "../amex/ep-file.ts";
import { fieldsOf } from "../readers/fixed-width.ts";
import { LONGEST_ROW, textOf } from "../readers/text.ts";

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
  for await (const records of recordsOf(file)) {
    const readings = records.flatMap((record) => logical.take(record));
    if (readings.length > 0) yield readings;
  }
  yield logical.end();
}

/** Lines without the blanks at their ends; blank lines are passed over. */
async function* recordsOf(file: AsyncIterable<Buffer>): AsyncGenerator<readonly EpRecord[]> {
  let rest = "";
  let line = 0;
  const recordOf = (text: string): readonly EpRecord[] => {
    line += 1;
    const raw = text.trimEnd();
    return raw === "" ? [] : [{ line, raw }];
  };
  for await (const text of textOf(file, "latin1")) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_ROW) {
      throw new AppError(
        "FILE_REJECTED",
        `line ${line + 1} has more than ${LONGEST_ROW} characters; the file is damaged`,
      );
    }
    const records = lines.flatMap(recordOf);
    if (records.length > 0) yield records;
  }
  yield recordOf(rest);
}
