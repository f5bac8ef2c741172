import { methodName, providerName } from "../../domain/method-name.ts";
import {
  DISPUTE_STATES,
  ENTRY_MODES,
  FAMILIES,
  ISSUERS,
  ORIGINS,
  PAYMENT_TYPES,
  PURSES,
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
    | "issuer"
    | "purse"
    | "location"
    | "terminal"
    | "application"
    | "method"
    | "payment"
    | "brand"
    | "entry"
    | "origin"
    | "refund"
    | "dispute"
    | "matching"
    | "settled";
  readonly name: string;
  readonly options: readonly Option[];
  readonly chosen: readonly string[];
  /** What a value that is none of the options is called; without it there is none. */
  readonly nameOf?: (value: string) => string;
  /** The change of the address that makes these chosen. */
  readonly choose: (values: readonly string[]) => Partial<Search>;
};

/** What the merchant has, which no list of words tells. */
export type Known = {
  readonly providers: readonly string[];
  readonly locations: readonly Option[];
  /** Terminal numbers by id, of terminals that are in sight. */
  readonly terminals: ReadonlyMap<string, string>;
};

const ISSUER_NAMES = { EDENRED: "Edenred", PLUXEE: "Pluxee", MONIZZE: "Monizze" } as const;

export function dimensionsOf(search: Search, t: TransactionWords, known: Known): readonly Dimension[] {
  const words = <K extends string>(values: readonly K[], names: Readonly<Record<K, string>>): readonly Option[] =>
    values.map((value) => ({ value, label: names[value] }));
  const several = (key: Exclude<Dimension["key"], "origin">, options: readonly Option[]): Dimension => ({
    key,
    name: t.filters[key],
    options,
    chosen: search[key],
    choose: (values) => ({ [key]: values }) as Partial<Search>,
  });
  /** Values of no list: those that are chosen, and those that are counted. */
  const open = (
    key: "terminal" | "application" | "brand" | "method" | "provider",
    nameOf: (value: string) => string,
    known: readonly string[] = [],
  ): Dimension => {
    const values = [...new Set([...known, ...search[key]])];
    return {
      ...several(
        key,
        values.map((value) => ({ value, label: nameOf(value) })),
      ),
      nameOf,
    };
  };
  return [
    several("status", words(STATUSES, t.domain.statuses)),
    several("location", known.locations),
    open("method", (method) => methodName(method, t.domain.methods)),
    open("provider", providerName, known.providers),
    open("terminal", (id) => known.terminals.get(id) ?? id),
    open("application", (value) => value),
    open("brand", (value) => value),
    several("family", words(FAMILIES, t.domain.families)),
    several("type", words(TYPES, t.domain.types)),
    several("issuer", words(ISSUERS, ISSUER_NAMES)),
    several("purse", words(PURSES, t.domain.purses)),
    several("payment", words(PAYMENT_TYPES, t.domain.paymentTypes)),
    several("matching", words(RECONCILIATION_STATES, t.domain.reconciliationStates)),
    several("settled", words(SETTLEMENT_STATES, t.domain.settlementStates)),
    several("refund", words(REFUND_STATES, t.domain.refundStates)),
    several("dispute", words(DISPUTE_STATES, t.domain.disputeStates)),
    several("entry", words(ENTRY_MODES, t.domain.entryModes)),
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
