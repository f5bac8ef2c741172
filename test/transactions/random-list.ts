import type { Family } from "../../subgraphs/shared/vocabulary.ts";
import { type Row, transactionRow } from "../subgraphs/support/graph.ts";

/** A seeded source of numbers from 0 to 1: what fails can be had again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = ReturnType<typeof seeded>;
export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const STATUSES = ["PROCESSING", "SUCCESS", "FAILED", "REFUSED", "CANCELLED", "REFUNDED", "CHARGEBACK"] as const;
export const PLACES = ["loc_1", "loc_2", "loc_3", null] as const;

/** What a status is decided by goes with it, so that sums can be told from the row. */
export function statusColumns(random: Random, amount: bigint): Row {
  const status = pick(random, STATUSES);
  const base = status === "REFUNDED" || status === "CHARGEBACK" ? "SUCCESS" : status;
  return { status, base_status: base, captured_minor: base === "SUCCESS" ? amount : 0n };
}

export type Sale = Row & { readonly id: string; readonly occurred_at: Date };

export function randomSale(random: Random, reference: string): Sale {
  const amount = BigInt(Math.floor(random() * 40)) * 50n;
  return transactionRow(pick<Family>(random, ["CCV_PAY", "E_VOUCHER", "ACQUIRER"]), reference, {
    merchant_id: pick(random, ["mer_a", "mer_a", "mer_b"]),
    type: pick(random, ["SALE", "SALE", "SALE", "REFUND"]),
    amount_minor: amount,
    ...statusColumns(random, amount),
    ...{ currency: pick(random, ["EUR", "EUR", "USD"]), location_id: pick(random, PLACES) },
    ...{ payment_method: pick(random, ["visa", "bancontact", "unknown"]), brand: pick(random, ["Visa", null, "MC"]) },
    ...{ entry_mode: pick(random, ["CHIP", "ECOM"]), ever_manual: random() < 0.2 },
    ...{ dispute_state: pick(random, ["NONE", "OPEN"]), refund_state: pick(random, ["NONE", "PARTIAL"]) },
    ...{
      reconciliation_state: pick(random, ["EXPECTED", "MATCHED"]),
      terminal_id: pick(random, ["ter_1", "ter_2", null]),
    },
    // Few seconds, so that pages end among equal times.
    occurred_at: new Date(Date.UTC(2026, 0, 5, 8, 0, Math.floor(random() * 30))),
  }) as Sale;
}

/** Filters that choose among values: how the filter, the facet and the column are called. */
export const CHOICES = {
  statuses: ["STATUS", "status"],
  types: ["TYPE", "type"],
  families: ["FAMILY", "family"],
  providers: ["PROVIDER", "provider"],
  locations: ["LOCATION", "location_id"],
  terminals: ["TERMINAL", "terminal_id"],
  paymentMethods: ["PAYMENT_METHOD", "payment_method"],
  brands: ["BRAND", "brand"],
  entryModes: ["ENTRY_MODE", "entry_mode"],
  disputeStates: ["DISPUTE_STATE", "dispute_state"],
  refundStates: ["REFUND_STATE", "refund_state"],
  reconciliationStates: ["RECONCILIATION_STATE", "reconciliation_state"],
} as const;
type Choice = keyof typeof CHOICES;

export type RandomFilter = {
  readonly input: Row;
  /** Whether it finds a row, one choice of it left aside or none. */
  readonly finds: (row: Row, without?: Choice) => boolean;
};

export function randomFilter(random: Random, rows: readonly Row[]): RandomFilter {
  const chosen = (Object.keys(CHOICES) as Choice[]).filter(() => random() < 0.18);
  const choices = Object.fromEntries(
    chosen.map((name) => {
      const values = new Set(
        Array.from({ length: 1 + Math.floor(random() * 2) }, () => pick(random, rows)[CHOICES[name][1]]),
      );
      return [name, [...values].filter((value) => value !== null)];
    }),
  );
  const everManual = random() < 0.1 ? true : undefined;
  const from = random() < 0.3 ? new Date(Date.UTC(2026, 0, 5, 8, 0, Math.floor(random() * 20))) : undefined;
  const currency = random() < 0.2 ? "EUR" : undefined;
  const input = {
    ...choices,
    ...(everManual && { everManual }),
    // All sales are within; an analysis must be told from when.
    occurredAt: { from: (from ?? new Date(Date.UTC(2026, 0, 5, 8))).toISOString(), to: "2026-01-05T09:00:00.000Z" },
    ...(currency && { amount: { currency, minimumMinor: "500" } }),
  };
  const finds = (row: Row, without?: Choice) =>
    Object.entries(choices).every(
      ([name, values]) => name === without || values.some((value) => value === row[CHOICES[name as Choice][1]]),
    ) &&
    (!everManual || row["ever_manual"] === true) &&
    (!from || (row["occurred_at"] as Date) >= from) &&
    (!currency || (row["currency"] === currency && (row["amount_minor"] as bigint) >= 500n));
  return { input, finds };
}
