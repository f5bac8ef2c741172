import { maskCards } from "../../shared/card-detector.ts";
import type { Booking, Fees, PaymentFacts, ProviderEvent } from "../../shared/event.ts";
import type { NormalisedPayment } from "../../shared/family-module.ts";
import { outcomeRank, precedenceOf } from "../../shared/status.ts";
import type { CopyWriter } from "../../shared/store/copy-writer.ts";
import type { TransactionType } from "../../shared/vocabulary.ts";

/** An event on its way to the staging tables, with what was worked out about it once. */
export type Fact = {
  readonly event: ProviderEvent;
  readonly payment: PaymentFacts;
  readonly normalised: NormalisedPayment;
  readonly merchantId: string;
  /** What its money is booked in; null for an event that books nothing. */
  readonly batchId: string | null;
  readonly payoutId: string | null;
  /** The transaction type that it brings into being; null where it only adds to another. */
  readonly type: TransactionType | null;
  /** It is about one transaction, its own or another. */
  readonly isAbout: boolean;
  readonly originalId: string | null;
};

/** Writes BOOKED_COLUMNS in their order: value by value, since this runs for every row of files with millions of them. */
export function writeBooked(writer: CopyWriter, { event, payment, normalised, batchId, payoutId, originalId }: Fact) {
  const { booking, voucher } = event;
  writer.text(event.family);
  writer.text(event.provider);
  writer.text(event.account);
  writer.text(event.kind);
  writer.instant(event.occurredAt.at);
  if (booking) writeBooking(writer, booking, batchId, payoutId);
  else writer.nulls(BOOKING_COLUMNS);
  writer.text(normalised.paymentType);
  writer.text(normalised.paymentMethod);
  writer.text(normalised.brand);
  writer.text(normalised.entryMode);
  writer.text(event.reference);
  writer.text(event.originalReference);
  writer.text(originalId);
  writer.text(withoutCards(payment.merchantReference));
  writer.text(payment.authorisationCode);
  writer.text(payment.last4);
  writer.text(payment.arn);
  writer.text(payment.rrn);
  writer.text(payment.stan);
  writer.text(withoutCards(payment.ticket));
  writer.text(voucher?.issuer);
  writer.text(voucher?.purse);
  writer.integer(voucher?.requestedAmount?.amountMinor);
  writer.text(payment.maskedPan);
  writer.text(event.rawStatus);
}

/** From batch_id to exchange_rate. */
const BOOKING_COLUMNS = 16;

function writeBooking(writer: CopyWriter, booking: Booking, batchId: string | null, payoutId: string | null): void {
  const { fees, processingAmount } = booking;
  writer.text(batchId);
  writer.text(payoutId);
  writer.text(booking.bookingDate);
  writer.text(booking.valueDate);
  writer.text(booking.net.currency);
  writer.integer(booking.gross.amountMinor);
  writer.integer(fees.interchange);
  writer.integer(fees.schemeFee);
  writer.integer(fees.markup);
  writer.integer(fees.commission);
  writer.integer(fees.tax);
  writer.integer(sumOf(fees));
  writer.integer(booking.net.amountMinor);
  writer.integer(processingAmount?.amountMinor);
  writer.text(processingAmount?.currency);
  writer.text(booking.exchangeRate);
}

/** Writes REPORTED_COLUMNS in their order. */
export function writeReported(writer: CopyWriter, { event, payment, normalised, type, isAbout }: Fact): void {
  const { outcome, amount } = event;
  writer.boolean(type !== null && outcome !== undefined && amount !== null);
  writer.boolean(isAbout && outcome !== undefined);
  writer.boolean(event.booking !== undefined);
  writer.text(type);
  writer.boolean(event.occurredAt.ambiguous);
  writer.text(amount?.currency);
  writer.integer(amount?.amountMinor);
  writer.integer(payment.authorisedAmount?.amountMinor);
  writer.text(JSON.stringify(normalised.details));
  writer.text(outcome?.status);
  writer.text(outcome?.certainty);
  writer.text(precedence(outcome));
  writer.text(outcome && String(outcomeRank(outcome.status)));
  writer.integer(outcome?.sequence);
  writer.text(outcome?.reason);
}

function precedence(outcome: ProviderEvent["outcome"]): string | null {
  if (!outcome) return null;
  const rule = precedenceOf({ source: "PROVIDER", outcome: outcome.status, certainty: outcome.certainty });
  return rule === null ? null : String(rule);
}

function sumOf({ interchange = 0n, schemeFee = 0n, markup = 0n, commission = 0n, tax = 0n }: Fees): bigint {
  return interchange + schemeFee + markup + commission + tax;
}

/** What a till or a shop wrote; some write the card there. */
function withoutCards(written: string | undefined): string | null {
  return written === undefined ? null : maskCards(written).text;
}
