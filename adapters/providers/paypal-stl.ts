import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { calendarDate } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { amountsOf, shown } from "../paypal/amounts.ts";
import { amountCells, type BodyRow } from "../paypal/body-row.ts";
import { ABOUT_PAYMENT, happenedAt, idOf, originalOf, paymentOf, SUCCEEDED, unmapped } from "../paypal/event.ts";
import { meaningOf } from "../paypal/event-codes.ts";
import { isReport, readReport } from "../paypal/report.ts";
import { rowOf } from "../readers/rows.ts";

/**
 * PayPal's settlement report (STL): delimited text in UTF-8, records told apart by their first cell, columns by name.
 * Amounts are digits of which the last two are decimals in every currency, signed by a CR or DR beside them; times say
 * their offset. Every row moved money of the account: net = gross + fee. A day is a batch; a withdrawal to the bank is a
 * payout and carries the bank's reference.
 */
export const adapter: SettlementAdapter = {
  name: "paypal-stl",
  provider: "paypal",
  accepts: (head) => isReport(head, false),
  read: (file) => readReport(file, { extra: {}, readRow }),
};

function readRow(row: BodyRow): readonly Reading[] {
  const direction = row.text("direction");
  const kind = direction === "CR" || direction === "DR" ? meaningOf(row.text("code"))?.[direction] : undefined;
  if (!kind) return unmapped(row);
  // The id of a payment is its own; money of the account may repeat one.
  const read = () => eventOf(row, kind);
  return [rowOf(row, ABOUT_PAYMENT.has(kind) ? read : () => row.occurrences.identified(read(), row.raw))];
}

/** Refunds and disputes are PayPal's own word; a sale is booked and left for its report to be claimed by. */
const REPORTED: ReadonlySet<EventKind> = new Set([
  "REFUND",
  "CREDIT",
  "CHARGEBACK",
  "SECOND_CHARGEBACK",
  "CHARGEBACK_REVERSAL",
]);

function eventOf(row: BodyRow, kind: EventKind): ProviderEvent {
  const id = idOf(row);
  const { gross, currency } = amountsOf(amountCells(row.text));
  const originalReference = originalOf(row, kind);
  const isAboutPayment = ABOUT_PAYMENT.has(kind);
  return {
    kind,
    family: "ACQUIRER",
    provider: "paypal",
    ...(row.account !== undefined && { account: row.account }),
    // A hold and its release share one transaction id.
    identity: `stl|${id}|${row.text("code")}|${row.text("direction")}|${currency}`,
    ...(isAboutPayment && { reference: id }),
    ...(isAboutPayment && originalReference !== undefined && { originalReference }),
    occurredAt: happenedAt(row, kind),
    amount: { amountMinor: gross < 0n ? -gross : gross, currency },
    ...(REPORTED.has(kind) && { outcome: SUCCEEDED }),
    booking: bookingOf(row, kind, id),
    ...(isAboutPayment && { payment: paymentOf(row) }),
    rawStatus: row.text("code"),
  };
}

function bookingOf(row: BodyRow, kind: EventKind, id: string): Booking {
  const { currency, gross, fee, net } = amountsOf(amountCells(row.text));
  for (const column of ["creditFee", "promotionalFee"] as const) {
    if (/[1-9]/.test(row.text(column))) {
      const problem = `a PayPal Credit fee of ${row.text(column)} beside ${shown(fee, currency)}: whether one holds the other is not known`;
      throw new AppError("INVALID_AMOUNT", `${problem}; ask PayPal and add it to the adapter`);
    }
  }
  const completed = calendarDate(row.text("completed").slice(0, 10).replaceAll("/", "-"), "YYYY-MM-DD");
  return {
    batch: row.day ?? completed.replaceAll("-", ""),
    bookingDate: completed,
    ...(kind === "PAYOUT" && { payoutReference: row.text("bank") || id }),
    gross: { amountMinor: gross, currency },
    fees: row.text("fee") === "" ? {} : { commission: fee },
    net: { amountMinor: net, currency },
  };
}
