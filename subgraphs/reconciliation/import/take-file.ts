import { type ControlTotal, describeTotal, holds, type SettlementAdapter } from "../../../adapters/adapter.ts";
import { crashPoint } from "../../shared/crash-point.ts";
import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { type MergeResult, mergeStaged } from "../../shared/store/merge-staged.ts";
import { createStaging } from "../../shared/store/staging.ts";
import { createBankStaging, mergeBankEntries } from "./bank-entries.ts";
import { forgetEarlierReading, linesTakenEarlier } from "./earlier-rows.ts";
import { type FileLease, holdFileLease } from "./lease.ts";
import { createPlacement, type Routes } from "./placement.ts";
import { rawLines } from "./raw-lines.ts";
import { readRows } from "./read-rows.ts";
import { recordAccounts } from "./record-accounts.ts";
import { keepSourceRecords, type SourceRecord } from "./source-records.ts";
import type { FileSummary, RowCounts, StagedPart, StagingOrder } from "./staged-file.ts";

export type FileToTake = {
  readonly lease: FileLease;
  readonly merchantId: string;
  readonly adapter: SettlementAdapter;
  readonly routes: Routes;
  readonly families: FamilyModules;
  /** Reads the file's rows, from the first. */
  readonly stage: (order: StagingOrder) => AsyncIterable<StagedPart>;
  /** The file's bytes, from the start, once its rows were read to the end. */
  readonly open: () => AsyncIterable<Buffer>;
};

/** What became of a file's rows: `counts` are complete. */
export type TakenFile = FileSummary;

/**
 * Reads a file, checks its control totals and merges its rows, all of it in the given transaction: what a preview rolls
 * back is what an import commits. Throws FILE_REJECTED, and LEASE_LOST where another worker has the file by now.
 */
export async function takeFile(transaction: Transaction, file: FileToTake): Promise<TakenFile> {
  const { lease, merchantId, adapter, families, routes } = file;
  await createStaging(transaction);
  await createBankStaging(transaction);
  const takenEarlier =
    lease.statusBefore === null ? new Set<number>() : await linesTakenEarlier(transaction, lease.fileId);
  if (lease.statusBefore !== null) await forgetEarlierReading(transaction, merchantId, lease.fileId);
  const reading = await readRows(transaction, {
    staged: file.stage({ routes, takenEarlier, onlyAccounts: lease.onlyAccounts }),
    families,
    merchants: routes.merchants,
    merchantId,
    fileId: lease.fileId,
  });
  crashPoint("after_lines_before_control_total");
  assertFoots(reading.facts.controlTotals);
  await lockMerchants(transaction, reading.merchants);
  await holdFileLease(transaction, lease);
  const stored = { kind: "FILE" as const, merchantId, id: lease.fileId };
  const merged = [await mergeStaged(transaction, stored, families), await mergeBankEntries(transaction, stored)];
  const collisions = merged.flatMap((result) => result.collisions);
  const lines = new Set(collisions.map(({ lineNumber }) => lineNumber));
  const raw = await rawLines(adapter.read(file.open()), lines);
  await keepSourceRecords(transaction, merchantId, lease.fileId, collided(collisions, raw));
  const placement = createPlacement(routes);
  await recordAccounts(transaction, { merchantId, fileId: lease.fileId, adapter, placement }, reading.accounts);
  return { ...reading, counts: counted(reading.counts, merged) };
}

function counted(counts: RowCounts, merged: readonly MergeResult[]): RowCounts {
  const sum = (of: (result: MergeResult) => bigint) => merged.reduce((total, result) => total + of(result), 0n);
  return {
    ...counts,
    accepted: counts.accepted + sum(({ accepted }) => accepted),
    duplicate: sum(({ duplicate }) => duplicate),
    quarantined: counts.quarantined + sum(({ collisions }) => BigInt(collisions.length)),
  };
}

function assertFoots(totals: readonly ControlTotal[]): void {
  const broken = totals.filter((total) => !holds(total));
  if (broken.length === 0) return;
  throw new AppError(
    "FILE_REJECTED",
    `the file does not foot, so rows are missing or altered; ask the provider for it again. ${broken.map(describeTotal).join("; ")}`,
  );
}

function collided(collisions: MergeResult["collisions"], raw: ReadonlyMap<bigint, string>): SourceRecord[] {
  return collisions.map(({ lineNumber, contentHash }) => ({
    lineNumber,
    disposition: "QUARANTINED",
    code: "IDENTITY_COLLISION",
    problem: "the provider's id is one we have with other content; compare the two and ask the provider which holds",
    raw: raw.get(lineNumber) ?? "",
    contentHash,
  }));
}
