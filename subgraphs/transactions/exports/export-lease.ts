import type { DataSource } from "typeorm";
import { tellProgress } from "../../shared/changes/tell-progress.ts";
import { inScope, type Limits, type Scope, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { ExportRequest } from "./export-type.ts";

/** The worker's identity in the database's eyes, for scopes that no person set. */
export const WORKER = "system:worker";

/** The right to write an export. Every word about it checks that no later worker has taken it over and nobody stopped it. */
export type ExportLease = {
  readonly id: string;
  readonly merchantId: string;
  readonly epoch: number;
  readonly seconds: number;
  readonly merchants: readonly string[];
  readonly limits: Limits;
  readonly request: ExportRequest;
  readonly requestedBy: string;
  readonly requestedName: string;
  /** What a preset such as TODAY is of, however late the file is written. */
  readonly requestedAt: Date;
};

/** Unless set. */
export const LEASE_SECONDS = 30;

/** Takes an export that is not over; undefined if it is, or while another worker has it. */
export async function takeExport(
  database: DataSource,
  merchantId: string,
  id: string,
  seconds: number,
): Promise<ExportLease | undefined> {
  const [row] = await asWorker(database, [merchantId], async (transaction) => {
    const taken = await transaction.query<TakenRow>(TAKE, [merchantId, id, seconds]);
    if (taken.length > 0) await tellProgress(transaction, merchantId);
    return taken;
  });
  return row && { ...row, id, merchantId, seconds };
}

type TakenRow = Omit<ExportLease, "id" | "merchantId" | "seconds">;

/** Keeps the lease and shows how far the writing is; `total` once it is known. */
export function renewExport(
  database: DataSource,
  lease: ExportLease,
  { done, total }: { readonly done: bigint; readonly total?: bigint | undefined },
): Promise<void> {
  return changeHeld(database, lease, RENEW, [lease.seconds, done, total ?? null]);
}

/** Lets another attempt begin at once instead of waiting for the lease to run out. */
export function releaseExport(database: DataSource, lease: ExportLease): Promise<void> {
  return changeHeld(database, lease, "update transactions.export set leased_until = null", []);
}

export function failExport(database: DataSource, lease: ExportLease, problem: string): Promise<void> {
  return changeHeld(database, lease, FAIL, [problem]);
}

/** One change of the export under its lease, with what else belongs to it. @throws AppError LEASE_LOST */
export function changeHeld(
  database: DataSource,
  lease: ExportLease,
  change: string,
  values: readonly unknown[],
  besides?: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  return asWorker(database, lease.merchants, async (transaction) => {
    const held = [lease.merchantId, lease.id, lease.epoch, ...values];
    if ((await transaction.change(`${change} ${HELD}`, held)) === 0) throw leaseLost(lease);
    await tellProgress(transaction, lease.merchantId);
    await besides?.(transaction);
  });
}

export function asWorker<T>(
  database: DataSource,
  merchants: readonly string[],
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const scope: Scope = { merchants, user: WORKER };
  return inScope(database, scope, work);
}

function leaseLost({ id, epoch }: ExportLease): AppError {
  const why = `export ${id} was stopped, or another worker took it over after lease ${epoch}; nothing was kept`;
  return new AppError("LEASE_LOST", why);
}

const TAKE = `
  update transactions.export
  set status = 'RUNNING', lease_epoch = lease_epoch + 1, started_at = coalesce(started_at, clock_timestamp()),
    leased_until = clock_timestamp() + make_interval(secs => $3), rows_done = 0
  where merchant_id = $1 and id = $2 and status in ('QUEUED', 'RUNNING')
    and (leased_until is null or leased_until < clock_timestamp())
  returning lease_epoch as epoch, merchants, limits, request, requested_by as "requestedBy",
    requested_name as "requestedName", requested_at as "requestedAt"`;

const HELD = "where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'RUNNING'";

const RENEW = `
  update transactions.export
  set leased_until = clock_timestamp() + make_interval(secs => $4), rows_done = $5, rows_total = coalesce($6, rows_total)`;

const FAIL = `
  update transactions.export
  set status = 'FAILED', problem = $4, finished_at = clock_timestamp(), leased_until = null`;
