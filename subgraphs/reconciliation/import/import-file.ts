import type { DataSource } from "typeorm";
import type { SettlementAdapter } from "../../../adapters/adapter.ts";
import { crashPoint } from "../../shared/crash-point.ts";
import { begin, inScope, JOB_LIMITS } from "../../shared/database/scope.ts";
import { AppError, ERRORS } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import type { Log } from "../../shared/log.ts";
import type { FileAhead, ReadAhead } from "../read-ahead/file-ahead.ts";
import { requestRun } from "../runs/request-run.ts";
import { finishFile, keepPreview, rejectFile } from "./finish-file.ts";
import {
  type FileLease,
  LEASE_SECONDS,
  type Progress,
  releaseFileLease,
  renewFileLease,
  takeFileLease,
} from "./lease.ts";
import { loadRoutes } from "./placement.ts";
import { previewOf } from "./preview.ts";
import { assertOwnFormat } from "./sender-binding.ts";
import { stageHere } from "./stage-here.ts";
import type { RowCounts } from "./staged-file.ts";
import { openStoredFile } from "./stored-file.ts";
import { takeFile } from "./take-file.ts";
import { type Turn, takeTurns, waitForTurn } from "./take-turns.ts";

export type ImportServices = {
  readonly database: DataSource;
  readonly storage: FileStorage;
  readonly adapterFor: (head: string) => SettlementAdapter;
  readonly families: FamilyModules;
  readonly log: Log;
  /** How long a silent worker keeps its file or run; LEASE_SECONDS unless told. */
  readonly leaseSeconds?: number;
  /** Ends adapters that do not end; without it, files are read by known adapters only, as tests and measurements do. */
  readonly readAhead?: ReadAhead;
};

/**
 * Works on a stored file: takes its rows, or finds out what taking them would do. All of it is one transaction, so a file
 * that does not foot, or a worker that dies, leaves no row. Running it again on a finished file does nothing.
 */
export async function importFile(services: ImportServices, merchantId: string, fileId: string): Promise<void> {
  const lease = await takeFileLease(services.database, merchantId, fileId, services.leaseSeconds ?? LEASE_SECONDS);
  if (!lease) return;
  crashPoint("after_file_lease");
  const log = services.log.child({ fileId, merchantId });
  try {
    const { adapter, counts } = await work(services, lease, merchantId);
    log.info({ adapter: adapter.name, task: lease.task, ...loggable(counts) }, "file read");
  } catch (error) {
    if (!(error instanceof AppError) || ERRORS[error.code].retry || error.code === "LEASE_LOST") {
      await releaseFileLease(services.database, lease).catch(() => undefined);
      throw error;
    }
    await rejectFile(services.database, lease, error);
    log.warn({ code: error.code, problem: error.message }, "file rejected");
  }
}

async function work(services: ImportServices, lease: FileLease, merchantId: string) {
  const renew = (progress: Progress) => renewFileLease(services.database, lease, progress);
  return await takeTurns(async (turn) => {
    const ahead = services.readAhead?.begin(lease.sha256, renew);
    try {
      await ahead?.begun();
      return await takeOrPreview(services, lease, { merchantId, ahead, turn, renew });
    } finally {
      ahead?.release();
    }
  });
}

const NOTHING_READ: Progress = { rows: 0n, bytes: 0n };

type Taking = {
  readonly merchantId: string;
  readonly ahead: FileAhead | undefined;
  readonly turn: Turn;
  readonly renew: (progress: Progress) => Promise<void>;
};

async function takeOrPreview(services: ImportServices, lease: FileLease, { merchantId, ahead, turn, renew }: Taking) {
  const { database, families } = services;
  const stored = openStoredFile(services.storage, lease.sha256);
  const adapter = services.adapterFor(await stored.head());
  assertOwnFormat(adapter, lease);
  const routes = await inScope(database, lease.scope, (transaction) => loadRoutes(transaction, merchantId));
  const transaction = await begin(database, { ...lease.scope, merchants: routes.merchants }, JOB_LIMITS);
  try {
    await waitForTurn(transaction, merchantId, { ...turn, onWait: () => renew(NOTHING_READ) });
    const taken = await takeFile(transaction, {
      ...{ lease, merchantId, adapter, routes, families },
      stage: (order) => ahead?.stage(order) ?? stageHere({ adapter, families, stored, order, onProgress: renew }),
      open: () => stored.read(),
    });
    if (lease.task === "PREVIEW") {
      const preview = await previewOf(transaction, merchantId, lease.fileId);
      await transaction.rollback();
      await keepPreview(database, lease, adapter, { taken, preview });
    } else {
      await finishFile(transaction, lease, adapter, taken);
      const cause = { trigger: "FILE", key: causeOf(lease) } as const;
      for (const merchantId of taken.merchants) await requestRun(transaction, merchantId, cause);
      crashPoint("before_file_commit");
      await transaction.commit();
      crashPoint("after_file_commit_before_ack");
    }
    return { adapter, counts: taken.counts };
  } catch (error) {
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}

/** A file asks for one run at each merchant, and for another each time that it is read again. */
function causeOf({ fileId, statusBefore, epoch }: FileLease): string {
  return statusBefore === null ? `file ${fileId}` : `file ${fileId} read again, lease ${epoch}`;
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
