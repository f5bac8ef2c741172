import { AppError } from "../../subgraphs/shared/errors.ts";
import { calendarDate } from "../../subgraphs/shared/time.ts";
import type { Reading, SequenceNumber, SettlementAdapter } from "../adapter.ts";
import { HEADER, WIDTH } from "../bank/coda-record.ts";
import { CodaStatement } from "../bank/coda-statement.ts";
import { type FixedWidthRow, fieldsOf, readFixedWidth } from "../readers/fixed-width.ts";
import { ofFile } from "../readers/rows.ts";
import { firstLine } from "../readers/text.ts";

/**
 * CODA, the statements of Belgian banks (Febelfin, version 2): records of 128 characters, amounts with three decimals,
 * dates DDMMYY. One statement is 0 header, 1 old balance, 21 to 23 movements, 31 to 33 information, 8 new balance, 4
 * messages, 9 trailer; a file may hold several. A movement has detail number 0000; what a globalised one is made of
 * follows under the same sequence number and becomes its parts. Balances, sums of debits and credits and the number of
 * records are checked. A payment at a terminal (communication 114) tells terminal, period and sequence.
 */
export const adapter: SettlementAdapter = { name: "coda", provider: "bank", accepts, numberOf, read };

/** Banks number an account's statements from 1 each year; a day without movements has none. */
function numberOf(statement: string): SequenceNumber | undefined {
  const [, series, number] = /^(\d{4})-(\d{1,3})$/.exec(statement) ?? [];
  return series !== undefined && number !== undefined ? { series, number: Number(number) } : undefined;
}

function accepts(head: string): boolean {
  return /^00000\d{6}[\d ]{3}05[D ] {7}.{102}/.test(firstLine(head));
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  let statement: CodaStatement | undefined;
  let header: FixedWidthRow | undefined;
  let count = 0;
  // The banks write ASCII for the most part; windows-1252 has a character for what else some write.
  for await (const rows of readFixedWidth(file, { width: WIDTH, encoding: "windows-1252" })) {
    const readings: Reading[] = [];
    for (const row of rows) {
      const type = row.raw[0];
      if (type === "0" && !header) {
        checkHeader(row);
        header = row;
      } else if (type === "1" && header && !statement) {
        statement = new CodaStatement(row);
        count += 1;
      } else if (type === "9" && statement) {
        readings.push(...statement.end(row));
        statement = undefined;
        header = undefined;
      } else if (statement) {
        readings.push(...statement.take(row));
      } else {
        throw new AppError(
          "FILE_REJECTED",
          `line ${row.line}: the record "${type}" stands where it may not; fetch the file again`,
        );
      }
    }
    if (readings.length > 0) yield readings;
  }
  if (header) throw new AppError("FILE_REJECTED", "the trailer is missing; the file is cut, fetch it again");
  if (count === 0) throw new AppError("FILE_REJECTED", "the file has no statement in it; ask the bank for it again");
}

function checkHeader({ raw, line }: FixedWidthRow): void {
  const { created, version } = fieldsOf(raw, HEADER);
  ofFile(line, () => calendarDate(created, "DDMMYY"));
  if (version !== "2") {
    const message = `line ${line}: the file is CODA version "${version}", and version 2 is read; ask the bank for that`;
    throw new AppError("FILE_REJECTED", message);
  }
}
