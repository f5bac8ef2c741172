import type { BankEntry } from "../subgraphs/shared/bank-entry.ts";
import type { ProviderEvent } from "../subgraphs/shared/event.ts";
import { formatDecimal, type Money } from "../subgraphs/shared/money.ts";

/** What one row of a provider's or a bank's file turned out to be. Nothing is dropped silently. */
export type Row =
  | { readonly kind: "event"; readonly line: number; readonly raw: string; readonly event: ProviderEvent }
  | { readonly kind: "bank"; readonly line: number; readonly raw: string; readonly entry: BankEntry }
  | { readonly kind: "skipped"; readonly line: number; readonly raw: string; readonly reason: string }
  | { readonly kind: "rejected"; readonly line: number; readonly raw: string; readonly problem: string };

/**
 * One of the file's own checks: a declared count or total, or a sum that must be zero. `expected` and `actual` are in
 * minor units of `currency`, or plain counts where there is no currency.
 */
export type ControlTotal = {
  readonly name: string;
  readonly currency?: string;
  readonly expected: bigint;
  readonly actual: bigint;
};

/**
 * Something in a file that its format did not have when the adapter was written: a column, a kind of record, a word of
 * a closed list. It is counted and shown; the row it stands in is taken only where its money is not in doubt.
 */
export type Drift = {
  readonly what: "UNKNOWN_COLUMN" | "UNKNOWN_RECORD" | "UNKNOWN_VALUE";
  /** Where it stands: the column, the record's place in the file, the field. */
  readonly name: string;
  /** The word that is not known, for UNKNOWN_RECORD and UNKNOWN_VALUE; at most 40 characters of it. */
  readonly value?: string;
  readonly line: number;
};

/**
 * The number of a statement or batch of one account, as of a day (`YYYY-MM-DD`), where the file says it apart from the
 * rows: one without rows has a number too.
 */
export type NumberedStatement = { readonly account: string; readonly date: string; readonly number: SequenceNumber };

/**
 * What an adapter yields: rows in file order, the header's columns, drift and numbers as they are met, then the control
 * totals it could check.
 */
export type Reading =
  | Row
  | { readonly kind: "layout"; readonly columns: readonly string[] }
  | { readonly kind: "drift"; readonly drift: Drift }
  | { readonly kind: "number"; readonly statement: NumberedStatement }
  | { readonly kind: "control"; readonly total: ControlTotal };

/** A number in a series that counts by one; a series that starts anew each year has the year in its name. */
export type SequenceNumber = { readonly series: string; readonly number: number };

export type SettlementAdapter = {
  /** Equals the file name, so that the code can be found from a log line. One provider may have several. */
  readonly name: string;
  readonly provider: string;
  /**
   * True where the format says neither how many rows it has nor what they sum to: a file cut between two rows cannot be
   * told from a shorter one. Left out where a cut file is always refused or does not foot.
   */
  readonly unmarkedEnd?: boolean;
  /**
   * True for this adapter's files and no other's, judged by the first 4 KiB (unpacked where the file is gzip or zip,
   * decoded as latin1, BOM kept).
   */
  readonly accepts: (head: string) => boolean;
  /**
   * Where the provider numbers its batches or statements one by one within an account, and its rows name them: what the
   * number of one is. A number that is missing once a later one of its series has come is shown as a gap.
   */
  readonly numberOf?: (batch: string) => SequenceNumber | undefined;
  /**
   * Reads a whole file as a stream. Throws `AppError("FILE_REJECTED", …)` where the file as a whole cannot be trusted
   * (header, encoding, row width, missing trailer); a single bad row is yielded as rejected.
   */
  readonly read: (file: AsyncIterable<Buffer>) => AsyncIterable<readonly Reading[]>;
};

/** True for what stands on a line of the file, false for what is said about the file. */
export function isRow(reading: Reading): reading is Row {
  return !ABOUT_FILE.has(reading.kind);
}

const ABOUT_FILE: ReadonlySet<Reading["kind"]> = new Set(["control", "drift", "layout", "number"]);

/** True when the file's own total holds. */
export function holds(total: ControlTotal): boolean {
  return total.expected === total.actual;
}

/** What a file states and what its rows come to, as people read them: "batch 7: expected 0.00 EUR, found 10.00 EUR". */
export function describeTotal({ name, currency, expected, actual }: ControlTotal): string {
  const shown = (value: bigint) =>
    currency ? `${formatDecimal({ amountMinor: value, currency })} ${currency}` : value;
  return `${name}: expected ${shown(expected)}, found ${shown(actual)}`;
}

/** A total per currency in minor units, for inspection and for the file's record. */
export type FileTotals = Record<Money["currency"], { gross: bigint; fee: bigint; net: bigint }>;
