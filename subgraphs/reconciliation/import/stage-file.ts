import { type FileTotals, isRow, type Reading, type Row, type SettlementAdapter } from "../../../adapters/adapter.ts";
import type { BankEntry } from "../../shared/bank-entry.ts";
import { AppError } from "../../shared/errors.ts";
import type { ProviderEvent } from "../../shared/event.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { Money } from "../../shared/money.ts";
import { readBounded } from "../read-ahead/bounded-reading.ts";
import { createAccountTally } from "./account-tally.ts";
import { BANK, type BankRow, createBankStager } from "./bank-entries.ts";
import { type ChunkWriter, createChunkWriter } from "./chunk-writer.ts";
import { createDateCheck, type DateCheck } from "./date-check.ts";
import { createFileFacts } from "./file-facts.ts";
import { addMoney, addTotals } from "./file-totals.ts";
import { createPlacement, type Placeable, type Placement } from "./placement.ts";
import { ofOwnAccounts } from "./sender-binding.ts";
import type { SourceRecord } from "./source-records.ts";
import { createStager, type Stager } from "./stage-event.ts";
import type { StagedPart, StagingOrder } from "./staged-file.ts";
import { withoutTrackData } from "./track-data.ts";

export type FileToStage = {
  readonly adapter: SettlementAdapter;
  readonly bytes: AsyncIterable<Buffer>;
  readonly families: FamilyModules;
  readonly order: StagingOrder;
  /** Memory of chunks that the database is done with, to be written again. */
  readonly spare: ArrayBuffer[];
  /** Called with the rows read so far each time that the adapter gave some. */
  readonly onProgress?: (rowsRead: bigint) => Promise<void>;
};

/**
 * Reads a file and makes of its rows what the database takes, in chunks, so that memory does not grow with the file. Needs
 * no database: it may run in a thread of its own. Throws FILE_REJECTED for a file that cannot be read to its end, and
 * FORBIDDEN for one with rows that its sender may not send: what was given of it before must be forgotten then.
 */
export async function* stageFile(file: FileToStage): AsyncGenerator<StagedPart> {
  const { takenEarlier, routes, onlyAccounts } = file.order;
  const dates = createDateCheck();
  const stager = createStager(file.families);
  const chunk = createChunkWriter(file.spare);
  const accounts = createAccountTally(file.adapter.provider);
  const take = createTaker({ placement: createPlacement(routes), takenEarlier, dates, stager, chunk });
  const merchants = new Set<string>();
  const facts = createFileFacts();
  const totals: FileTotals = {};
  const tally = { read: 0n, accepted: 0n, quarantined: 0n, skipped: 0n };
  const read = ofOwnAccounts(withoutTrackData(readBounded(file.adapter, file.bytes)), { onlyAccounts });
  for await (const readings of trusted(accounts.watch(read))) {
    for (const reading of readings) {
      if (!isRow(reading)) {
        facts.add(reading);
        continue;
      }
      tally.read++;
      const taken = take(reading);
      if ("event" in taken) addTotals(totals, taken.event);
      if ("bank" in taken) addMoney(totals, { gross: taken.amount, net: taken.amount });
      if (takenEarlier.has(reading.line)) {
        tally.accepted++;
        continue;
      }
      if ("merchantId" in taken) merchants.add(taken.merchantId);
      else tally[taken.disposition === "SKIPPED" ? "skipped" : "quarantined"]++;
      if ("bank" in taken) chunk.addEntry(taken.bank);
      if ("disposition" in taken) chunk.addRecord(taken);
    }
    if (chunk.isFull()) yield chunk.take();
    await file.onProgress?.(tally.read);
  }
  yield chunk.take();
  if (tally.read === 0n) throw new AppError("FILE_REJECTED", "the file holds no row; ask the provider for it again");
  yield {
    kind: "summary",
    counts: { ...tally, duplicate: 0n, totals },
    facts: facts.all(),
    isAhead: dates.isAhead(),
    merchants: [...merchants],
    groupNames: stager.groupNames,
    accounts: accounts.all(),
  };
}

type TakenEvent = { readonly merchantId: string; readonly event: ProviderEvent };
type TakenEntry = { readonly bank: BankRow; readonly merchantId: string; readonly amount: Money };

type Taking = Pick<StagingOrder, "takenEarlier"> & {
  readonly placement: Placement;
  readonly dates: DateCheck;
  readonly stager: Stager;
  readonly chunk: ChunkWriter;
};

/** Decides what becomes of each row: a line for a staging table, or a record of why not. */
function createTaker(taking: Taking): (row: Row) => TakenEvent | TakenEntry | SourceRecord {
  const { placement, takenEarlier, dates, stager, chunk } = taking;
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
      const writers = takenEarlier.has(row.line) ? chunk.discard() : chunk.writers;
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
