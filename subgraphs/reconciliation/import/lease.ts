import type { DataSource } from "typeorm";
import { tellProgress } from "../../shared/changes/tell-progress.ts";
import { inScope, type Scope, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { SenderBinding } from "./sender-binding.ts";

/** The worker's identity in the database's eyes, for scopes that no person set. */
export const WORKER = "system:worker";

/** The right to work on a file. Every write of the work checks that no later worker has taken it over. */
export type FileLease = SenderBinding & {
  readonly scope: Scope;
  readonly fileId: string;
  readonly epoch: number;
  readonly sha256: string;
  readonly name: string;
  /** PREVIEW: nothing of it may be kept but what it would do. */
  readonly task: "IMPORT" | "PREVIEW";
  /** What it was before it was asked to be read again; null for a first reading. */
  readonly statusBefore: string | null;
  /** How long it lasts after each renewal. */
  readonly seconds: number;
};

/** Takes the lease of a file that is not finished; undefined if it is, or while another worker holds it. */
export async function takeFileLease(
  database: DataSource,
  merchantId: string,
  fileId: string,
  seconds: number,
): Promise<FileLease | undefined> {
  const scope: Scope = { merchants: [merchantId], user: WORKER };
  const [row] = await inScope(database, scope, async (transaction) => {
    const taken = await transaction.query<TakenRow>(TAKE, [merchantId, fileId, seconds]);
    if (taken.length > 0) await tellProgress(transaction, merchantId);
    return taken;
  });
  if (!row) return undefined;
  const { lease_epoch: epoch, sha256, name, task, status_before: statusBefore, only_provider: onlyProvider } = row;
  const { only_accounts: onlyAccounts } = row;
  return { scope, fileId, epoch, sha256, name, task, onlyProvider, onlyAccounts, statusBefore, seconds };
}

type TakenRow = {
  readonly lease_epoch: number;
  readonly sha256: string;
  readonly name: string;
  readonly task: FileLease["task"];
  readonly status_before: string | null;
  readonly only_provider: string | null;
  readonly only_accounts: readonly string[] | null;
};

/** How far a reading is. */
export type Progress = { readonly rows: bigint; readonly bytes: bigint };

/** Keeps the lease alive and shows how far the reading is. */
export async function renewFileLease(database: DataSource, lease: FileLease, { rows, bytes }: Progress): Promise<void> {
  await inScope(database, lease.scope, async (transaction) => {
    const values = [lease.scope.merchants[0], lease.fileId, lease.epoch, rows, bytes, lease.seconds];
    const renewed = await transaction.change(RENEW, values);
    if (renewed === 0) throw leaseLost(lease);
    await tellProgress(transaction, lease.scope.merchants[0] ?? "");
  });
}

/** Lets another attempt begin at once instead of waiting for the lease to run out. */
export async function releaseFileLease(database: DataSource, lease: FileLease): Promise<void> {
  await inScope(database, lease.scope, (transaction) =>
    transaction.change(RELEASE, [lease.scope.merchants[0], lease.fileId, lease.epoch]),
  );
}

/** Locks the file's row for the rest of the transaction, if the lease still holds. Nothing may commit without it. */
export async function holdFileLease(transaction: Transaction, lease: FileLease): Promise<void> {
  const held = await transaction.query(HOLD, [lease.scope.merchants[0], lease.fileId, lease.epoch]);
  if (held.length === 0) throw leaseLost(lease);
}

function leaseLost({ fileId, epoch }: FileLease): AppError {
  return new AppError(
    "LEASE_LOST",
    `another worker took over file ${fileId} after lease ${epoch}; nothing was written`,
  );
}

/** Unless set. Reading renews it far more often; while a file is merged, its locked row keeps others out. */
export const LEASE_SECONDS = 30;

const TAKE = `
  update reconciliation.source_file
  set status = 'PARSING', lease_epoch = lease_epoch + 1, leased_until = clock_timestamp() + make_interval(secs => $3),
    progress_rows = 0, progress_bytes = 0
  where merchant_id = $1 and id = $2 and status in ('RECEIVED', 'PARSING')
    and (leased_until is null or leased_until < clock_timestamp())
  returning lease_epoch, sha256, name, task, status_before, only_provider, only_accounts`;

const RENEW = `
  update reconciliation.source_file
  set progress_rows = $4, progress_bytes = $5, leased_until = clock_timestamp() + make_interval(secs => $6)
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'PARSING'`;

const HOLD = `
  select from reconciliation.source_file
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'PARSING'
  for update`;

const RELEASE = `
  update reconciliation.source_file set leased_until = null
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'PARSING'`;
