import { type FileTotals, isRow, type Reading, type Row } from "../../../adapters/adapter.ts";
import type { BankEntry } from "../../shared/bank-entry.ts";
import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { ProviderEvent } from "../../shared/event.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { Money } from "../../shared/money.ts";
import { nameGroups } from "../../shared/store/merge-groups.ts";
import { mergeReports } from "../../shared/store/merge-staged.ts";
import { BANK, type BankRow, createBankStager, stageBankEntries } from "./bank-entries.ts";
import { createDateCheck, type DateCheck } from "./date-check.ts";
import { createFileFacts, type FileFacts } from "./file-facts.ts";
import { addMoney, addTotals } from "./file-totals.ts";
import type { Placeable, Placement } from "./placement.ts";
import { openRowPipeline, type RowPipeline } from "./row-pipeline.ts";
import { keepSourceRecords, type SourceRecord } from "./source-records.ts";
import { createStager, type Stager } from "./stage-event.ts";

/** Rows of a file by what became of them; read = accepted + duplicate + quarantined + skipped. */
export type RowCounts = {
  readonly read: bigint;
  readonly accepted: bigint;
  readonly duplicate: bigint;
  readonly quarantined: bigint;
  readonly skipped: bigint;
  readonly totals: FileTotals;
};

export type RowReading = {
  /** `accepted` are those of an earlier reading of this file; the staged ones are still to be merged. */
  readonly counts: RowCounts;
  readonly facts: FileFacts;
  /** True if something in it happened later than now, by a clock of the sender's that is ahead. */
  readonly isAhead: boolean;
  /** Merchants whose rows are in the staging tables. */
  readonly merchants: readonly string[];
};

type RowSource = {
  readonly rows: AsyncIterable<readonly Reading[]>;
  readonly placement: Placement;
  readonly families: FamilyModules;
  readonly transaction: Transaction;
  readonly merchantId: string;
  readonly fileId: string;
  /** Lines that are facts since an earlier reading. */
  readonly takenEarlier: ReadonlySet<number>;
  readonly onProgress: (rowsRead: bigint) => Promise<void>;
};

/**
 * Streams a file's rows into the staging table, in chunks, so that memory does not grow with the file. Rows that cannot
 * be taken are kept with their reason as they come.
 */
export async function readRows(source: RowSource): Promise<RowReading> {
  const pipeline = openRowPipeline(
    source.transaction,
    { merchantId: source.merchantId, id: source.fileId },
    createReportMerger(source),
  );
  try {
    return await readInto(pipeline, source);
  } finally {
    // The connection is its caller's again, to commit or roll back, only once nothing is under way on it.
    await pipeline.settled().catch(() => undefined);
  }
}

/**
 * Where all rows are one merchant's, its reports are merged while the file is read: its lock is taken for that long, which
 * is not longer than merging them afterwards would take. The locks of several merchants are taken in order, which must
 * be known first: undefined then.
 */
function createReportMerger({ transaction, placement, families, merchantId, fileId }: RowSource) {
  if (placement.merchants.length > 1) return undefined;
  let isLocked = false;
  return async () => {
    if (!isLocked) await lockMerchants(transaction, placement.merchants);
    isLocked = true;
    await mergeReports(transaction, { kind: "FILE", merchantId, id: fileId }, families);
  };
}

async function readInto(pipeline: RowPipeline, source: RowSource): Promise<RowReading> {
  const { takenEarlier } = source;
  const dates = createDateCheck();
  const stager = createStager(source.families);
  const take = createTaker(source, { dates, stager, pipeline });
  const merchants = new Set<string>();
  const facts = createFileFacts();
  const totals: FileTotals = {};
  const tally = { read: 0n, accepted: 0n, quarantined: 0n, skipped: 0n };
  const chunk = openChunk(source, pipeline);
  let reportedAt = Date.now();
  for await (const readings of trusted(source.rows)) {
    for (const reading of readings) {
      if (!isRow(reading)) {
        facts.add(reading);
        continue;
      }
      tally.read++;
      if (tally.read % ROWS_A_TURN === 0n) await pipeline.giveWay();
      const taken = take(reading);
      if (takenEarlier.has(reading.line)) {
        tally.accepted++;
        if ("event" in taken) addTotals(totals, taken.event);
        else if ("bank" in taken) addMoney(totals, { gross: taken.amount, net: taken.amount });
        continue;
      }
      if ("event" in taken) {
        merchants.add(taken.merchantId);
        addTotals(totals, taken.event);
        continue;
      }
      if ("bank" in taken) {
        merchants.add(taken.merchantId);
        addMoney(totals, { gross: taken.amount, net: taken.amount });
      } else tally[taken.disposition === "SKIPPED" ? "skipped" : "quarantined"]++;
      chunk.add(taken);
    }
    await chunk.flushIfFull();
    if (Date.now() - reportedAt >= PROGRESS_MS) {
      reportedAt = Date.now();
      await source.onProgress(tally.read);
    }
  }
  await chunk.flush();
  await pipeline.settled();
  await nameGroups(source.transaction, stager.groupNames);
  if (tally.read === 0n) throw new AppError("FILE_REJECTED", "the file holds no row; ask the provider for it again");
  return {
    counts: { ...tally, duplicate: 0n, totals },
    facts: facts.all(),
    isAhead: dates.isAhead(),
    merchants: [...merchants],
  };
}

type Taken = { readonly merchantId: string; readonly event: ProviderEvent };
type TakenEntry = { readonly bank: BankRow; readonly merchantId: string; readonly amount: Money };

/** Decides what becomes of each row: a line for a staging table, or a record of why not. */
function createTaker(
  { placement, takenEarlier }: RowSource,
  { dates, stager, pipeline }: { dates: DateCheck; stager: Stager; pipeline: RowPipeline },
): (row: Row) => Taken | TakenEntry | SourceRecord {
  const stageEntry = createBankStager();
  return (row) => {
    if (row.kind === "skipped")
      return { ...notTaken(row), disposition: "SKIPPED", code: "SKIPPED", problem: row.reason };
    if (row.kind === "rejected") {
      return { ...notTaken(row), disposition: "QUARANTINED", code: "UNREADABLE", problem: row.problem };
    }
    const placed = row.kind === "bank" ? placeable(row.entry) : row.event;
    const future = dates.problemOf(placed.occurredAt.at);
    if (future) return { ...notTaken(row), disposition: "QUARANTINED", ...future };
    const place = placement.place(placed);
    if ("code" in place) return { ...notTaken(row), disposition: "QUARANTINED", ...place };
    const { merchantId } = place;
    try {
      if (row.kind === "bank") {
        return { bank: stageEntry(row.entry, row.line, merchantId), merchantId, amount: row.entry.amount };
      }
      // What is a fact already is staged in vain, so that equal rows are counted as they were the first time.
      const writers = takenEarlier.has(row.line) ? pipeline.discard() : pipeline.writers();
      stager.stage(row.event, row.line, place, writers);
      return { merchantId, event: row.event };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...notTaken(row), disposition: "QUARANTINED", code: "UNREADABLE", problem: error.message };
    }
  };
}

function notTaken({ line, raw }: Row) {
  return { lineNumber: BigInt(line), raw, contentHash: null };
}

/** An account at a bank is nobody else's for a time, as a terminal is: when it was booked does not matter. */
function placeable({ account, bookingDate }: BankEntry): Placeable {
  return { provider: BANK, account, occurredAt: { at: new Date(bookingDate), ambiguous: false } };
}

/** Entries of a bank and rows that were not taken go with the chunk that they were read in. */
function openChunk({ transaction, merchantId, fileId }: RowSource, pipeline: RowPipeline) {
  let entries: BankRow[] = [];
  let records: SourceRecord[] = [];
  const flush = async () => {
    const [banked, kept] = [entries, records];
    entries = [];
    records = [];
    await pipeline.send(async () => {
      await stageBankEntries(transaction, banked);
      await keepSourceRecords(transaction, merchantId, fileId, kept);
    });
  };
  return {
    add: (taken: TakenEntry | SourceRecord) => {
      if ("bank" in taken) entries.push(taken.bank);
      else records.push(taken);
    },
    flushIfFull: async () => {
      if (pipeline.isFull() || entries.length + records.length >= MOST_OTHERS) await flush();
    },
    flush,
  };
}

/**
 * An adapter that breaks on a file will break on it again: the file is rejected with the adapter's fault, and other
 * files go on.
 */
async function* trusted(rows: AsyncIterable<readonly Reading[]>): AsyncGenerator<readonly Reading[]> {
  try {
    yield* rows;
  } catch (error) {
    // A disk that does not answer is not the adapter's fault and may be well the next time.
    if (error instanceof AppError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    const message =
      "the adapter failed on this file; report it with the file, and send the file again once it is mended";
    throw new AppError("FILE_REJECTED", message, { cause: error });
  }
}

/** The raw text of a few lines, read again from the stored file: keeping all of them at hand would cost the whole file. */
export async function rawLines(
  rows: AsyncIterable<readonly Reading[]>,
  wanted: ReadonlySet<bigint>,
): Promise<ReadonlyMap<bigint, string>> {
  const found = new Map<bigint, string>();
  if (wanted.size === 0) return found;
  for await (const readings of rows) {
    for (const reading of readings) {
      if (isRow(reading) && wanted.has(BigInt(reading.line))) found.set(BigInt(reading.line), reading.raw);
    }
  }
  return found;
}

const MOST_OTHERS = 4_000;
const PROGRESS_MS = 1_000;
const ROWS_A_TURN = 64n;
