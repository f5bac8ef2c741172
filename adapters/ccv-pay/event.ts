import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Outcome, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, negateMoney, parseAmount } from "../../subgraphs/shared/money.ts";
import { businessDateOf, calendarDate, epochMillis } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Meaning } from "../readers/rows.ts";
import { paymentOf } from "./payment.ts";
import { isKnownStatus, outcomeOf } from "./status.ts";
import type { CcvTransaction } from "./transaction.ts";
import { NO_MONEY, PAYMENT_TYPES, type TypeRule } from "./types.ts";

/** What a CCV transaction means, wherever it was read. @throws AppError INVALID_INPUT, INVALID_AMOUNT, UNKNOWN_CURRENCY */
export function meaningOf(transaction: CcvTransaction): Meaning {
  const type = transaction.type.toLowerCase();
  const reason = Object.hasOwn(NO_MONEY, type) ? NO_MONEY[type] : undefined;
  if (reason) return { skipped: `${type}: ${reason}` };
  const page = landingPage(transaction);
  if (page) return { skipped: page };
  const rule = PAYMENT_TYPES.get(type);
  if (!rule) throw new AppError("INVALID_INPUT", `the type "${type.slice(0, 40)}" is not known; add it to the adapter`);
  checkStatus(transaction);
  const amount = amountOf(transaction, rule);
  const outcome = statusOf(transaction, rule);
  const booking = outcome?.status === "SUCCESS" || !outcome ? bookingOf(transaction, amount, rule) : undefined;
  if (rule.about === "original" && transaction.status.toLowerCase() !== "success") {
    return { skipped: `${type} ${transaction.status}: the original stays as it was` };
  }
  if (rule.about === "settlement" && !booking) return { skipped: `${type}: not on a payout yet` };
  return { ...factsOf(transaction, rule), amount, ...(outcome && { outcome }), ...(booking && { booking }) };
}

/**
 * A landing page is where a shopper chooses how to pay; the payment that comes of it is its child. One that ended without
 * a child is a payment that failed, and tells so itself.
 */
function landingPage({ childReferenceId, method, status }: CcvTransaction): string | undefined {
  if (childReferenceId) return `landing page of payment ${childReferenceId}`;
  if (method?.toLowerCase() !== "landingpage" || status.toLowerCase() === "failed") return undefined;
  if (status.toLowerCase() === "pending") return "landing page: nothing was chosen yet";
  throw new AppError("INVALID_INPUT", `a landing page ended "${status.slice(0, 40)}" without its child payment`);
}

/** With a status that we do not know a transaction is still going on; with money paid out it cannot be. */
function checkStatus({ status, paidoutReference }: CcvTransaction): void {
  if (isKnownStatus(status.toLowerCase()) || !paidoutReference) return;
  throw new AppError(
    "INVALID_INPUT",
    `the status "${status.slice(0, 40)}" is not known and the money was paid out; add the status to the adapter`,
  );
}

/** What a terminal approved, where that is less than what the till asked for: only that was paid. */
function amountOf(transaction: CcvTransaction, { kind }: TypeRule): Money {
  const currency = currencyOf(transaction.currency);
  const asked = parseAmount(transaction.amount, currency, ".");
  if (asked.amountMinor < 0n) throw new AppError("INVALID_AMOUNT", `the amount ${transaction.amount} is below zero`);
  const approved = transaction.details?.authorisedAmount;
  if (kind !== "SALE" || approved === undefined || transaction.status.toLowerCase() !== "success") return asked;
  const authorised = parseAmount(approved, currency, ".");
  return authorised.amountMinor > 0n && authorised.amountMinor < asked.amountMinor ? authorised : asked;
}

/** Kinds that go back to a sale. A sale may name an initial transaction too: the first of a series, not its original. */
export const LINKED: ReadonlySet<EventKind> = new Set(["REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL"]);

type Facts = Omit<ProviderEvent, "amount" | "outcome" | "booking">;

function factsOf(transaction: CcvTransaction, { kind, about }: TypeRule): Facts {
  const { reference, details, lastUpdate, paidoutReference } = transaction;
  const original = transaction.originalReference ?? details?.initialTransactionId;
  if (about === "original" && !original) {
    throw new AppError("INVALID_INPUT", `${reference} does not say which transaction it belongs to`);
  }
  const subject = about === "original" ? original : about === "settlement" ? undefined : reference;
  // Being paid out does not always move lastUpdate; without the payout here, that news would look like a collision.
  const state = `${transaction.type}|${transaction.status}`.toLowerCase();
  const identity = [reference, state, lastUpdate, paidoutReference].filter(Boolean).join("|");
  return {
    kind,
    family: "CCV_PAY",
    provider: "ccv-pay",
    ...(transaction.account && { account: transaction.account }),
    ...(details?.terminalId && { terminal: details.terminalId }),
    identity,
    ...(subject && { reference: subject }),
    ...(original && LINKED.has(kind) && { originalReference: original }),
    occurredAt: epochMillis(transaction.created),
    payment: paymentOf(transaction, currencyOf(transaction.currency)),
    rawStatus: [transaction.type, transaction.status, transaction.failureCode].filter(Boolean).join(" "),
  };
}

/** Undefined for misc. costs and payments, which are money of a payout and no transactions. */
function statusOf(transaction: CcvTransaction, { kind, about }: TypeRule): Outcome | undefined {
  if (about === "settlement") return undefined;
  const outcome = outcomeOf(transaction.status.toLowerCase(), transaction.failureCode);
  const sequence = BigInt(epochMillis(transaction.lastUpdate).at.getTime());
  if (outcome.status !== "SUCCESS") return { ...outcome, sequence };
  // Authorised money is reserved, not taken; a reversal lets it go.
  if (kind === "AUTHORISATION") return { status: "PROCESSING", certainty: "INDETERMINATE", sequence };
  if (kind === "CANCELLATION") return { status: "CANCELLED", certainty: "DEFINITIVE", sequence };
  return { ...outcome, sequence };
}

/** CCV pays out what was paid, whole; its fees come as collections of their own. */
function bookingOf(transaction: CcvTransaction, amount: Money, { kind, sign }: TypeRule): Booking | undefined {
  const reference = transaction.paidoutReference;
  if (!reference || kind === "CANCELLATION" || kind === "AUTHORISATION") return undefined;
  const gross = sign === 1 ? amount : negateMoney(amount);
  const bookingDate = paidOutOn(transaction.paidoutDate ?? transaction.lastUpdate);
  return { batch: reference, bookingDate, payoutReference: reference, gross, fees: {}, net: gross };
}

function paidOutOn(text: string): string {
  if (text.includes("-")) return calendarDate(text.slice(0, 10), "YYYY-MM-DD");
  return businessDateOf(epochMillis(text).at, "Europe/Brussels");
}
