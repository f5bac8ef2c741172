import { setImmediate as nextTurn } from "node:timers/promises";
import { crashPoint } from "../../shared/crash-point.ts";
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
  /**
   * Lets the connection to the database be served while a chunk is under way. A reader that only stops to read leaves it
   * half fed and waiting for the next statement, so that the two take turns instead of working at once.
   */
  readonly giveWay: () => Promise<void> | undefined;
  /** Resolves once everything sent is done with; throws what went wrong with it. */
  readonly settled: () => Promise<void>;
};

/**
 * Rows on their way to the database in chunks, so that memory does not grow with the file. With `mergeReports`, reports are
 * merged as they come; without it, they stay staged.
 */
export function openRowPipeline(
  transaction: Transaction,
  file: FileSource,
  mergeReports: (() => Promise<void>) | undefined,
): RowPipeline {
  const addLines = createLineAdder(transaction, file);
  let filling = newWriters();
  let sending = newWriters();
  let scratch: StagingWriters | undefined;
  let underway: Promise<void> = Promise.resolve();
  let isUnderway = false;
  const deliver = async ({ lines, reports }: StagingWriters, others: () => Promise<void>) => {
    await copyRows(transaction, "staged_line", lines);
    await addLines(lines.rows);
    crashPoint("mid_chunk");
    await copyRows(transaction, "staged", reports);
    if (reports.rows > 0) await mergeReports?.();
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
      isUnderway = true;
      underway = deliver(sending, others).finally(() => {
        isUnderway = false;
      });
      // Whoever awaits it next hears of a failure; until then it is not unhandled.
      underway.catch(() => undefined);
    },
    giveWay: () => (isUnderway ? nextTurn() : undefined),
    settled: () => underway,
  };
}

function newWriters(): StagingWriters {
  return { lines: new CopyWriter(), reports: new CopyWriter() };
}

const CHUNK_ROWS = 10_000;
