import type { DataSource } from "typeorm";
import type { SettlementAdapter } from "../../../adapters/adapter.ts";
import { crashPoint } from "../../shared/crash-point.ts";
import { begin, inScope, JOB_LIMITS } from "../../shared/database/scope.ts";
import { AppError, ERRORS } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import type { Log } from "../../shared/log.ts";
import type { ReadAhead } from "../read-ahead/read-ahead.ts";
import { finishFile, keepPreview, rejectFile, requestReconciliation } from "./finish-file.ts";
import { type FileLease, LEASE_SECONDS, releaseFileLease, renewFileLease, takeFileLease } from "./lease.ts";
import { loadPlacement } from "./placement.ts";
import { previewOf } from "./preview.ts";
import type { RowCounts } from "./read-rows.ts";
import { assertOwnFormat } from "./sender-binding.ts";
import { openStoredFile, type StoredFile } from "./stored-file.ts";
import { type FileToTake, takeFile } from "./take-file.ts";
import { takeTurns, waitForTurn } from "./take-turns.ts";

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
  const { database, storage, readAhead } = services;
  const stored = openStoredFile(storage, lease.sha256);
  let rows = 0n;
  const renew = () => renewFileLease(database, lease, { rows, bytes: stored.bytesRead() });
  const ahead = readAhead?.begin(lease.sha256, renew);
  try {
    await ahead?.begun();
    return await takeTurns((turn) =>
      takeOrPreview(services, lease, {
        merchantId,
        stored,
        open: () => ahead?.behind(stored.read()) ?? stored.read(),
        onProgress: (read) => {
          rows = read;
          return renew();
        },
        turn: { ...turn, onWait: renew },
      }),
    );
  } finally {
    ahead?.release();
  }
}

type OpenFile = Pick<FileToTake, "merchantId" | "open" | "onProgress"> & {
  readonly stored: StoredFile;
  readonly turn: Parameters<typeof waitForTurn>[2];
};

async function takeOrPreview(services: ImportServices, lease: FileLease, file: OpenFile) {
  const { database, families } = services;
  const { merchantId, stored } = file;
  const adapter = services.adapterFor(await stored.head());
  assertOwnFormat(adapter, lease);
  const placement = await inScope(database, lease.scope, (transaction) => loadPlacement(transaction, merchantId));
  const transaction = await begin(database, { ...lease.scope, merchants: placement.merchants }, JOB_LIMITS);
  try {
    await waitForTurn(transaction, merchantId, file.turn);
    const taken = await takeFile(transaction, {
      lease,
      merchantId,
      adapter,
      placement,
      families,
      open: file.open,
      onProgress: file.onProgress,
    });
    if (lease.task === "PREVIEW") {
      const preview = await previewOf(transaction, merchantId, lease.fileId);
      await transaction.rollback();
      await keepPreview(database, lease, adapter, { taken, preview });
    } else {
      await finishFile(transaction, lease, adapter, taken);
      await requestReconciliation(transaction, taken.merchants, causeOf(lease));
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
