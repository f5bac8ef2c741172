import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf, formatDecimal, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import { zonedInstant } from "../../subgraphs/shared/time.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { exactOf, rounded } from "../readers/exact.ts";
import { type CsvRecord, hasColumns, type Layout, readRecords } from "../readers/records.ts";
import type { Meaning } from "../readers/rows.ts";

/**
 * Checkout.com's payouts report: one row a payout, with what it is made of. The payout is booked under its id, which is
 * the batch that the rows of `checkout-settlement-breakdown` name; what it is made of is not booked, since those rows
 * are. The parts are rounded one by one in the report, so they may differ from the payout by a unit each, and by no more.
 */
export const adapter: SettlementAdapter = {
  name: "checkout-payouts",
  provider: "checkoutcom",
  unmarkedEnd: true,
  accepts: (head) => hasColumns(head, ",", ["Client Entity ID", "Payout ID", "Payout Amount", "Payout Date"]),
  read,
};

const REQUIRED = {
  entity: "Client Entity ID",
  currency: "Holding Currency",
  payout: "Payout ID",
  date: "Payout Date",
  amount: "Payout Amount",
} as const;

/** What a payout is made of; which of these a report has depends on what the merchant uses. */
const PARTS = [
  ..."Merchant Payout Fees,Payments,Refunds,Chargebacks,Pay To Cards,Card Payment Interchange Fees".split(","),
  ..."Card Payment Scheme Fees,Acquiring Premiums,Card Payment Gateway Fees,Card Payment Blended Fees".split(","),
  ..."Refunded Interchange Fees,Refund Scheme Fees,Refund Gateway Fees,Chargeback Fees,Retrieval Fees".split(","),
  ..."Representment Fees,Pay To Card Interchange Fees,Pay To Card Scheme Fees,Pay To Card Fees".split(","),
  ..."Alternative Payment Method Fees,Adjustments,Tax,Account Updater Fees,Transfers In,Transfers Out".split(","),
  ..."Authentication Fees,Authentication Scheme Fees,Risk Engine Fees,Intelligent Acceptance Fees".split(","),
  ..."Network Token Fees,Reserves,Reserve Released".split(","),
];

const UNREAD = new Set(
  "Client Entity Name|Sub Entity ID|Sub Entity Name|Currency Account ID|Currency Account Name|Reporting Start Date|Reporting End Date".split(
    "|",
  ),
);

const LAYOUT: Layout<keyof typeof REQUIRED, string> = {
  format: { delimiter: ",", encoding: "utf-8" },
  required: REQUIRED,
  optional: Object.fromEntries(PARTS.map((part) => [part, part])),
  unread: (column) => UNREAD.has(column),
};

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  for await (const { drift, records } of readRecords(file, LAYOUT)) {
    yield [...drift, ...records.flatMap((record) => readingsOf(record, () => payoutOf(record)))];
  }
}

function payoutOf(record: CsvRecord<string>): Meaning {
  const currency = currencyOf(record.text("currency"));
  const paid = parseAmount(record.text("amount"), currency, ".");
  checkParts(record, paid);
  const payout = record.text("payout").toUpperCase();
  if (payout === "") throw new AppError("INVALID_INPUT", "a payout without an id cannot be found at the bank");
  if (paid.amountMinor === 0n) return { skipped: `payout ${payout} paid nothing` };
  const net = { amountMinor: -paid.amountMinor, currency };
  const occurredAt = zonedInstant(record.text("date").replace(/Z$/, ""), "UTC");
  return {
    kind: "PAYOUT",
    family: "ACQUIRER",
    provider: "checkoutcom",
    account: record.text("entity"),
    identity: `payout|${payout}`,
    occurredAt,
    amount: { amountMinor: paid.amountMinor < 0n ? -paid.amountMinor : paid.amountMinor, currency },
    booking: {
      batch: payout,
      bookingDate: record.text("date").slice(0, 10),
      payoutReference: payout,
      gross: net,
      fees: {},
      net,
    },
    rawStatus: "payout",
  };
}

function checkParts(record: CsvRecord<string>, paid: Money): void {
  const parts = PARTS.map((part) => record.text(part))
    .filter((text) => text !== "")
    .map(exactOf)
    .filter((exact) => exact !== 0n);
  if (parts.length === 0) return;
  const sum = rounded(
    parts.reduce((total, part) => total + part, 0n),
    paid.currency,
  );
  const difference = paid.amountMinor - sum.amountMinor;
  if ((difference < 0n ? -difference : difference) <= BigInt(parts.length)) return;
  const [from, to] = [sum, paid].map(formatDecimal);
  throw new AppError("INVALID_AMOUNT", `the payout's parts make ${from} ${paid.currency}, and it pays ${to}`);
}
