import { AppError } from "../../subgraphs/shared/errors.ts";
import { isRow, type Reading, type SettlementAdapter } from "../adapter.ts";
import { createDriftFinder } from "../ccv-pay/drift.ts";
import { meaningOf } from "../ccv-pay/event.ts";
import { CcvEnd, CcvTransaction } from "../ccv-pay/transaction.ts";
import { withoutPersonalData } from "../readers/card.ts";
import { type JsonRecord, readJson } from "../readers/json.ts";
import { rowOf } from "../readers/rows.ts";

/**
 * Transactions of CCV's Payment API, one object a line or one JSON array. The object is CCV's, from their public
 * documentation: amounts are JSON numbers in major units, currencies lower case, times epoch milliseconds. Three things
 * are ours, because CCV publishes no file format: `account` (the API account it was read from), `paidout…` on every
 * type where CCV documents it for refunds only, and the last line `{"record":"end","count":n}`, without which a file of
 * lines is refused, since one cut at a line end looks whole.
 */
export const adapter: SettlementAdapter = { name: "ccv-pay", provider: "ccv-pay", accepts, read };

function accepts(head: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*\[?\s*\{(?!\s*"record")/.test(head) && KEYS.every((key) => head.includes(key));
}

const KEYS = ['"reference"', '"type"', '"status"', '"lastUpdate"'];

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const driftOf = createDriftFinder();
  let count = 0n;
  let declared: bigint | undefined;
  let closed = false;
  for await (const chunk of readJson(file)) {
    const readings: Reading[] = [];
    closed ||= chunk.closed;
    for (const record of chunk.records) {
      const end = CcvEnd.safeParse(record.value);
      if (declared !== undefined) throw trailing(record.line);
      if (end.success) declared = BigInt(end.data.count);
      else readings.push(...driftOf(record.value, record.line), readRecord(record));
    }
    count += BigInt(readings.filter(isRow).length);
    if (readings.length > 0) yield readings;
  }
  if (declared === undefined && !closed) {
    throw new AppError("FILE_REJECTED", 'the last line is not {"record":"end",…}; the file is cut, fetch it again');
  }
  if (declared !== undefined)
    yield [{ kind: "control", total: { name: "transactions", expected: declared, actual: count } }];
}

function trailing(line: number): AppError {
  return new AppError(
    "FILE_REJECTED",
    `line ${line} stands after the end line; the file is two files, send each alone`,
  );
}

function readRecord({ line, raw, value }: JsonRecord): Reading {
  return rowOf({ line, raw: withoutPersonalData(raw) }, () => meaningOf(CcvTransaction.parse(value)));
}
