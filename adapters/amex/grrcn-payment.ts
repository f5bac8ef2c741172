import type { ControlTotal } from "../adapter.ts";
import type { CsvRow } from "../readers/csv.ts";

export type Summary = {
  readonly net: bigint;
  readonly gross: bigint;
  /** What the merchant owed before this payment; never positive. */
  readonly opening: bigint;
  readonly reference: string;
};

/** One payment of Amex's: what its summary says and what its records make. Amounts are in the payment's currency. */
export class GrrcnPayment {
  readonly number: string;
  readonly accountType: string;
  readonly currency: string;
  summary: Summary | undefined;
  /** Of every line but fees and revenues. */
  net = 0n;
  gross = 0n;
  /** By the currency they were submitted in. */
  readonly submitted = new Map<string, bigint>();
  readonly transactions = new Map<string, bigint>();
  /** Fees and revenues since the last decision where they belong. */
  pending: { readonly row: CsvRow; readonly amount: bigint | undefined }[] = [];
  #fees = 0n;

  constructor(number: string, accountType: string, currency: string) {
    this.number = number;
    this.accountType = accountType;
    this.currency = currency;
  }

  /** The reference on the bank's line; discount and chargeback accounts are paid apart from the primary one (002). */
  get reference(): string {
    const isPrimary = this.accountType === "" || this.accountType === "002";
    return this.summary?.reference || (isPrimary ? this.number : `${this.number}-${this.accountType}`);
  }

  /**
   * Whether the pending fees are part of the payment. Some are debited apart from it, and no record says so but the
   * summary's net, which then foots without them.
   */
  takesFees(): boolean {
    const fees = this.pending.reduce((sum, { amount = 0n }) => sum + amount, 0n);
    const foots = this.summary !== undefined && this.net + this.#fees + this.summary.opening === this.summary.net;
    if (foots && fees !== 0n) return false;
    this.#fees += fees;
    return true;
  }

  totals(): readonly ControlTotal[] {
    const { currency, summary } = this;
    const name = (what: string) => `${what} of payment ${this.number}`;
    if (!summary) return [{ name: name("summary"), expected: 1n, actual: 0n }];
    const currencies = new Set([...this.submitted.keys(), ...this.transactions.keys()]);
    return [
      { name: name("net"), currency, expected: summary.net, actual: this.net + this.#fees + summary.opening },
      { name: name("gross"), currency, expected: summary.gross, actual: this.gross },
      ...[...currencies].map((code) => ({
        name: name("transactions"),
        currency: code,
        expected: this.submitted.get(code) ?? 0n,
        actual: this.transactions.get(code) ?? 0n,
      })),
    ];
  }
}

/** Adds to a sum per currency. */
export function addTo(sums: Map<string, bigint>, currency: string, amount: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + amount);
}
