import { methodName, providerName } from "../../domain/method-name.ts";
import {
  FAMILIES,
  ORIGINS,
  PAYMENT_TYPES,
  RECONCILIATION_STATES,
  REFUND_STATES,
  SETTLEMENT_STATES,
  type Search,
  STATUSES,
  TYPES,
} from "./transaction-search.ts";
import type { TransactionWords } from "./words.ts";

export type Option = { readonly value: string; readonly label: string };

/** One way to narrow the list: what it is called, what there is to choose, and what is chosen. */
export type Dimension = {
  readonly key:
    | "status"
    | "type"
    | "family"
    | "provider"
    | "location"
    | "method"
    | "payment"
    | "origin"
    | "refund"
    | "matching"
    | "settled";
  readonly name: string;
  readonly options: readonly Option[];
  readonly chosen: readonly string[];
  /** The change of the address that makes these chosen. */
  readonly choose: (values: readonly string[]) => Partial<Search>;
};

/** What the merchant has, which no list of words tells. */
export type Known = {
  readonly providers: readonly string[];
  readonly methods: readonly string[];
  readonly locations: readonly Option[];
};

export function dimensionsOf(search: Search, t: TransactionWords, known: Known): readonly Dimension[] {
  const words = <K extends string>(values: readonly K[], names: Readonly<Record<K, string>>): readonly Option[] =>
    values.map((value) => ({ value, label: names[value] }));
  const withChosen = (values: readonly string[], chosen: readonly string[], nameOf: (value: string) => string) =>
    [...new Set([...values, ...chosen])].map((value) => ({ value, label: nameOf(value) }));
  const several = (key: Exclude<Dimension["key"], "origin">, options: readonly Option[]): Dimension => ({
    key,
    name: t.filters[key],
    options,
    chosen: search[key],
    choose: (values) => ({ [key]: values }) as Partial<Search>,
  });
  const nameOfMethod = (method: string) => methodName(method, t.domain.methods);
  return [
    several("status", words(STATUSES, t.domain.statuses)),
    several("location", known.locations),
    several("method", withChosen(known.methods, search.method, nameOfMethod)),
    several("provider", withChosen(known.providers, search.provider, providerName)),
    several("family", words(FAMILIES, t.domain.families)),
    several("type", words(TYPES, t.domain.types)),
    several("payment", words(PAYMENT_TYPES, t.domain.paymentTypes)),
    several("matching", words(RECONCILIATION_STATES, t.domain.reconciliationStates)),
    several("settled", words(SETTLEMENT_STATES, t.domain.settlementStates)),
    several("refund", words(REFUND_STATES, t.domain.refundStates)),
    {
      key: "origin",
      name: t.filters.origin,
      options: words(ORIGINS, t.domain.origins),
      chosen: search.origin ? [search.origin] : [],
      // One or the other: whoever ticks the second wants that one.
      choose: (values) => ({ origin: ORIGINS.find((each) => each === values.at(-1)) }),
    },
  ];
}
