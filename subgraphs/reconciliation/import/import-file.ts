import type { DataSource } from "typeorm";
import { type ControlTotal, holds, type SettlementAdapter } from "../../../adapters/adapter.ts";
import { begin, inScope, JOB_LIMITS, lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { AppError, ERRORS } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import { stableId } from "../../shared/ids.ts";
import type { Log } from "../../shared/log.ts";
import { type MergeResult, mergeStaged } from "../../shared/store/merge-staged.ts";
import { createStaging } from "../../shared/store/staging.ts";
import { createBankStaging, mergeBankEntries } from "./bank-entries.ts";
import {
  type FileLease,
  holdFileLease,
  LEASE_SECONDS,
  releaseFileLease,
  renewFileLease,
  takeFileLease,
} from "./lease.ts";
import { loadPlacement } from "./placement.ts";
import { type RowCounts, rawLines, readRows } from "./read-rows.ts";
import { keepSourceRecords, type SourceRecord } from "./source-records.ts";

export type ImportServices = {
  readonly database: DataSource;
  readonly storage: FileStorage;
  readonly adapterFor: (head: string) => SettlementAdapter;
  readonly families: FamilyModules;
  readonly log: Log;
  /** How long a silent worker keeps its file or run; LEASE_SECONDS unless told. */
  readonly leaseSeconds?: number;
};

/**
 * Imports a stored file: reads it once, checks its control totals, merges it. All of it is one transaction, so a file
 * that does not foot, or a worker that dies, leaves no row. Running it again on a finished file does nothing.
 */
export async function importFile(services: ImportServices, merchantId: string, fileId: string): Promise<void> {
  const lease = await takeFileLease(services.database, merchantId, fileId, services.leaseSeconds ?? LEASE_SECONDS);
  if (!lease) return;
  const log = services.log.child({ fileId, merchantId });
  try {
    const adapter = services.adapterFor(await headOf(services.storage, lease.sha256));
    const counts = await applyFile(services, lease, adapter);
    log.info({ adapter: adapter.name, ...loggable(counts) }, "file imported");
  } catch (error) {
    if (!(error instanceof AppError) || ERRORS[error.code].retry || error.code === "LEASE_LOST") {
      await releaseFileLease(services.database, lease).catch(() => undefined);
      throw error;
    }
    await rejectFile(services.database, lease, error);
    log.warn({ code: error.code, problem: error.message }, "file rejected");
  }
}

const HEAD_BYTES = 4096;

/** The first 4 KiB as adapters judge them: one character a byte, so that no encoding can fail here. */
async function headOf(storage: FileStorage, sha256: string): Promise<string> {
  return (await storage.head(sha256, HEAD_BYTES)).toString("latin1");
}

async function applyFile(services: ImportServices, lease: FileLease, adapter: SettlementAdapter): Promise<RowCounts> {
  const { database, storage, families } = services;
  const merchantId = merchantOf(lease);
  const placement = await inScope(database, lease.scope, (transaction) => loadPlacement(transaction, merchantId));
  const transaction = await begin(database, { ...lease.scope, merchants: placement.merchants }, JOB_LIMITS);
  try {
    await createStaging(transaction);
    await createBankStaging(transaction);
    const reading = await readRows({
      rows: adapter.read(storage.read(lease.sha256)),
      placement,
      families,
      transaction,
      merchantId,
      fileId: lease.fileId,
      onProgress: (rows) => renewFileLease(database, lease, rows),
    });
    assertFoots(reading.controlTotals);
    await lockMerchants(transaction, reading.merchants);
    await holdFileLease(transaction, lease);
    const file = { merchantId, id: lease.fileId };
    const merged = [await mergeStaged(transaction, file, families), await mergeBankEntries(transaction, file)];
    const collisions = merged.flatMap((result) => result.collisions);
    const lines = new Set(collisions.map(({ lineNumber }) => lineNumber));
    const raw = await rawLines(adapter.read(storage.read(lease.sha256)), lines);
    await keepSourceRecords(transaction, merchantId, lease.fileId, collided(collisions, raw));
    const quarantined = reading.counts.quarantined + BigInt(collisions.length);
    const accepted = merged.reduce((sum, result) => sum + result.accepted, 0n);
    const duplicate = merged.reduce((sum, result) => sum + result.duplicate, 0n);
    const counts = { ...reading.counts, accepted, duplicate, quarantined };
    await finishFile(transaction, lease, adapter, counts, reading.controlTotals);
    await requestReconciliation(transaction, reading.reconciled, lease.fileId);
    await transaction.commit();
    return counts;
  } catch (error) {
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}

function assertFoots(totals: readonly ControlTotal[]): void {
  const broken = totals.filter((total) => !holds(total));
  if (broken.length === 0) return;
  const sentences = broken.map(
    ({ name, currency, expected, actual }) =>
      `${name}: expected ${expected}, found ${actual}${currency ? ` (${currency}, minor units)` : ""}`,
  );
  throw new AppError(
    "FILE_REJECTED",
    `the file does not foot, so rows are missing or altered; ask the provider for it again. ${sentences.join("; ")}`,
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

async function finishFile(
  transaction: Transaction,
  lease: FileLease,
  adapter: SettlementAdapter,
  counts: RowCounts,
  totals: readonly ControlTotal[],
): Promise<void> {
  await transaction.query(FINISH, [
    merchantOf(lease),
    lease.fileId,
    counts.quarantined > 0n ? "PARTIALLY_APPLIED" : "APPLIED",
    adapter.name,
    adapter.provider,
    counts.read,
    counts.accepted,
    counts.duplicate,
    counts.quarantined,
    counts.skipped,
    JSON.stringify(totals.map((total) => ({ ...total, expected: `${total.expected}`, actual: `${total.actual}` }))),
    JSON.stringify(counts.totals, (_, value) => (typeof value === "bigint" ? value.toString() : value)),
  ]);
}

/** The reconciliation of what came in is asked for in the same transaction, so that it can neither be lost nor forgotten. */
async function requestReconciliation(transaction: Transaction, merchants: readonly string[], fileId: string) {
  for (const merchantId of merchants) {
    const runId = stableId("run", merchantId, `file ${fileId}`);
    await transaction.query(REQUEST_RUN, [merchantId, runId, `file ${fileId}`]);
    await transaction.query(REQUEST_JOB, [merchantId, stableId("out", "RECONCILE", runId), runId]);
  }
}

async function rejectFile(database: DataSource, lease: FileLease, error: AppError): Promise<void> {
  await inScope(database, lease.scope, async (transaction) => {
    await holdFileLease(transaction, lease);
    await transaction.query(REJECT, [merchantOf(lease), lease.fileId, error.message]);
  });
}

function merchantOf({ scope }: FileLease): string {
  return scope.merchants[0] ?? "";
}

function loggable({ read, accepted, duplicate, quarantined, skipped }: RowCounts) {
  return {
    read: `${read}`,
    accepted: `${accepted}`,
    duplicate: `${duplicate}`,
    quarantined: `${quarantined}`,
    skipped: `${skipped}`,
  };
}

const FINISH = `
  update reconciliation.source_file
  set status = $3, adapter = $4, provider = $5, rows_read = $6, rows_accepted = $7, rows_duplicate = $8,
    rows_quarantined = $9, rows_skipped = $10, control_totals = $11, totals = $12, finished_at = clock_timestamp(),
    leased_until = null
  where merchant_id = $1 and id = $2`;

const REJECT = `
  update reconciliation.source_file
  set status = 'REJECTED', problem = $3, finished_at = clock_timestamp(), leased_until = null
  where merchant_id = $1 and id = $2`;

const REQUEST_RUN = `
  insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
  values ($1, $2, $3, 'COMMIT', 'FILE', 'system:worker')
  on conflict do nothing`;

const REQUEST_JOB = `
  insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RECONCILE', $3)
  on conflict do nothing`;
