import type { DataSource } from "typeorm";
import { appendAudit } from "../../shared/audit.ts";
import { inScope, JOB_LIMITS, type Transaction } from "../../shared/database/scope.ts";
import { AppError, ERRORS } from "../../shared/errors.ts";
import type { FileStorage, StoredFile } from "../../shared/file-storage.ts";
import { grantsIn } from "../../shared/identity/grants.ts";
import type { Log } from "../../shared/log.ts";
import type { Coverage } from "../coverage/coverage-type.ts";
import { writeExport } from "../export-formats/write-export.ts";
import type { Sums } from "../totals.ts";
import {
  changeHeld,
  type ExportLease,
  failExport,
  LEASE_SECONDS,
  releaseExport,
  renewExport,
  takeExport,
  WORKER,
} from "./export-lease.ts";
import { covers, exportReachOf, seesSettlements } from "./export-reach.ts";
import { prepareJournal } from "./journal.ts";
import { totalsToKeep } from "./kept-totals.ts";
import { prepareList } from "./prepare-list.ts";
import { inTightHeap } from "./tight-heap.ts";

export type ExportServices = {
  /** Opened in the role `worker`. */
  readonly database: DataSource;
  readonly storage: FileStorage;
  readonly log: Log;
  readonly leaseSeconds?: number | undefined;
};

/** How often a worker may die or fail over one export before it is given up. */
const MOST_ATTEMPTS = 10;

/**
 * Writes an export's file. Nothing of it can be seen before all of it is on disk, so one that is interrupted is written
 * anew, as of a later moment; whoever comes late to the end finds the lease gone and keeps nothing.
 */
export async function runExport(services: ExportServices, merchantId: string, id: string): Promise<void> {
  const { database, log, leaseSeconds = LEASE_SECONDS } = services;
  const lease = await takeExport(database, merchantId, id, leaseSeconds);
  if (!lease) return;
  const progress = followProgress(services, lease);
  try {
    const written = await inTightHeap(() => writeFile(services, lease, progress));
    await keep(services, lease, written);
  } catch (error) {
    if (error instanceof AppError && error.code === "LEASE_LOST") throw error;
    log.warn({ err: error, exportId: id, merchantId }, "an export could not be written");
    if (lease.epoch < MOST_ATTEMPTS && !isHopeless(error)) {
      await releaseExport(database, lease).catch(() => undefined);
      throw error;
    }
    await failExport(database, lease, sentenceOf(error));
  } finally {
    progress.end();
  }
}

const isHopeless = (error: unknown) => error instanceof AppError && !ERRORS[error.code].retry;

function sentenceOf(error: unknown): string {
  return error instanceof AppError ? error.message : "The file could not be written, however often it was tried.";
}

type Written = { readonly file: StoredFile; readonly sums: Sums; readonly coverage: readonly Coverage[] };

/** Under the requester's own row level security and in one snapshot, so that rows and totals are of the same moment. */
async function writeFile(services: ExportServices, lease: ExportLease, progress: Progress): Promise<Written> {
  const { database, storage } = services;
  const { merchants, limits, requestedBy: user, request } = lease;
  await assertCovered(database, lease);
  const scope = { merchants, user, limits };
  const readFully = async (transaction: Transaction): Promise<Written> => {
    const [clock] = await transaction.query<{ now: string }>(PREPARE, [ROLE, request.zone]);
    const prepare = request.content === "JOURNAL" ? prepareJournal : prepareList;
    const { head, rows, sums, coverage } = await prepare(transaction, lease, clock?.now ?? "");
    progress.expect(sums.count);
    const file = await storage.put(writeExport(request.format, { ...head, rows: progress.count(rows) }), UNLIMITED);
    if (progress.done() === sums.count) return { file, sums, coverage };
    await storage.remove(file.sha256);
    throw new AppError("INTERNAL_ERROR", `${progress.done()} rows were read where ${sums.count} were counted`);
  };
  return inScope(database, scope, readFully, { ...JOB_LIMITS, snapshot: true });
}

const UNLIMITED = Number.MAX_SAFE_INTEGER;
const ROLE = "concord_app";

/** Instants come as texts of the zone's clock; and all rows are wanted, not the first of them soon. */
const PREPARE = `select set_config('role', $1, true), set_config('TimeZone', $2, true),
  set_config('DateStyle', 'ISO, YMD', true), set_config('cursor_tuple_fraction', '1', true), now()::text as now`;

/** Who asked may have lost some of it since. @throws AppError FORBIDDEN */
async function assertCovered(database: DataSource, lease: ExportLease): Promise<void> {
  const grants = await inScope(database, { merchants: [], user: lease.requestedBy }, async (transaction) => {
    await transaction.query("select set_config('role', $1, true)", [ROLE]);
    return grantsIn(transaction, lease.requestedBy);
  });
  if (covers(exportReachOf(grants), lease) && seesSettlements(grants, lease)) return;
  throw new AppError("FORBIDDEN", "Who asked for this export may no longer see all that is in it: ask for another.");
}

/** The row names the file only when it is on disk; a file that no row came to name is removed again. */
async function keep(
  { database, storage }: ExportServices,
  lease: ExportLease,
  { file, sums, coverage }: Written,
): Promise<void> {
  const { sha256, sizeBytes } = file;
  const values = [
    sha256,
    sizeBytes,
    sums.count,
    JSON.stringify(totalsToKeep(sums.totals)),
    KEPT_DAYS,
    JSON.stringify(coverage),
  ];
  try {
    await changeHeld(database, lease, KEEP, values, async (transaction) => {
      const detail = { rows: `${sums.count}`, sha256, requestedBy: lease.requestedBy };
      for (const merchantId of lease.merchants.toSorted()) {
        const act = {
          merchantId,
          actorId: WORKER,
          action: "export.write",
          objectId: lease.id,
          outcome: "DONE",
        } as const;
        await appendAudit(transaction, { ...act, detail });
      }
    });
  } catch (error) {
    if (error instanceof AppError && error.code === "LEASE_LOST") await storage.remove(sha256);
    throw error;
  }
}

/** How long a file can be fetched. */
const KEPT_DAYS = 7;

const KEEP = `
  update transactions.export
  set status = 'SUCCEEDED', sha256 = $4, size_bytes = $5, rows_total = $6, rows_done = $6, totals = $7,
    finished_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(days => $8), coverage = $9, leased_until = null`;

type Rows = AsyncIterable<readonly (readonly string[])[]>;

type Progress = {
  readonly expect: (total: bigint) => void;
  /** Passes rows through while the lease holds. @throws AppError LEASE_LOST */
  readonly count: (rows: Rows) => Rows;
  readonly done: () => bigint;
  readonly end: () => void;
};

/** Renews the lease three times in its time, and tells how many rows were written by then. */
function followProgress({ database, log }: ExportServices, lease: ExportLease): Progress {
  let done = 0n;
  let total: bigint | undefined;
  let lost: unknown;
  const timer = setInterval(() => {
    renewExport(database, lease, { done, total }).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "LEASE_LOST") lost = error;
      else
        log.warn({ err: error, exportId: lease.id }, "the lease of an export could not be renewed; it is tried again");
    });
  }, lease.seconds * 300);
  return {
    expect: (count) => {
      total = count;
    },
    count: async function* (rows) {
      for await (const batch of rows) {
        if (lost !== undefined) throw lost;
        yield batch;
        done += BigInt(batch.length);
      }
    },
    done: () => done,
    end: () => clearInterval(timer),
  };
}
