import { basename } from "node:path";
import type { DataSource } from "typeorm";
import { appendAudit } from "../../shared/audit.ts";
import { maskCards } from "../../shared/card-detector.ts";
import { crashPoint } from "../../shared/crash-point.ts";
import { type Call, inScope, type Scope, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import { PREFIXES, randomId, stableId } from "../../shared/ids.ts";
import { ORDER_READING } from "./request-reading.ts";

export type FileOrigin = "UPLOAD" | "INBOX" | "CLI" | "SAMPLES";

export type IncomingFile = {
  readonly bytes: AsyncIterable<Buffer>;
  /** As given by the sender; data only. */
  readonly name: string;
  /** The merchant in whose name it is given, or PLATFORM for a file of many. */
  readonly merchantId: string;
  readonly origin: FileOrigin;
  readonly userId: string;
  /** Where it came by a request, which then stands in the audit. */
  readonly call?: Call;
  readonly limitBytes?: number;
  /** To find out what it would do, and nothing more until it is applied. */
  readonly previewOnly?: boolean;
  /** The one provider whose files its sender may send; null or absent for any. */
  readonly onlyProvider?: string | null;
  /** The accounts of that provider that it may send; null or absent for all of the merchant's. */
  readonly onlyAccounts?: readonly string[] | null;
  /** Called with the hash of the bytes before anything else is kept of them; throws where they are not to be taken. */
  readonly prove?: (sha256: string) => void;
  /** Most files of the merchant that may wait; without it, any number. */
  readonly mostWaiting?: number;
};

export type ReceivedFile = {
  readonly id: string;
  readonly sha256: string;
  readonly sizeBytes: bigint;
  /** False when the same bytes were received before; `name` and `status` are then those of the first. */
  readonly isNew: boolean;
  readonly name: string;
  readonly status: string;
};

/**
 * Takes a file in: the bytes to storage, then its row and the order to import it in one transaction. Acknowledged means
 * it will be imported, whatever dies next. The same bytes again name the first, unless that was discarded.
 */
export async function receiveFile(
  services: { readonly database: DataSource; readonly storage: FileStorage },
  file: IncomingFile,
): Promise<ReceivedFile> {
  const { sha256, sizeBytes } = await services.storage.put(file.bytes, file.limitBytes);
  if (sizeBytes === 0n) throw new AppError("FILE_REJECTED", `"${displayName(file.name)}" is empty; send it again`);
  crashPoint("after_file_stored");
  file.prove?.(sha256);
  const id = stableId(PREFIXES.file, file.merchantId, sha256);
  const scope: Scope = { merchants: [file.merchantId], user: file.userId, ...(file.call && { call: file.call }) };
  return inScope(services.database, scope, async (transaction) => {
    if (file.mostWaiting !== undefined) await transaction.query(TAKE_TURNS, [file.merchantId]);
    const added = await transaction.query(RECEIVE, [
      file.merchantId,
      id,
      sha256,
      displayName(file.name),
      sizeBytes,
      file.origin,
      file.userId,
      file.previewOnly === true ? "PREVIEW" : "IMPORT",
      file.onlyProvider ?? null,
      file.onlyAccounts ?? null,
    ]);
    if (added.length > 0) {
      if (file.mostWaiting !== undefined) await refuseMore(transaction, file.merchantId, file.mostWaiting);
      await transaction.query(ORDER_READING, [file.merchantId, randomId("out"), id]);
      if (file.origin === "UPLOAD") await tellUpload(transaction, file, { id, sha256 });
    }
    const [row] = await transaction.query<{ name: string; status: string }>(READ, [file.merchantId, id]);
    if (!row) throw new AppError("INTERNAL_ERROR", `file ${id} was received but cannot be read back`);
    return { id, sha256, sizeBytes, isNew: added.length > 0, ...row };
  });
}

async function tellUpload(
  transaction: Transaction,
  { merchantId, userId, name, previewOnly = false }: IncomingFile,
  { id, sha256 }: Pick<ReceivedFile, "id" | "sha256">,
): Promise<void> {
  const audited = { merchantId, actorId: userId, action: "settlement-file.upload", objectId: id } as const;
  const detail = { name: displayName(name), sha256, previewOnly };
  await appendAudit(transaction, { ...audited, outcome: "DONE", detail });
}

/** A sender that is faster than the work on its files is told to wait, before they pile up. */
async function refuseMore(transaction: Transaction, merchantId: string, mostWaiting: number): Promise<void> {
  const waiting = await transaction.query(WAITING, [merchantId, mostWaiting + 1]);
  if (waiting.length <= mostWaiting) return;
  throw new AppError("OVERLOADED", `${mostWaiting} files wait to be read: send this one again later`);
}

/** A sender's file name cut down to what a list can show: no folders, control characters or card numbers; at most 255. */
function displayName(name: string): string {
  const plain = basename(name.replaceAll("\\", "/")).replace(/\p{Cc}/gu, "");
  return maskCards(plain.slice(0, 255)).text || "unnamed";
}

const TAKE_TURNS = "select pg_advisory_xact_lock(4209, hashtext($1))";

const WAITING = `
  select from reconciliation.source_file where merchant_id = $1 and status = 'RECEIVED' limit $2`;

const RECEIVE = `
  insert into reconciliation.source_file (merchant_id, id, sha256, name, size_bytes, origin, received_by, task, only_provider,
    only_accounts)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (merchant_id, id) do update
    set status = 'RECEIVED', task = excluded.task, only_provider = excluded.only_provider,
      only_accounts = excluded.only_accounts, name = excluded.name, origin = excluded.origin,
      received_by = excluded.received_by, received_at = clock_timestamp(), finished_at = null, preview = null, request_key = null
    where source_file.status = 'DISCARDED'
  returning id`;

const READ = "select name, status from reconciliation.source_file where merchant_id = $1 and id = $2";
