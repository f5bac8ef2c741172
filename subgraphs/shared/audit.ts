import { auditHash, FIRST_HASH, RECIPE, type RecordedEntry } from "./audit-hash.ts";
import { maskCards } from "./card-detector.ts";
import { crashPoint } from "./crash-point.ts";
import type { Transaction } from "./database/scope.ts";
import { randomId } from "./ids.ts";

export type AuditEntry = {
  readonly merchantId: string;
  readonly actorId: string;
  /** What was done, as its object and a verb: `provider-account.map`, `reconciliation.start`. */
  readonly action: string;
  readonly objectId: string;
  readonly outcome: "DONE" | "DENIED";
  readonly detail: Readonly<Record<string, unknown>>;
};

/**
 * Appends to the merchant's audit, in the transaction of the act itself, whose scope tells which call it was and where
 * that came from. Each entry's hash covers the one before, so a changed or missing entry shows. Card numbers are masked.
 */
export async function appendAudit(transaction: Transaction, entry: AuditEntry): Promise<void> {
  await lockAudit(transaction, entry.merchantId);
  const detail = JSON.stringify(masked(entry.detail));
  const [now] = await transaction.query<Now>(NOW, [entry.merchantId, detail]);
  if (!now) throw new Error("the database did not tell the time");
  const recorded: RecordedEntry = {
    ...entry,
    objectId: maskCards(entry.objectId).text,
    position: (now.position ?? 0n) + 1n,
    id: randomId("aud"),
    at: now.at,
    detail: now.detail,
    requestId: now.request_id,
    address: now.address,
    recipe: RECIPE,
    previousHash: now.hash ?? FIRST_HASH,
  };
  await transaction.query(APPEND, [
    recorded.merchantId,
    recorded.position,
    recorded.id,
    recorded.at,
    recorded.actorId,
    recorded.action,
    recorded.objectId,
    recorded.outcome,
    recorded.detail,
    recorded.requestId,
    recorded.address,
    recorded.recipe,
    recorded.previousHash,
    auditHash(recorded),
  ]);
  crashPoint("after_audit_before_commit");
}

/** Nobody else appends to the merchant's audit until the transaction ends. */
export async function lockAudit(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4209))", [merchantId]);
}

function masked(value: unknown): unknown {
  if (typeof value === "string") return maskCards(value).text;
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== "object" || "toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}

type Now = {
  readonly at: Date;
  readonly detail: string;
  readonly request_id: string | null;
  readonly address: string | null;
  /** Of the entry before. */
  readonly position: bigint | null;
  readonly hash: string | null;
};

const NOW = `
  select clock_timestamp()::timestamptz(3) as at, $2::jsonb::text as detail,
    nullif(current_setting('app.request', true), '') as request_id,
    nullif(current_setting('app.address', true), '') as address, last.position, last.hash
  from (values (1)) one left join lateral (
    select position, hash from delivery.audit_entry where merchant_id = $1 order by position desc limit 1) last on true`;

const APPEND = `
  insert into delivery.audit_entry (merchant_id, position, id, at, actor_id, action, object_id, outcome, detail,
    request_id, address, recipe, previous_hash, hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;
