import { appendAudit } from "../../shared/audit.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { stableId } from "../../shared/ids.ts";

/** What a person may ask of a file that was received. */
export type FileRequest = "PREVIEW" | "APPLY" | "DISCARD" | "REPLAY";

/** From which statuses each may be asked; a file that is being read must come to its end first. */
const ALLOWED: Readonly<Record<FileRequest, readonly string[]>> = {
  PREVIEW: ["PREVIEWED", "REJECTED", "DISCARDED"],
  APPLY: ["PREVIEWED"],
  DISCARD: ["PREVIEWED"],
  REPLAY: ["APPLIED", "PARTIALLY_APPLIED", "REJECTED"],
};

export type Asked = {
  readonly merchantId: string;
  readonly fileId: string;
  readonly request: FileRequest;
  /** The same request with the same key is carried out once. */
  readonly key: string;
  readonly userId: string;
};

/** `refused` says why nothing was done, as a sentence. */
export type Answered = { readonly refused?: string };

/**
 * Asks for a file to be previewed, applied, discarded or read again: its record, the order to the worker and the audit in
 * one transaction. Throws NOT_FOUND for a file that is not this merchant's.
 */
export async function requestReading(transaction: Transaction, asked: Asked): Promise<Answered> {
  const { merchantId, fileId, request, key, userId } = asked;
  const [file] = await transaction.query<{ status: string; request_key: string | null }>(LOCK, [merchantId, fileId]);
  if (!file) throw new AppError("NOT_FOUND", `there is no file "${fileId}" that you may see; check the id`);
  const requestKey = `${request} ${key}`;
  if (file.request_key === requestKey) return {};
  if (!ALLOWED[request].includes(file.status)) {
    return {
      refused: `the file is ${file.status}; ${VERBS[request]} is for files that are ${ALLOWED[request].join(" or ")}`,
    };
  }
  await transaction.query(CHANGES[request], [merchantId, fileId, requestKey]);
  if (request !== "DISCARD") {
    await transaction.query(ORDER_READING, [merchantId, stableId("out", "IMPORT_FILE", fileId, requestKey), fileId]);
  }
  const action = `settlement-file.${request.toLowerCase()}`;
  const detail = { status: file.status };
  await appendAudit(transaction, { merchantId, actorId: userId, action, objectId: fileId, outcome: "DONE", detail });
  return {};
}

const VERBS: Readonly<Record<FileRequest, string>> = {
  PREVIEW: "a preview",
  APPLY: "applying",
  DISCARD: "discarding",
  REPLAY: "reading again",
};

const LOCK = `
  select status, request_key from reconciliation.source_file where merchant_id = $1 and id = $2 for update`;

const set = (changes: string) => `
  update reconciliation.source_file set request_key = $3, ${changes} where merchant_id = $1 and id = $2`;

const CHANGES: Readonly<Record<FileRequest, string>> = {
  PREVIEW: set("status = 'RECEIVED', task = 'PREVIEW', problem = null, preview = null"),
  APPLY: set("status = 'RECEIVED', task = 'IMPORT'"),
  DISCARD: set("status = 'DISCARDED', finished_at = clock_timestamp()"),
  REPLAY: set("status_before = status, status = 'RECEIVED', task = 'IMPORT', problem = null"),
};

/** One order waits at a time; if one does, it will find what there is to do. Parameters: merchant, order, file. */
export const ORDER_READING = `
  insert into delivery.outbox (merchant_id, id, kind, subject_id)
  select $1, $2, 'IMPORT_FILE', $3
  where not exists (
    select from delivery.outbox where merchant_id = $1 and kind = 'IMPORT_FILE' and subject_id = $3 and sent_at is null)
  on conflict do nothing`;
