import { oneOf, type SearchOf, someOf, text, texts } from "../../app/search-params.ts";
import type { TransactionFilter, TransactionOrder } from "../../generated/pages/transactions/transactions.ts";
import { decimalOf, minorOf } from "../../language/decimals.ts";
import { instantOf, wallTimeAt } from "../../language/zoned-time.ts";
import { PERIODS, spanOf } from "./periods.ts";

export const STATUSES = ["SUCCESS", "PROCESSING", "FAILED", "REFUSED", "CANCELLED", "REFUNDED", "CHARGEBACK"] as const;
export const TYPES = ["SALE", "REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL", "CREDIT"] as const;
export const FAMILIES = ["CCV_PAY", "E_VOUCHER", "ACQUIRER"] as const;
export const ORIGINS = ["AUTOMATIC", "MANUAL"] as const;
export const REFUND_STATES = ["NONE", "PARTIAL", "FULL", "OVER"] as const;
export const DISPUTE_STATES = ["NONE", "INQUIRY", "OPEN", "WON", "LOST", "SECOND_CHARGEBACK"] as const;
export const ISSUERS = ["EDENRED", "PLUXEE", "MONIZZE"] as const;
export const PURSES = ["MEAL", "ECO", "GIFT", "SPORT_CULTURE", "BOOK", "TRANSPORT", "CONSUMPTION", "UNKNOWN"] as const;
export const ENTRY_MODES = [
  "CHIP",
  "CONTACTLESS",
  "MAGSTRIPE",
  "MANUAL_KEYED",
  "ECOM",
  "MOTO",
  "QR",
  "UNKNOWN",
] as const;
export const SORTS = ["AMOUNT", "STATUS", "LOCATION"] as const;
export const PAYMENT_TYPES = [
  "DEBIT_CARD",
  "CREDIT_CARD",
  "CARD",
  "VOUCHER",
  "WALLET",
  "BANK_TRANSFER",
  "OTHER",
] as const;
export const RECONCILIATION_STATES = [
  "MATCHED",
  "EXPECTED",
  "MISSING",
  "AMBIGUOUS",
  "DISCREPANT",
  "PARTIAL",
  "NOT_EXPECTED",
] as const;
export const SETTLEMENT_STATES = ["UNSETTLED", "SETTLED", "PAID_OUT", "EXTERNAL"] as const;

/** All that makes up what is seen, so that an address is a view that can be kept and sent. */
export const SEARCH = {
  period: oneOf(PERIODS),
  from: text,
  to: text,
  status: someOf(STATUSES),
  type: someOf(TYPES),
  family: someOf(FAMILIES),
  provider: texts,
  issuer: someOf(ISSUERS),
  purse: someOf(PURSES),
  location: texts,
  terminal: texts,
  application: texts,
  method: texts,
  payment: someOf(PAYMENT_TYPES),
  brand: texts,
  entry: someOf(ENTRY_MODES),
  origin: oneOf(ORIGINS),
  refund: someOf(REFUND_STATES),
  dispute: someOf(DISPUTE_STATES),
  matching: someOf(RECONCILIATION_STATES),
  settled: someOf(SETTLEMENT_STATES),
  weekday: someOf(["1", "2", "3", "4", "5", "6", "7"]),
  hour: someOf(Array.from({ length: 24 }, (_, hour) => String(hour))),
  reason: texts,
  min: text,
  max: text,
  currency: text,
  number: text,
  reference: text,
  code: text,
  last4: text,
  arn: text,
  q: text,
  sort: oneOf(SORTS),
  dir: oneOf(["ASC"]),
  columns: texts,
  /** What is shown is as it was then, by the clock of the merchant's zone. */
  at: text,
  open: text,
} as const;
export type Search = SearchOf<typeof SEARCH>;

/** In an address, a location or a reason that is not there. */
export const NONE = "none";

/** What is asked for of the time. @param now decides which day is today */
export function spanOfSearch(search: Pick<Search, "period" | "from" | "to">, zone: string, now: Date) {
  return search.period ? spanOf(search.period, now, zone) : customSpan(search, zone);
}

/** The moment whose list is looked at; null for now. */
export function pastOf({ at }: Pick<Search, "at">, zone: string): string | null {
  return at && WALL_TIME.test(at) ? instantOf(at, zone).toISOString() : null;
}

/** What is chosen of several, by what the graph calls it. */
const LISTS = {
  status: "statuses",
  type: "types",
  family: "families",
  provider: "providers",
  issuer: "issuers",
  purse: "purses",
  location: "locations",
  terminal: "terminals",
  application: "applications",
  method: "paymentMethods",
  payment: "paymentTypes",
  brand: "brands",
  entry: "entryModes",
  refund: "refundStates",
  dispute: "disputeStates",
  matching: "reconciliationStates",
  settled: "settlementStates",
  reason: "reasons",
} as const satisfies Partial<Record<keyof Search, keyof TransactionFilter>>;

/** What is looked for exactly. */
export const EXACT = {
  number: "transactionNumber",
  reference: "merchantReference",
  code: "authorisationCode",
  last4: "last4",
  arn: "arn",
} as const satisfies Partial<Record<keyof Search, keyof TransactionFilter>>;
export type ExactKey = keyof typeof EXACT;
export const EXACT_KEYS = Object.keys(EXACT) as readonly ExactKey[];

/** What the graph is asked for. Periods are worked out there, by each merchant's own calendar. */
export function filterOf(search: Search, zone: string): TransactionFilter {
  const span = customSpan(search, zone);
  const currency = search.currency ?? "EUR";
  const [minimum, maximum] = [search.min, search.max].map((each) => each && minorOf(each, currency));
  // An empty list finds nothing, so what is not chosen is not asked for.
  const lists = Object.entries(LISTS).map(
    ([key, field]) => [field, search[key as keyof typeof LISTS].map(orNone)] as const,
  );
  const exact = EXACT_KEYS.map((key) => [EXACT[key], search[key]] as const);
  return {
    ...(search.period ? { period: search.period } : span && { occurredAt: span }),
    ...Object.fromEntries([...lists, ...exact].filter(([, value]) => value !== undefined && value.length > 0)),
    ...(search.weekday.length > 0 && { weekdays: search.weekday.map(Number) }),
    ...(search.hour.length > 0 && { hoursOfDay: search.hour.map(Number) }),
    ...(search.weekday.length + search.hour.length > 0 && { zone }),
    ...(search.origin && { statusOrigin: search.origin }),
    ...((minimum || maximum) && {
      amount: { currency, ...(minimum && { minimumMinor: minimum }), ...(maximum && { maximumMinor: maximum }) },
    }),
    ...(search.q && { search: search.q.slice(0, 100) }),
  };
}

export function orderOf({ sort, dir }: Search): TransactionOrder {
  return { field: sort ?? "OCCURRED_AT", direction: dir ?? "DESC" };
}

/** The address that asks for this filter; undefined where it has what this page has no place for. */
export function searchOf(kept: unknown, zone: string): Search | undefined {
  if (kept === null || typeof kept !== "object") return undefined;
  const filter = kept as TransactionFilter;
  const { currency, minimumMinor, maximumMinor } = filter.amount ?? {};
  const given: Record<string, readonly unknown[]> = {
    period: [filter.period],
    from: [filter.occurredAt?.from && wallTimeAt(new Date(filter.occurredAt.from), zone)],
    to: [filter.occurredAt?.to && wallTimeAt(new Date(filter.occurredAt.to), zone)],
    origin: [filter.statusOrigin],
    min: [currency && minimumMinor && decimalOf(String(minimumMinor), currency)],
    max: [currency && maximumMinor && decimalOf(String(maximumMinor), currency)],
    currency: [currency],
    q: [filter.search],
    weekday: (filter.weekdays ?? []).map(String),
    hour: (filter.hoursOfDay ?? []).map(String),
    ...Object.fromEntries(
      Object.entries(LISTS).map(([key, field]) => [key, (filter[field] ?? []).map((each) => each || NONE)]),
    ),
    ...Object.fromEntries(EXACT_KEYS.map((key) => [key, [filter[EXACT[key]]]])),
  };
  const texts = (key: string) => (given[key] ?? []).filter((each) => typeof each === "string");
  const search = Object.fromEntries(
    Object.entries(SEARCH).map(([key, { parse }]) => [key, parse(texts(key))]),
  ) as Search;
  return isSame(filterOf(search, zone), filter) ? search : undefined;
}

function orNone(value: string): string {
  return value === NONE ? "" : value;
}

/** Whether nothing was lost on the way: instants may be written otherwise, and lists stand in another order. */
function isSame(one: TransactionFilter, other: TransactionFilter): boolean {
  const plain = (filter: TransactionFilter) =>
    JSON.stringify(
      Object.entries(filter)
        .map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value])
        .sort(([a], [b]) => String(a).localeCompare(String(b))),
      (_, value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? sorted(value) : value),
    );
  return plain(one) === plain(other);
}

const sorted = (value: object) => Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));

const WALL_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/;

function customSpan({ from, to }: Pick<Search, "from" | "to">, zone: string) {
  const ends = {
    ...(from && WALL_TIME.test(from) && { from: instantOf(from, zone).toISOString() }),
    ...(to && WALL_TIME.test(to) && { to: instantOf(to, zone).toISOString() }),
  };
  return Object.keys(ends).length > 0 ? ends : undefined;
}
