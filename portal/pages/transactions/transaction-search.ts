import { oneOf, type SearchOf, someOf, text, texts } from "../../app/search-params.ts";
import type { TransactionFilter, TransactionOrder } from "../../generated/pages/transactions/transactions.ts";
import { minorOf } from "../../language/decimals.ts";
import { instantOf } from "../../language/zoned-time.ts";
import { PERIODS, spanOf } from "./periods.ts";

export const STATUSES = ["SUCCESS", "PROCESSING", "FAILED", "REFUSED", "CANCELLED", "REFUNDED", "CHARGEBACK"] as const;
export const TYPES = ["SALE", "REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL", "CREDIT"] as const;
export const FAMILIES = ["CCV_PAY", "E_VOUCHER", "ACQUIRER"] as const;
export const ORIGINS = ["AUTOMATIC", "MANUAL"] as const;
export const REFUND_STATES = ["NONE", "PARTIAL", "FULL", "OVER"] as const;
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
  location: texts,
  method: texts,
  payment: someOf(PAYMENT_TYPES),
  origin: oneOf(ORIGINS),
  refund: someOf(REFUND_STATES),
  matching: someOf(RECONCILIATION_STATES),
  settled: someOf(SETTLEMENT_STATES),
  weekday: someOf(["1", "2", "3", "4", "5", "6", "7"]),
  hour: someOf(Array.from({ length: 24 }, (_, hour) => String(hour))),
  reason: texts,
  min: text,
  max: text,
  currency: text,
  q: text,
  sort: oneOf(["AMOUNT"]),
  dir: oneOf(["ASC"]),
  columns: texts,
  open: text,
} as const;
export type Search = SearchOf<typeof SEARCH>;

/** In an address, a location or a reason that is not there. */
export const NONE = "none";

/** What is asked for of the time. @param now decides which day is today */
export function spanOfSearch(search: Pick<Search, "period" | "from" | "to">, zone: string, now: Date) {
  return search.period ? spanOf(search.period, now, zone) : customSpan(search, zone);
}

/** What the graph is asked for. @param now decides which day is today */
export function filterOf(search: Search, zone: string, now: Date): TransactionFilter {
  const when = spanOfSearch(search, zone, now);
  const currency = search.currency ?? "EUR";
  const [minimum, maximum] = [search.min, search.max].map((each) => each && minorOf(each, currency));
  return {
    ...(when && { occurredAt: when }),
    ...some("statuses", search.status),
    ...some("types", search.type),
    ...some("families", search.family),
    ...some("providers", search.provider),
    ...some("locations", search.location.map(orNone)),
    ...some("paymentMethods", search.method),
    ...some("paymentTypes", search.payment),
    ...some("refundStates", search.refund),
    ...some("reconciliationStates", search.matching),
    ...some("settlementStates", search.settled),
    ...some("weekdays", search.weekday.map(Number)),
    ...some("hoursOfDay", search.hour.map(Number)),
    ...(search.weekday.length + search.hour.length > 0 && { zone }),
    ...some("reasons", search.reason.map(orNone)),
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

/** An empty list finds nothing, so what is not chosen is not asked for. */
function some<K extends string, T>(key: K, values: readonly T[]) {
  return values.length > 0 ? ({ [key]: values } as Record<K, readonly T[]>) : {};
}

function orNone(value: string): string {
  return value === NONE ? "" : value;
}

const WALL_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/;

function customSpan({ from, to }: Pick<Search, "from" | "to">, zone: string) {
  const ends = {
    ...(from && WALL_TIME.test(from) && { from: instantOf(from, zone).toISOString() }),
    ...(to && WALL_TIME.test(to) && { to: instantOf(to, zone).toISOString() }),
  };
  return Object.keys(ends).length > 0 ? ends : undefined;
}
