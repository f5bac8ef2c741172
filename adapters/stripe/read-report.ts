import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Instant, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal } from "../../subgraphs/shared/money.ts";
import { instantOf, zonedInstant } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading } from "../adapter.ts";
import { meaningIn, readingsOf } from "../readers/closed-list.ts";
import { minorUnitsOf } from "../readers/decimal.ts";
import { checkDirection } from "../readers/direction.ts";
import { type CsvRecord, readRecords } from "../readers/records.ts";
import { CATEGORIES, type Category } from "./categories.ts";
import { LAYOUT, type StripeColumn } from "./columns.ts";
import { instrumentOf } from "./payment.ts";

type StripeRecord = CsvRecord<StripeColumn>;
type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * Reads an itemised Stripe report. The merchant chooses its columns, so few are required; amounts are signed decimals
 * in major units, and the fee is positive where it is deducted. Only `_utc` columns say their zone: the others are
 * taken as UTC, which is what Stripe's reports are made in unless another zone was asked for.
 */
export async function* readReport(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const accounts = new Map<string, string>();
  for await (const { drift, records } of readRecords(file, LAYOUT)) {
    yield [...drift, ...records.flatMap((record) => readingsOf(record, () => eventOf(record, accounts)))];
  }
}

function eventOf(record: StripeRecord, accounts: Map<string, string>): ProviderEvent {
  const rawStatus = record.text("category");
  const category = meaningIn(CATEGORIES, "reporting category", rawStatus);
  const currency = currencyOf(record.text("currency"));
  const gross = amountOf(record, "gross", currency);
  const kind = gross > 0n ? (category.credit ?? category.kind) : category.kind;
  checkDirection(kind, { amountMinor: gross, currency });
  const booking = bookingOf(record, { kind, currency, gross });
  const about = booking.processingAmount ?? booking.gross;
  const event: Mutable<ProviderEvent> = {
    kind,
    family: "ACQUIRER",
    provider: "stripe",
    account: accountOf(record, accounts),
    identity: identityOf(record),
    occurredAt: timeOf(record, "createdUtc", "created"),
    amount: { amountMinor: about.amountMinor < 0n ? -about.amountMinor : about.amountMinor, currency: about.currency },
    booking,
    rawStatus,
  };
  if (ABOUT_PAYMENTS.has(kind)) refer(event, record, category);
  return event;
}

function amountOf(record: StripeRecord, column: "gross" | "fee" | "net", currency: string): bigint {
  const text = record.text(column);
  if (text === "") throw new AppError("INVALID_AMOUNT", `the row says no ${column}`);
  return minorUnitsOf(text, currency);
}

function identityOf(record: StripeRecord): string {
  const id = record.text("id");
  if (id === "") throw new AppError("INVALID_INPUT", "the row has no balance transaction id");
  return id;
}

/**
 * Stripe's reports are of one account and do not name it; an orchestrator's column does, but not on every row. A payout
 * belongs to one account, so a row that names none goes with the rows above it of the same payout.
 */
function accountOf(record: StripeRecord, accounts: Map<string, string>): string {
  const payout = record.text("payout");
  const account = record.text("account") || accounts.get(payout) || DEFAULT_ACCOUNT;
  if (payout !== "" && account !== DEFAULT_ACCOUNT) accounts.set(payout, account);
  return account;
}

const DEFAULT_ACCOUNT = "default";

function bookingOf(
  record: StripeRecord,
  { kind, currency, gross }: { kind: EventKind; currency: string; gross: bigint },
): Booking {
  const fee = -amountOf(record, "fee", currency);
  const net = amountOf(record, "net", currency);
  if (gross + fee !== net) {
    const [from, by, to] = [gross, fee, net].map((amountMinor) => formatDecimal({ amountMinor, currency }));
    throw new AppError("INVALID_AMOUNT", `gross ${from} and fee ${by} do not make net ${to} ${currency}`);
  }
  const available = dayOf(record, "availableUtc", "available") || dayOf(record, "createdUtc", "created");
  const payout = record.text("payout") || (kind === "PAYOUT" ? record.text("source") : "");
  const booking: Mutable<Booking> = {
    // What became available on one day and names no payout yet is kept together.
    batch: payout || `available ${available}`,
    bookingDate: available,
    gross: { amountMinor: gross, currency },
    fees: { commission: fee },
    net: { amountMinor: net, currency },
  };
  if (payout !== "") booking.payoutReference = payout;
  const paid = dayOf(record, "paidUtc", "paid");
  if (paid !== "") booking.valueDate = paid;
  const shopperCurrency = record.text("shopperCurrency");
  const converted = shopperCurrency !== "" && record.text("shopperAmount") !== "";
  if (ABOUT_PAYMENTS.has(kind) && converted && currencyOf(shopperCurrency) !== currency) {
    booking.processingAmount = shopperAmount(record, currencyOf(shopperCurrency), gross < 0n);
    if (record.text("exchangeRate") !== "") booking.exchangeRate = record.text("exchangeRate");
  }
  return booking;
}

function shopperAmount(record: StripeRecord, currency: string, negative: boolean) {
  const amountMinor = minorUnitsOf(record.text("shopperAmount"), currency);
  return { amountMinor: negative === amountMinor < 0n ? amountMinor : -amountMinor, currency };
}

const ABOUT_PAYMENTS: ReadonlySet<EventKind> = new Set([
  "SALE",
  "CANCELLATION",
  "REFUND",
  "REFUND_REVERSAL",
  "CHARGEBACK",
  "CHARGEBACK_REVERSAL",
]);

/** A dispute's reversal has the dispute's own id, and moves money the other way: it gets a suffix. */
function refer(event: Mutable<ProviderEvent>, record: StripeRecord, { kind, outcome }: Category): void {
  const source = record.text("source");
  const charge = record.text("charge");
  const isCharge = kind === "SALE" || kind === "CANCELLATION";
  const reference = isCharge ? charge || source : source;
  if (reference !== "") event.reference = kind === "CHARGEBACK_REVERSAL" ? `${reference}-reversed` : reference;
  if (!isCharge && charge !== "") event.originalReference = charge;
  if (outcome) event.outcome = outcome;
  const merchantReference = record.text("order") || record.text("invoice");
  event.payment = {
    ...instrumentOf(record.text("method"), record.text("cardBrand"), record.text("cardFunding")),
    acquirer: "stripe",
    ...(merchantReference !== "" && { merchantReference }),
  };
}

function timeOf(record: StripeRecord, utc: StripeColumn, local: StripeColumn): Instant {
  const text = record.text(utc) || record.text(local);
  if (text === "") throw new AppError("INVALID_INPUT", "the row has no time; add created_utc to the report");
  if (/(?:Z|[+-]\d\d:?\d\d)$/.test(text) && text.length > 10) return instantOf(text);
  return zonedInstant(text.length === 10 ? `${text} 00:00:00` : text, "UTC");
}

/** Blank where the report does not say it. */
function dayOf(record: StripeRecord, utc: StripeColumn, local: StripeColumn): string {
  if ((record.text(utc) || record.text(local)) === "") return "";
  return timeOf(record, utc, local).at.toISOString().slice(0, 10);
}
