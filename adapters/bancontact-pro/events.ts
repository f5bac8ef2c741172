import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Instant, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal, type Money, parseMinor } from "../../subgraphs/shared/money.ts";
import { instantOf, zonedInstant } from "../../subgraphs/shared/time.ts";
import { meaningIn } from "../readers/closed-list.ts";
import type { Meaning } from "../readers/rows.ts";
import type { Payment, Payout, Refund } from "./records.ts";

/** Whether a payout's money has left; null where it has. The API's list of words is not published. */
const PAYOUT_STATUSES: Readonly<Record<string, string | null>> = {
  paid: null,
  paid_out: null,
  succeeded: null,
  success: null,
  completed: null,
  created: "not on its way yet",
  pending: "not on its way yet",
  processing: "not on its way yet",
  failed: "failed: its payments come with a later payout",
  cancelled: "cancelled: its payments come with a later payout",
};

/** The payout, which is what the payments come to less the refunds; another sum means a deduction nobody named. */
export function payoutOf(payout: Payout): Meaning {
  const reason = meaningIn(PAYOUT_STATUSES, "payout status", payout.payoutStatus);
  if (reason !== null) return { skipped: `payout ${payout.payoutId} is ${reason}` };
  const currency = currencyOf(payout.payoutCurrency);
  const paid = parseMinor(payout.payoutAmount, currency);
  const due = { amountMinor: BigInt(payout.totalPaymentAmount) - BigInt(payout.totalRefundAmount), currency };
  if (paid.amountMinor !== due.amountMinor) {
    const [from, to] = [due, paid].map(formatDecimal);
    throw new AppError("INVALID_AMOUNT", `payments less refunds are ${from} ${currency}, the payout is ${to}`);
  }
  const net = { amountMinor: -paid.amountMinor, currency };
  return {
    kind: "PAYOUT",
    ...ours(payout.merchantId),
    identity: `payout|${payout.payoutId}`,
    occurredAt: utc(payout.payoutDate),
    amount: magnitude(paid),
    booking: { ...bookingOf(payout.payoutId, payout.payoutDate, net), payoutReference: payout.payoutId },
    rawStatus: payout.payoutStatus,
  };
}

export function paymentOf(payment: Payment, account: string | undefined): ProviderEvent {
  const amount = parseMinor(payment.amount, currencyOf(payment.currency));
  return {
    kind: "SALE",
    ...ours(account),
    identity: `payment|${payment.paymentId}`,
    reference: payment.paymentId,
    ...factsOf(payment, amount),
    booking: bookingOf(payment.payoutId, payment.transactionDate, amount),
    rawStatus: "payment",
  };
}

export function refundOf(refund: Refund, account: string | undefined): ProviderEvent {
  const amount = parseMinor(refund.amount, currencyOf(refund.currency));
  return {
    kind: "REFUND",
    ...ours(account),
    identity: `refund|${refund.refundId}`,
    reference: refund.refundId,
    originalReference: refund.paymentId,
    ...factsOf(refund, amount),
    outcome: { status: "SUCCESS", certainty: "DEFINITIVE" },
    booking: bookingOf(refund.payoutId, refund.transactionDate, { ...amount, amountMinor: -amount.amountMinor }),
    rawStatus: "refund",
  };
}

function ours(account: string | undefined) {
  return { family: "ACQUIRER" as const, provider: "bancontact-pro", ...(account !== undefined && { account }) };
}

function factsOf(payment: Payment, amount: Money): Pick<ProviderEvent, "amount" | "occurredAt" | "payment"> {
  return {
    amount,
    occurredAt: utc(payment.transactionDate),
    payment: {
      type: "DEBIT_CARD",
      method: "bancontact",
      acquirer: "bancontact-pro",
      ...(payment.reference && { merchantReference: payment.reference }),
    },
  };
}

/** The lines name their payout as a batch; the payout itself says what was paid. No fee is deducted. */
function bookingOf(payoutId: string, date: string, money: Money): Booking {
  return { batch: payoutId, bookingDate: utc(date).at.toISOString().slice(0, 10), gross: money, fees: {}, net: money };
}

function magnitude({ amountMinor, currency }: Money): Money {
  return { amountMinor: amountMinor < 0n ? -amountMinor : amountMinor, currency };
}

/** Dates are UTC, whether or not they say so. */
function utc(text: string): Instant {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return zonedInstant(`${text} 00:00:00`, "UTC");
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? instantOf(text) : zonedInstant(text, "UTC");
}
