import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import { fieldsOf } from "../readers/fixed-width.ts";
import type { Meaning } from "../readers/rows.ts";
import {
  bookingOf,
  checkSum,
  deductedOf,
  keyOf,
  magnitude,
  NO_DEDUCTIONS,
  paymentOf,
  SUCCEEDED,
  type Sum,
} from "./charge.ts";
import { ADJUSTMENT, CHARGEBACK, OTHER, ROC, SOC, SUMMARY } from "./ep-fields.ts";
import type { EpPayment } from "./ep-payment.ts";
import { julianDate, localTime } from "./local-time.ts";
import { overpunched } from "./overpunch.ts";

export function payoutEvent(raw: string, payment: EpPayment): Meaning {
  const { day, amount } = fieldsOf(raw, SUMMARY);
  const net = -overpunched(amount);
  if (net === 0n) return { skipped: "nothing was paid" };
  return {
    ...lineOf(payment, "PAYOUT", only(net), julianDate(day)),
    identity: `payout|${payment.batch}`,
    rawStatus: "100",
  };
}

export function submissionSum(raw: string): Sum {
  const { gross, net, discount, serviceFee } = fieldsOf(raw, SOC);
  return sumOf({ gross, net, discount, serviceFee });
}

/**
 * What Amex keeps of a submission whose charges are listed. Reports without charges (EPRAW) have only the submission,
 * which then is the whole money of it.
 */
export function submissionEvent(raw: string, payment: EpPayment, hasCharges: boolean): Meaning {
  const sum = submissionSum(raw);
  checkSum(sum, payment.currency);
  const deducted = deductedOf(sum.deductions);
  const day = julianDate(fieldsOf(raw, SOC).processed);
  if (!hasCharges) return { ...lineOf(payment, "ADJUSTMENT", sum, day), rawStatus: "210" };
  if (deducted === 0n) return { skipped: "nothing was kept of this submission; its charges are booked" };
  return { ...lineOf(payment, "FEE", { ...sum, gross: 0n, net: -deducted }, day), rawStatus: "210" };
}

/** A charge, or with a negative amount a refund. The format gives them no reference of Amex' own. */
export function chargeEvent(raw: string, payment: EpPayment, isRefused: boolean): ProviderEvent {
  const fields = fieldsOf(raw, ROC);
  const amount = overpunched(fields.amount);
  const isRefund = amount < 0n;
  const { booking, ...line } = lineOf(payment, isRefund ? "REFUND" : "SALE", only(amount), payment.day);
  const terminal = keyOf(fields.terminal);
  return {
    ...line,
    ...(terminal && { terminal }),
    occurredAt: localTime(julianDate(fields.day), fields.time, payment.currency),
    ...(isRefused && { outcome: { status: "REFUSED", certainty: "DEFINITIVE", reason: "rejected_by_amex" } as const }),
    ...(!isRefused && isRefund && { outcome: SUCCEEDED }),
    ...(!isRefused && { booking }),
    payment: paymentOf({
      card: fields.card,
      approval: keyOf(fields.approval) ?? "",
      merchantReference: fields.merchantReference.trim(),
    }),
    rawStatus: isRefused ? `311 ${fields.rejected.trim()}` : "311",
  };
}

/** Amex takes back a whole submission, or gives it back; no charge is named. */
export function chargebackEvent(raw: string, payment: EpPayment): ProviderEvent {
  const { processed, gross, net, discount, serviceFee, reason } = fieldsOf(raw, CHARGEBACK);
  const sum = sumOf({ gross, net, discount, serviceFee });
  checkSum(sum, payment.currency);
  return { ...lineOf(payment, "ADJUSTMENT", sum, julianDate(processed)), rawStatus: `220 ${reason.trim()}`.trim() };
}

/** An adjustment that names a card is a dispute of a charge on it; its reason says which way. */
export function adjustmentEvent(raw: string, payment: EpPayment): ProviderEvent {
  const { processed, number, gross, net, discount, serviceFee, card, reason } = fieldsOf(raw, ADJUSTMENT);
  const sum = sumOf({ gross, net, discount, serviceFee });
  checkSum(sum, payment.currency);
  const pan = card.trim().replace(/^0+/, "");
  const kind = disputeKind(reason.trim(), pan, sum.gross);
  const isDispute = kind !== "ADJUSTMENT";
  const own = keyOf(number);
  return {
    ...lineOf(payment, kind, sum, julianDate(processed)),
    ...(own && { identity: `adjustment|${payment.batch}|${own}|${sum.gross}` }),
    ...(isDispute && own && { reference: `${payment.batch}-${own}` }),
    ...(isDispute && { outcome: { ...SUCCEEDED, reason: reason.trim() }, payment: paymentOf({ card: pan }) }),
    rawStatus: `230 ${reason.trim()}`.trim(),
  };
}

/** By the reasons Amex writes: what takes money is a chargeback, the reversal of a debit brings it back. */
function disputeKind(reason: string, pan: string, gross: bigint): EventKind {
  if (pan !== "" && gross < 0n && /^(?:CHARGEBACK|DEBIT)\b/.test(reason)) return "CHARGEBACK";
  if (pan !== "" && gross > 0n && /\bREVERSAL\b/.test(reason)) return "CHARGEBACK_REVERSAL";
  return "ADJUSTMENT";
}

/** Assets, commissions and other fees, signed as they are: a wrong sign would keep the payment from footing. */
export function otherAmount(raw: string): bigint {
  const { asset, assetTax, commission, fee } = fieldsOf(raw, OTHER);
  return [asset, assetTax, commission, fee].reduce((sum, field) => sum + overpunched(field), 0n);
}

export function otherEvent(raw: string, payment: EpPayment, type: string): Meaning {
  const { processed, reason } = fieldsOf(raw, OTHER);
  const amount = otherAmount(raw);
  if (amount === 0n) return { skipped: "a fee of nothing" };
  const line = lineOf(payment, amount < 0n ? "FEE" : "ADJUSTMENT", only(amount), julianDate(processed));
  return { ...line, rawStatus: `${type} ${reason.trim()}`.trim() };
}

/** The net of a chargeback or an adjustment, for the payment's sum. */
export function disputeNet(raw: string, table: typeof CHARGEBACK | typeof ADJUSTMENT): bigint {
  const [start, length] = table.net;
  return overpunched(raw.slice(start, start + length));
}

type SumFields = {
  readonly gross: string;
  readonly net: string;
  readonly discount: string;
  readonly serviceFee: string;
};

/** Where net is gross, the deductions are only foretold: merchants paid gross are debited for them apart. */
function sumOf(fields: SumFields): Sum {
  const [gross, net] = [overpunched(fields.gross), overpunched(fields.net)];
  if (gross === net) return { gross, net, deductions: NO_DEDUCTIONS };
  const deductions = { discount: overpunched(fields.discount), serviceFee: overpunched(fields.serviceFee), tax: 0n };
  return { gross, net, deductions };
}

function only(amount: bigint): Sum {
  return { gross: amount, net: amount, deductions: NO_DEDUCTIONS };
}

/** Lines and their payout are one account's, the payee's. A payment's lines are booked on its day. */
function lineOf(payment: EpPayment, kind: EventKind, sum: Sum, happened: string) {
  const { currency } = payment;
  return {
    kind,
    family: "ACQUIRER",
    provider: "amex",
    account: payment.payee,
    occurredAt: localTime(happened, "", currency),
    amount: { amountMinor: magnitude(sum.gross === 0n ? sum.net : sum.gross), currency },
    booking: bookingOf(sum, { batch: payment.batch, reference: payment.number, day: payment.day, currency }),
  } as const satisfies Partial<ProviderEvent>;
}
