import { hash } from "node:crypto";
import { maskCards } from "../../shared/card-detector.ts";
import type { Booking, Fees, PaymentFacts, ProviderEvent } from "../../shared/event.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { PREFIXES, stableId, transactionId } from "../../shared/ids.ts";
import { outcomeRank, precedenceOf } from "../../shared/status.ts";
import { encodeFacts, encodeStaged, type FactRow, type PlacedRow } from "../../shared/store/staging.ts";
import { businessDateOf } from "../../shared/time.ts";
import type { EventKind, TransactionType } from "../../shared/vocabulary.ts";
import type { Place } from "./placement.ts";

/**
 * Turns events of one file into lines for the staging table. It counts equal rows that have no identity of their own,
 * since two identical purchases are two facts: one stager per file.
 */
export function createStager(families: FamilyModules): (event: ProviderEvent, line: number, place: Place) => string {
  const occurrences = new Map<string, number>();
  const groupId = rememberedIds();
  return (event, line, place) => {
    const facts = encodeFacts(factsOf(event, place, { families, groupId }));
    const contentHash = hash("sha256", facts, "base64url").slice(0, 24);
    const key = factKey(event, contentHash, () => {
      const occurrence = (occurrences.get(contentHash) ?? 0) + 1;
      occurrences.set(contentHash, occurrence);
      return occurrence;
    });
    const known = event.reference ?? event.localReference ?? key;
    // Where it was taken is our mapping, not what the row says: mapping a terminal later must not make it another fact.
    const placed: PlacedRow = {
      line_number: line,
      merchant_id: place.merchantId,
      fact_key: key,
      content_hash: contentHash,
      transaction_id: transactionIdOf(event, place, key),
      transaction_number: event.payment?.transactionNumber ?? known,
      provider_reference: known,
      business_date: businessDateOf(event.occurredAt.at, place.zone),
      location_id: place.locationId,
      terminal_id: place.terminalId,
    };
    return encodeStaged(placed, facts);
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

function factKey(event: ProviderEvent, contentHash: string, nextOccurrence: () => number): string {
  const scope = `${event.provider}\n${event.account ?? event.terminal ?? ""}`;
  const identity = event.identity ?? `${contentHash}\n${nextOccurrence()}`;
  return stableId(PREFIXES.event, scope, identity).slice(PREFIXES.event.length + 1);
}

/** The transaction the event is about; one without a reference is named by the one event that tells of it. */
function transactionIdOf(event: ProviderEvent, place: Place, key: string): string | null {
  const isOwn = TYPE_OF_KIND[event.kind] !== undefined;
  if (!isOwn && !ADDS_TO_ANOTHER.includes(event.kind)) return null;
  if (event.reference !== undefined) return idOf(event, place, event.reference);
  return isOwn ? idOf(event, place, `local\n${event.localReference ?? key}`) : null;
}

function idOf({ family, provider }: ProviderEvent, place: Place, reference: string): string {
  return transactionId(family, provider, place.merchantId, reference);
}

/** One literal on purpose: objects put together by spreading cost three times as much, a million times over. */
function factsOf(event: ProviderEvent, place: Place, { families, groupId }: StagerParts): FactRow {
  const { payment = NO_PAYMENT, voucher, outcome, booking, originalReference } = event;
  const normalised = families[event.family].normalise(event);
  const type = TYPE_OF_KIND[event.kind] ?? null;
  const isAbout = type !== null || ADDS_TO_ANOTHER.includes(event.kind);
  const fees = booking?.fees;
  return {
    family: event.family,
    provider: event.provider,
    account: event.account ?? null,
    kind: event.kind,
    creates: type !== null && outcome !== undefined && event.amount !== null,
    reports: isAbout && outcome !== undefined,
    books: booking !== undefined,
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
    psp_reference: event.reference ?? null,
    reference: event.reference ?? null,
    original_reference: originalReference ?? null,
    original_id: originalReference === undefined ? null : idOf(event, place, originalReference),
    merchant_reference: withoutCards(payment.merchantReference),
    authorisation_code: payment.authorisationCode ?? null,
    last4: payment.last4 ?? null,
    arn: payment.arn ?? null,
    rrn: payment.rrn ?? null,
    stan: payment.stan ?? null,
    ticket: withoutCards(payment.ticket),
    details: JSON.stringify(normalised.details),
    outcome: outcome?.status ?? null,
    certainty: outcome?.certainty ?? null,
    precedence: outcome
      ? precedenceOf({ source: "PROVIDER", outcome: outcome.status, certainty: outcome.certainty })
      : null,
    outcome_rank: outcome ? outcomeRank(outcome.status) : null,
    sequence: outcome?.sequence ?? null,
    reason: outcome?.reason ?? null,
    raw_status: event.rawStatus,
    batch_id: booking ? groupId(PREFIXES.batch, groupScope(event, place, booking), booking.batch) : null,
    batch: booking?.batch ?? null,
    payout_id:
      booking?.payoutReference === undefined
        ? null
        : groupId(PREFIXES.payout, groupScope(event, place, booking), booking.payoutReference),
    payout_reference: booking?.payoutReference ?? null,
    booking_date: booking?.bookingDate ?? null,
    value_date: booking?.valueDate ?? null,
    booking_currency: booking?.net.currency ?? null,
    gross_minor: booking?.gross.amountMinor ?? null,
    interchange_minor: fees?.interchange ?? null,
    scheme_fee_minor: fees?.schemeFee ?? null,
    markup_minor: fees?.markup ?? null,
    commission_minor: fees?.commission ?? null,
    tax_minor: fees?.tax ?? null,
    fee_minor: fees ? sumOf(fees) : null,
    net_minor: booking?.net.amountMinor ?? null,
    processing_minor: booking?.processingAmount?.amountMinor ?? null,
    processing_currency: booking?.processingAmount?.currency ?? null,
    exchange_rate: booking?.exchangeRate ?? null,
    issuer: voucher?.issuer ?? null,
    purse: voucher?.purse ?? null,
    requested_minor: voucher?.requestedAmount?.amountMinor ?? null,
    masked_pan: payment.maskedPan ?? null,
  };
}

type StagerParts = { readonly families: FamilyModules; readonly groupId: ReturnType<typeof rememberedIds> };

/** What a till or a shop wrote; some write the card there. */
function withoutCards(text: string | undefined): string | null {
  return text === undefined ? null : maskCards(text).text;
}

/** A batch or payout is known by its name within one account and currency. */
function groupScope({ provider, account = "" }: ProviderEvent, { merchantId }: Place, { net }: Booking): string {
  return `${provider}\n${merchantId}\n${account}\n${net.currency}`;
}

/** Ids of batches and payouts: a file has few of them, and each of its rows names one. */
function rememberedIds(): (prefix: string, scope: string, name: string) => string {
  const known = new Map<string, string>();
  return (prefix, scope, name) => {
    const key = `${prefix}\n${scope}\n${name}`;
    const id = known.get(key) ?? stableId(prefix, scope, name);
    known.set(key, id);
    return id;
  };
}

function sumOf({ interchange = 0n, schemeFee = 0n, markup = 0n, commission = 0n, tax = 0n }: Fees): bigint {
  return interchange + schemeFee + markup + commission + tax;
}

const NO_PAYMENT: PaymentFacts = {};
