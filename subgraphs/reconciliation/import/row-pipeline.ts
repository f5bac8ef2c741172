import type { Transaction } from "../../shared/database/scope.ts";
import { createLineAdder } from "../../shared/store/add-lines.ts";
import { CopyWriter } from "../../shared/store/copy-writer.ts";
import type { FileSource } from "../../shared/store/known-lines.ts";
import { copyRows } from "../../shared/store/staging.ts";
import type { StagingWriters } from "./stage-event.ts";

export type RowPipeline = {
  /** Where to write the rows of the chunk at hand; another pair after each `send`. */
  readonly writers: () => StagingWriters;
  /** Where to write what is not to be sent. */
  readonly discard: () => StagingWriters;
  readonly isFull: () => boolean;
  /**
   * Sends the chunk at hand, and what `others` sends with it, once the one before is done with. The database works on it
   * while the next is read and written.
   */
  readonly send: (others: () => Promise<void>) => Promise<void>;
  /** Resolves once everything sent is done with; throws what went wrong with it. */
  readonly settled: () => Promise<void>;
};

/**
 * Rows on their way to the database in chunks, so that memory does not grow with the file. Lines are waited for while they
 * cross, since a process that reads rows meanwhile fills the socket only between two readings, and that takes three times
 * as long; they are added to the ledger while the next chunk is read. Reports are only laid by, so they may take that long.
 */
export function openRowPipeline(transaction: Transaction, file: FileSource): RowPipeline {
  const addLines = createLineAdder(transaction, file);
  const lines = new CopyWriter();
  let filling = new CopyWriter();
  let sending = new CopyWriter();
  let scratch: StagingWriters | undefined;
  let underway: Promise<void> = Promise.resolve();
  const deliver = async (staged: number, reports: CopyWriter, others: () => Promise<void>) => {
    await addLines(staged);
    await copyRows(transaction, "staged", reports);
    await others();
    reports.clear();
  };
  return {
    writers: () => ({ lines, reports: filling }),
    discard: () => {
      scratch ??= { lines: new CopyWriter(), reports: new CopyWriter() };
      scratch.lines.clear();
      scratch.reports.clear();
      return scratch;
    },
    isFull: () => lines.rows + filling.rows >= CHUNK_ROWS,
    send: async (others) => {
      await underway;
      await copyRows(transaction, "staged_line", lines);
      [filling, sending] = [sending, filling];
      underway = deliver(lines.rows, sending, others);
      lines.clear();
      // Whoever awaits it next hears of a failure; until then it is not unhandled.
      underway.catch(() => undefined);
    },
    settled: () => underway,
  };
}

const CHUNK_ROWS = 10_000;
