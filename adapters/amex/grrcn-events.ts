import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, parseMinor } from "../../subgraphs/shared/money.ts";
import { calendarDate } from "../../subgraphs/shared/time.ts";
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
import { DISPUTE, FEE, SUBMISSION, SUMMARY, TRANSACTION } from "./grrcn-fields.ts";
import type { GrrcnPayment } from "./grrcn-payment.ts";
import { localTime } from "./local-time.ts";

type Cells = readonly string[];

/** Minor units of a cell: a sign or a blank, then digits without a point; a blank cell is zero. */
export function amountAt(cells: Cells, index: number, currency: string): bigint {
  const text = cells[index]!.trim();
  return text === "" ? 0n : parseMinor(text, currency).amountMinor;
}

export function summaryEvent(cells: Cells, payment: GrrcnPayment): Meaning {
  const { currency } = payment;
  const net = -amountAt(cells, SUMMARY.net, currency);
  if (net === 0n) return { skipped: "nothing was paid" };
  const day = dayAt(cells, SUMMARY.day);
  return {
    kind: "PAYOUT",
    ...base(cells),
    identity: `payout|${payment.number}|${payment.reference}`,
    occurredAt: localTime(day, "", currency),
    amount: { amountMinor: magnitude(net), currency },
    booking: bookingOf({ gross: net, net, deductions: NO_DEDUCTIONS }, bookedOn(payment, day)),
    rawStatus: `SUMMARY ${payment.accountType}`.trim(),
  };
}

export function submissionSum(cells: Cells, currency: string): Sum {
  const at = (index: number) => amountAt(cells, index, currency);
  const deductions = {
    discount: at(SUBMISSION.discount),
    serviceFee: at(SUBMISSION.serviceFee),
    tax: at(SUBMISSION.tax),
  };
  const [gross, net] = [at(SUBMISSION.gross), at(SUBMISSION.net)];
  // Merchants paid gross are told what they will be charged for, and are debited for it apart.
  if (gross === net) return { gross, net, deductions: NO_DEDUCTIONS };
  const sum = { gross, net, deductions };
  checkSum(sum, currency);
  return sum;
}

/** What Amex keeps of a submission, which it has rounded once; where no charge can be booked, the charges as well. */
export function submissionEvent(cells: Cells, payment: GrrcnPayment): Meaning {
  const { currency } = payment;
  const sum = submissionSum(cells, currency);
  const submitted = currencyOf(cells[SUBMISSION.submissionCurrency]!);
  const deducted = deductedOf(sum.deductions);
  const day = dayAt(cells, SUBMISSION.day);
  const isConverted = submitted !== currency;
  if (!isConverted && deducted === 0n)
    return { skipped: "nothing was kept of this submission; its charges are booked" };
  const booked = isConverted ? sum : { ...sum, gross: 0n, net: -deducted };
  return {
    kind: isConverted ? "ADJUSTMENT" : "FEE",
    ...base(cells),
    occurredAt: localTime(day, "", currency),
    amount: { amountMinor: magnitude(booked.net), currency },
    booking: {
      ...bookingOf(booked, bookedOn(payment, day)),
      ...(isConverted && {
        processingAmount: { amountMinor: amountAt(cells, SUBMISSION.submittedGross, submitted), currency: submitted },
        exchangeRate: cells[SUBMISSION.exchangeRate]!.trim(),
      }),
    },
    rawStatus: "SUBMISSION",
  };
}

/** A charge, or with a negative amount a refund; converted ones cannot be booked one by one. */
export function transactionEvent(cells: Cells, payment: GrrcnPayment, isRefused: boolean): ProviderEvent {
  const currency = currencyOf(cells[TRANSACTION.submissionCurrency]!);
  const amount = amountAt(cells, TRANSACTION.amount, currency);
  const date = calendarDate(cells[TRANSACTION.date]!, "YYYYMMDD");
  const [id, arn] = [keyOf(cells[TRANSACTION.id]!), keyOf(cells[TRANSACTION.acquirerReference]!)];
  const isRefund = amount < 0n;
  // A refund may carry the id of the charge it goes back to, and must not be taken for it.
  const reference = isRefund ? (arn ?? (id && `${id}-refund`)) : (id ?? arn);
  const isBooked = !isRefused && currency === payment.currency;
  const day = dayAt(cells, TRANSACTION.day);
  const terminal = cells[TRANSACTION.terminal]!.trim();
  const sum: Sum = { gross: amount, net: amount, deductions: NO_DEDUCTIONS };
  return {
    kind: isRefund ? "REFUND" : "SALE",
    ...base(cells),
    ...(terminal !== "" && { terminal }),
    ...((id ?? arn) && { identity: [payment.number, id, arn, cells[TRANSACTION.time], amount].join("|") }),
    ...(reference && { reference }),
    occurredAt: localTime(date, cells[TRANSACTION.time]!, payment.currency),
    amount: { amountMinor: magnitude(amount), currency },
    ...(isRefused && { outcome: { status: "REFUSED", certainty: "DEFINITIVE", reason: "rejected_by_amex" } as const }),
    ...(!isRefused && (isRefund || !isBooked) && { outcome: SUCCEEDED }),
    ...(isBooked && { booking: bookingOf(sum, bookedOn(payment, day)) }),
    payment: paymentOf({
      card: cells[TRANSACTION.card]!,
      approval: cells[TRANSACTION.approval]!.trim(),
      merchantReference: cells[TRANSACTION.invoice]!.trim(),
      acquirerReference: cells[TRANSACTION.acquirerReference]!.trim(),
    }),
    rawStatus: isRefused ? "TRANSACTN REJ" : "TRANSACTN",
  };
}

export function disputeSum(cells: Cells, currency: string): Sum {
  const at = (index: number) => amountAt(cells, index, currency);
  return {
    gross: at(DISPUTE.gross),
    net: at(DISPUTE.net),
    deductions: { discount: at(DISPUTE.discount), serviceFee: at(DISPUTE.serviceFee), tax: at(DISPUTE.tax) },
  };
}

/** A chargeback takes money; one that brings money is its reversal, whatever it is called. */
export function disputeEvent(cells: Cells, payment: GrrcnPayment): ProviderEvent {
  const { currency } = payment;
  const sum = disputeSum(cells, currency);
  checkSum(sum, currency);
  const isChargeback = cells[0] === "CHARGEBACK";
  const isReversal = isChargeback && sum.gross > 0n;
  const number = keyOf(cells[DISPUTE.number]!);
  const booked = dayAt(cells, DISPUTE.day);
  const processed = cells[DISPUTE.processed]!.trim();
  const day = processed === "" ? booked : calendarDate(processed, "YYYYMMDD");
  const reason = cells[DISPUTE.reason]!.trim();
  return {
    kind: isReversal ? "CHARGEBACK_REVERSAL" : isChargeback ? "CHARGEBACK" : "ADJUSTMENT",
    ...base(cells),
    ...(number && { identity: [cells[0], payment.number, number, cells[DISPUTE.invoice], sum.gross].join("|") }),
    ...(isChargeback && number && { reference: isReversal ? `${number}-reversed` : number }),
    occurredAt: localTime(day, "", currency),
    amount: { amountMinor: magnitude(sum.gross), currency },
    ...(isChargeback && { outcome: { ...SUCCEEDED, ...(reason !== "" && { reason }) } }),
    booking: bookingOf(sum, bookedOn(payment, booked)),
    ...(isChargeback && {
      payment: paymentOf({ card: cells[DISPUTE.card]!, merchantReference: cells[DISPUTE.invoice]!.trim() }),
    }),
    rawStatus: [cells[0], reason].filter(Boolean).join(" "),
  };
}

/** A fee or a revenue; `isPaid` tells whether it is part of the payment or is debited apart from it. */
export function feeEvent(cells: Cells, payment: GrrcnPayment, isPaid: boolean): Meaning {
  const { currency } = payment;
  const amount = amountAt(cells, FEE.amount, currency);
  if (amountAt(cells, FEE.asset, currency) !== 0n || amountAt(cells, FEE.assetTax, currency) !== 0n) {
    throw new AppError("INVALID_AMOUNT", "it bills assets, whose sign no record explains; ask Amex what was charged");
  }
  if (amount === 0n) return { skipped: "a fee of nothing" };
  const day = dayAt(cells, FEE.day);
  const booked = bookedOn(payment, day);
  const apart = { ...booked, batch: `${payment.number}-fees`, reference: undefined };
  return {
    kind: amount < 0n ? "FEE" : "ADJUSTMENT",
    ...base(cells),
    occurredAt: localTime(day, "", currency),
    amount: { amountMinor: magnitude(amount), currency },
    booking: bookingOf({ gross: amount, net: amount, deductions: NO_DEDUCTIONS }, isPaid ? booked : apart),
    rawStatus: `FEEREVENUE ${cells[FEE.reason]!.trim()}`.trim(),
  };
}

/** Lines and their payout are one account's, the payee's: whoever submitted a charge is not whom Amex pays. */
function base(cells: Cells) {
  return { family: "ACQUIRER", provider: "amex", account: cells[SUMMARY.payee]!.trim() } as const;
}

function bookedOn(payment: GrrcnPayment, day: string) {
  return { batch: payment.number, reference: payment.reference, day, currency: payment.currency };
}

function dayAt(cells: Cells, index: number): string {
  return calendarDate(cells[index]!, "YYYYMMDD");
}
