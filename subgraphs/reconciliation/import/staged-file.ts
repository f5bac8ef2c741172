import type { FileTotals } from "../../../adapters/adapter.ts";
import type { CopyRows } from "../../shared/store/copy-writer.ts";
import type { LineSum } from "../../shared/store/line-sums.ts";
import type { AccountTally } from "./account-tally.ts";
import type { BankRow } from "./bank-entries.ts";
import type { FileFacts } from "./file-facts.ts";
import type { Routes } from "./placement.ts";
import type { SenderBinding } from "./sender-binding.ts";
import type { SourceRecord } from "./source-records.ts";

/** What has to be known to stage a file, as data that goes to another thread. */
export type StagingOrder = Pick<SenderBinding, "onlyAccounts"> & {
  readonly routes: Routes;
  /** Lines that are facts since an earlier reading. */
  readonly takenEarlier: ReadonlySet<number>;
};

/** Some rows of a file, on their way to the database. */
export type StagedChunk = {
  readonly kind: "chunk";
  /** Rows that only book money, and rows that report, for the staging tables of those names. */
  readonly lines: CopyRows;
  readonly reports: CopyRows;
  /** What the lines come to. */
  readonly sums: readonly LineSum[];
  readonly entries: readonly BankRow[];
  readonly records: readonly SourceRecord[];
};

/** What a file came to, said after its last chunk. */
export type FileSummary = {
  readonly kind: "summary";
  /** `accepted` are those of an earlier reading of this file; the staged ones are still to be merged. */
  readonly counts: RowCounts;
  readonly facts: FileFacts;
  /** True if something in it happened later than now, by a clock of the sender's that is ahead. */
  readonly isAhead: boolean;
  /** Merchants whose rows were staged. */
  readonly merchants: readonly string[];
  /** Names of the batches and payouts that its rows name, by id. */
  readonly groupNames: ReadonlyMap<string, string>;
  readonly accounts: readonly AccountTally[];
};

export type StagedPart = StagedChunk | FileSummary;

/** Rows of a file by what became of them; read = accepted + duplicate + quarantined + skipped. */
export type RowCounts = {
  readonly read: bigint;
  readonly accepted: bigint;
  readonly duplicate: bigint;
  readonly quarantined: bigint;
  readonly skipped: bigint;
  readonly totals: FileTotals;
};

/** The memory that a chunk's rows stand in. */
export function memoryOf({ lines, reports }: StagedChunk): ArrayBuffer[] {
  return [lines, reports].flatMap(({ rows, bytes }) => (rows > 0 ? [bytes.buffer] : []));
}
