import { hash } from "node:crypto";
import type { Booking, Outcome, ProviderEvent } from "../../shared/event.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { PREFIXES, stableId, transactionId } from "../../shared/ids.ts";
import { outcomeRank, precedenceOf } from "../../shared/status.ts";
import type { StagedRow } from "../../shared/store/staging.ts";
import { businessDateOf } from "../../shared/time.ts";
import type { EventKind, TransactionType } from "../../shared/vocabulary.ts";
import type { Place } from "./placement.ts";

/**
 * Turns events of one file into staged rows. It counts equal rows that have no identity of their own, since two
 * identical purchases are two facts: one stager per file.
 */
export function createStager(families: FamilyModules): (event: ProviderEvent, line: number, place: Place) => StagedRow {
  const occurrences = new Map<string, number>();
  return (event, line, place) => {
    const facts = factsOf(event, place, families);
    const contentHash = hash("sha256", contentOf(facts), "base64url").slice(0, 24);
    const key = factKey(event, contentHash, () => {
      const occurrence = (occurrences.get(contentHash) ?? 0) + 1;
      occurrences.set(contentHash, occurrence);
      return occurrence;
    });
    const transaction = facts.transaction_id ?? (isOwnTransaction(event.kind) ? ownId(event, place, key) : null);
    return {
      ...facts,
      // Where it was taken is our mapping, not what the row says: mapping a terminal later must not make it another fact.
      location_id: place.locationId,
      terminal_id: place.terminalId,
      business_date: businessDateOf(event.occurredAt.at, place.zone),
      line_number: line,
      fact_key: key,
      content_hash: contentHash,
      transaction_id: transaction,
      transaction_number: facts.transaction_number ?? facts.provider_reference ?? key,
      provider_reference: facts.provider_reference ?? key,
    };
  };
}

/** The transaction type that an event of this kind brings into being; undefined where it only adds to another. */
const TYPE_OF_KIND: Partial<Record<EventKind, TransactionType>> = {
  SALE: "SALE",
  AUTHORISATION: "SALE",
  REFUND: "REFUND",
  CHARGEBACK: "CHARGEBACK",
  SECOND_CHARGEBACK: "CHARGEBACK",
  CHARGEBACK_REVERSAL: "CHARGEBACK_REVERSAL",
  CREDIT: "CREDIT",
};

/** Events that are about a transaction without bringing one into being. */
const ADDS_TO_ANOTHER: readonly EventKind[] = ["CAPTURE", "CANCELLATION", "REFUND_REVERSAL"];

function isOwnTransaction(kind: EventKind): boolean {
  return TYPE_OF_KIND[kind] !== undefined;
}

function factKey(event: ProviderEvent, contentHash: string, nextOccurrence: () => number): string {
  const scope = `${event.provider}\n${event.account ?? event.terminal ?? ""}`;
  const identity = event.identity ?? `${contentHash}\n${nextOccurrence()}`;
  return stableId(PREFIXES.event, scope, identity).slice(PREFIXES.event.length + 1);
}

/** A transaction that has no reference is named by the one event that tells of it. */
function ownId(event: ProviderEvent, place: Place, key: string): string {
  return transactionId(event.family, event.provider, place.merchantId, `local\n${event.localReference ?? key}`);
}

function factsOf(event: ProviderEvent, place: Place, families: FamilyModules) {
  const { payment = {}, voucher } = event;
  const normalised = families[event.family].normalise(event);
  const idOf = (reference: string) => transactionId(event.family, event.provider, place.merchantId, reference);
  const type = TYPE_OF_KIND[event.kind] ?? null;
  const about = type !== null || ADDS_TO_ANOTHER.includes(event.kind);
  return {
    merchant_id: place.merchantId,
    family: event.family,
    provider: event.provider,
    account: event.account ?? null,
    kind: event.kind,
    creates: type !== null && event.outcome !== undefined && event.amount !== null,
    reports: about && event.outcome !== undefined,
    books: event.booking !== undefined,
    transaction_id: about && event.reference !== undefined ? idOf(event.reference) : null,
    type,
    occurred_at: event.occurredAt.at.toISOString(),
    time_ambiguous: event.occurredAt.ambiguous,
    currency: event.amount?.currency ?? null,
    amount_minor: event.amount?.amountMinor ?? null,
    authorised_minor: payment.authorisedAmount?.amountMinor ?? null,
    payment_type: normalised.paymentType,
    payment_method: normalised.paymentMethod,
    brand: normalised.brand,
    entry_mode: normalised.entryMode,
    transaction_number: normalised.transactionNumber,
    provider_reference: event.reference ?? event.localReference ?? null,
    psp_reference: event.reference ?? null,
    reference: event.reference ?? null,
    original_reference: event.originalReference ?? null,
    original_id: event.originalReference === undefined ? null : idOf(event.originalReference),
    merchant_reference: payment.merchantReference ?? null,
    authorisation_code: payment.authorisationCode ?? null,
    last4: payment.last4 ?? null,
    arn: payment.arn ?? null,
    rrn: payment.rrn ?? null,
    stan: payment.stan ?? null,
    ticket: payment.ticket ?? null,
    details: JSON.stringify(normalised.details),
    ...outcomeOf(event.outcome),
    raw_status: event.rawStatus,
    ...bookingOf(event, place),
    issuer: voucher?.issuer ?? null,
    purse: voucher?.purse ?? null,
    requested_minor: voucher?.requestedAmount?.amountMinor ?? null,
    masked_pan: payment.maskedPan ?? null,
  };
}

function outcomeOf(outcome: Outcome | undefined) {
  if (!outcome) {
    return { outcome: null, certainty: null, precedence: null, outcome_rank: null, sequence: null, reason: null };
  }
  const { status, certainty, sequence, reason } = outcome;
  return {
    outcome: status,
    certainty,
    precedence: precedenceOf({ source: "PROVIDER", outcome: status, certainty }),
    outcome_rank: outcomeRank(status),
    sequence: sequence ?? null,
    reason: reason ?? null,
  };
}

function bookingOf(event: ProviderEvent, place: Place) {
  const { booking } = event;
  if (!booking) return NOT_BOOKED;
  const scope = [event.provider, place.merchantId, event.account ?? "", booking.net.currency] as const;
  return {
    batch_id: stableId(PREFIXES.batch, ...scope, booking.batch),
    batch: booking.batch,
    payout_id:
      booking.payoutReference === undefined ? null : stableId(PREFIXES.payout, ...scope, booking.payoutReference),
    payout_reference: booking.payoutReference ?? null,
    booking_date: booking.bookingDate,
    value_date: booking.valueDate ?? null,
    booking_currency: booking.net.currency,
    gross_minor: booking.gross.amountMinor,
    ...feesOf(booking),
    net_minor: booking.net.amountMinor,
    processing_minor: booking.processingAmount?.amountMinor ?? null,
    processing_currency: booking.processingAmount?.currency ?? null,
    exchange_rate: booking.exchangeRate ?? null,
  };
}

function feesOf({ fees }: Booking) {
  const parts = [fees.interchange, fees.schemeFee, fees.markup, fees.commission, fees.tax];
  return {
    interchange_minor: fees.interchange ?? null,
    scheme_fee_minor: fees.schemeFee ?? null,
    markup_minor: fees.markup ?? null,
    commission_minor: fees.commission ?? null,
    tax_minor: fees.tax ?? null,
    fee_minor: parts.reduce<bigint>((sum, part) => sum + (part ?? 0n), 0n),
  };
}

/** What makes two rows the same fact: all that they say, and not where it stood. */
function contentOf(facts: Readonly<Record<string, unknown>>): string {
  return Object.values(facts).join("\u001f");
}

const NOT_BOOKED = {
  batch_id: null,
  batch: null,
  payout_id: null,
  payout_reference: null,
  booking_date: null,
  value_date: null,
  booking_currency: null,
  gross_minor: null,
  interchange_minor: null,
  scheme_fee_minor: null,
  markup_minor: null,
  commission_minor: null,
  tax_minor: null,
  fee_minor: null,
  net_minor: null,
  processing_minor: null,
  processing_currency: null,
  exchange_rate: null,
} as const;
