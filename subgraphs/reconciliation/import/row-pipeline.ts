import type { Transaction } from "../../shared/database/scope.ts";
import { createLineAdder } from "../../shared/store/add-lines.ts";
import { CopyWriter } from "../../shared/store/copy-writer.ts";
import { copyRows } from "../../shared/store/staging.ts";
import type { StagingWriters } from "./stage-event.ts";

export type RowPipeline = {
  /** Where to write the rows of the chunk at hand; another pair after each `send`. */
  readonly writers: () => StagingWriters;
  /** Where to write what is not to be sent. */
  readonly discard: () => StagingWriters;
  readonly isFull: () => boolean;
  /**
   * Sends the chunk at hand, and what `others` sends with it, once the one before has arrived. The database works on it
   * while the next is read and written.
   */
  readonly send: (others: () => Promise<void>) => Promise<void>;
  /** Resolves once everything sent has arrived; throws what went wrong with it. */
  readonly settled: () => Promise<void>;
};

/** Rows on their way to the database in chunks, so that memory does not grow with the file. */
export function openRowPipeline(transaction: Transaction, fileId: string): RowPipeline {
  const addLines = createLineAdder(transaction, fileId);
  let filling = newWriters();
  let sending = newWriters();
  let scratch: StagingWriters | undefined;
  let underway: Promise<void> = Promise.resolve();
  const deliver = async ({ lines, reports }: StagingWriters, others: () => Promise<void>) => {
    await copyRows(transaction, "staged_line", lines);
    await addLines(lines.rows);
    await copyRows(transaction, "staged", reports);
    await others();
    lines.clear();
    reports.clear();
  };
  return {
    writers: () => filling,
    discard: () => {
      scratch ??= newWriters();
      scratch.lines.clear();
      scratch.reports.clear();
      return scratch;
    },
    isFull: () => filling.lines.rows + filling.reports.rows >= CHUNK_ROWS,
    send: async (others) => {
      await underway;
      [filling, sending] = [sending, filling];
      underway = deliver(sending, others);
      // Whoever awaits it next hears of a failure; until then it is not unhandled.
      underway.catch(() => undefined);
    },
    settled: () => underway,
  };
}

function newWriters(): StagingWriters {
  return { lines: new CopyWriter(), reports: new CopyWriter() };
}

const CHUNK_ROWS = 5_000;
