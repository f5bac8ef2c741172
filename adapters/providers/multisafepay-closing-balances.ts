import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf, type Money, parseMinor } from "../../subgraphs/shared/money.ts";
import { zonedInstant } from "../../subgraphs/shared/time.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { ClosingBalance } from "../multisafepay/receipt.ts";
import { meaningIn, readingsOf } from "../readers/closed-list.ts";
import { readPage } from "../readers/json-page.ts";
import type { Meaning } from "../readers/rows.ts";

/**
 * Closing balances as MultiSafepay's API returns them: for each day and account the balance and what was paid out of
 * it, in whole cents. Only the payouts are money that moved; the balance says what is left, and books nothing.
 */
export const adapter: SettlementAdapter = {
  name: "multisafepay-closing-balances",
  provider: "multisafepay",
  accepts,
  read,
};

function accepts(head: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(head) && KEYS.every((key) => head.includes(key));
}

const KEYS = ['"closing_date"', '"payout_amount"', '"account_id"'];

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  let count = 0n;
  for await (const chunk of readPage(file, ["data"])) {
    if ("records" in chunk) {
      count += BigInt(chunk.records.length);
      yield chunk.records.flatMap((record) => readingsOf(record, () => payoutOf(ClosingBalance.parse(record.value))));
      continue;
    }
    if (count === 0n) throw new AppError("FILE_REJECTED", "the document has no closing balance; fetch it again");
    const total = (chunk.envelope.page as { total?: unknown } | undefined)?.total;
    if (typeof total === "string" && /^\d{1,9}$/.test(total)) {
      yield [{ kind: "control", total: { name: "closing balances", expected: BigInt(total), actual: count } }];
    }
  }
}

/** Null where the day's payout has left. */
const STATUSES: Readonly<Record<string, string | null>> = {
  completed: null,
  initialized: "not on its way yet",
  uncleared: "not on its way yet",
  declined: "declined: the money stays on the balance",
  cancelled: "cancelled: the money stays on the balance",
};

function payoutOf(closing: ClosingBalance): Meaning {
  const currency = currencyOf(closing.currency);
  const paid = parseMinor(closing.payout_amount, currency);
  if (paid.amountMinor === 0n) return { skipped: `nothing was paid out on ${closing.closing_date}` };
  const reason = meaningIn(STATUSES, "status", closing.status);
  if (reason !== null) return { skipped: `the payout of ${closing.closing_date} is ${reason}` };
  const id = closing.payout_transaction_id;
  if (!id) throw new AppError("INVALID_INPUT", "a payout without a transaction id cannot be found at the bank");
  const net: Money = { amountMinor: -paid.amountMinor, currency };
  return {
    kind: "PAYOUT",
    family: "ACQUIRER",
    provider: "multisafepay",
    account: closing.account_id,
    identity: `payout|${id}`,
    occurredAt: zonedInstant(`${closing.closing_date} 00:00:00`, "Europe/Amsterdam"),
    amount: { ...paid, amountMinor: paid.amountMinor < 0n ? -paid.amountMinor : paid.amountMinor },
    booking: { batch: id, bookingDate: closing.closing_date, payoutReference: id, gross: net, fees: {}, net },
    rawStatus: closing.status,
  };
}
