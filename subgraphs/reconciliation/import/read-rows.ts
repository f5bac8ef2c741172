import { crashPoint } from "../../shared/crash-point.ts";
import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { createLineAdder } from "../../shared/store/add-lines.ts";
import { nameGroups } from "../../shared/store/merge-groups.ts";
import { createReportMerger } from "../../shared/store/merge-reports.ts";
import { copyRows } from "../../shared/store/staging.ts";
import { stageBankEntries } from "./bank-entries.ts";
import { keepSourceRecords } from "./source-records.ts";
import type { FileSummary, StagedChunk, StagedPart } from "./staged-file.ts";

type RowSource = {
  /** A chunk's memory may be used again as soon as the next part is asked for. */
  readonly staged: AsyncIterable<StagedPart>;
  readonly families: FamilyModules;
  /** Every merchant a row may belong to. */
  readonly merchants: readonly string[];
  readonly merchantId: string;
  readonly fileId: string;
};

/**
 * Takes a file's rows into the database, chunk by chunk, as they are read. Rows that cannot be taken are kept with their
 * reason as they come.
 */
export async function readRows(transaction: Transaction, source: RowSource): Promise<FileSummary> {
  const takeChunk = createChunkTaker(transaction, source);
  for await (const part of source.staged) {
    if (part.kind === "chunk") await takeChunk(part);
    else {
      await nameGroups(transaction, part.groupNames);
      return part;
    }
  }
  throw new Error("a file ended without its summary");
}

function createChunkTaker(transaction: Transaction, source: RowSource): (chunk: StagedChunk) => Promise<void> {
  const { merchantId, fileId } = source;
  const addLines = createLineAdder(transaction, { merchantId, id: fileId });
  const mergeAtOnce = createLockedMerger(transaction, source);
  return async ({ lines, sums, reports, entries, records }) => {
    await copyRows(transaction, "staged_line", lines);
    await addLines(lines.rows, sums);
    crashPoint("mid_chunk");
    await copyRows(transaction, "staged", reports);
    if (reports.rows > 0) await mergeAtOnce?.();
    await stageBankEntries(transaction, entries);
    await keepSourceRecords(transaction, merchantId, fileId, records);
  };
}

/**
 * Where all rows are one merchant's, its reports are merged while the file is read: its lock is taken for that long, which
 * is not longer than merging them afterwards would take. The locks of several merchants are taken in order, which must
 * be known first: undefined then, and they stay staged.
 */
function createLockedMerger(transaction: Transaction, { merchants, families, merchantId, fileId }: RowSource) {
  if (merchants.length > 1) return undefined;
  const mergeReports = createReportMerger(transaction, { kind: "FILE", merchantId, id: fileId }, families);
  let isLocked = false;
  return async () => {
    if (!isLocked) await lockMerchants(transaction, merchants);
    isLocked = true;
    await mergeReports();
  };
}
