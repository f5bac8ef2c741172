import { createHash } from "node:crypto";
import { crashPoint } from "./crash-point.ts";
import type { Transaction } from "./database/scope.ts";
import { randomId } from "./ids.ts";

export type AuditEntry = {
  readonly merchantId: string;
  readonly actorId: string;
  /** What was done, as a verb and its object: `provider-account.map`, `reconciliation.start`. */
  readonly action: string;
  readonly objectId: string;
  readonly outcome: "DONE" | "DENIED";
  readonly detail: Readonly<Record<string, unknown>>;
};

/**
 * Appends to the merchant's audit, in the transaction of the act itself. Each entry's hash covers the one before, so a
 * changed or missing entry shows; the recipe's number is kept with it, since recipes change and old entries do not.
 */
export async function appendAudit(transaction: Transaction, entry: AuditEntry): Promise<void> {
  await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4209))", [entry.merchantId]);
  const [last] = await transaction.query<{ position: bigint; hash: string }>(LAST, [entry.merchantId]);
  const [clock] = await transaction.query<{ at: Date }>("select clock_timestamp()::timestamptz(3) as at");
  const recorded: RecordedEntry = {
    ...entry,
    position: (last?.position ?? 0n) + 1n,
    id: randomId("aud"),
    at: clock?.at ?? new Date(0),
    recipe: RECIPE,
    previousHash: last?.hash ?? FIRST_HASH,
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
    JSON.stringify(recorded.detail),
    recorded.recipe,
    recorded.previousHash,
    auditHash(recorded),
  ]);
  crashPoint("after_audit_before_commit");
}

/** An entry as it stands in the table. */
export type RecordedEntry = AuditEntry & {
  readonly position: bigint;
  readonly id: string;
  readonly at: Date;
  readonly recipe: number;
  readonly previousHash: string;
};

/** Recipe 1: SHA-256 over the fields in this order as JSON, keys of `detail` sorted. */
export function auditHash(entry: RecordedEntry): string {
  const { recipe, previousHash, merchantId, position, id, at, actorId, action, objectId, outcome, detail } = entry;
  const fields = [
    recipe,
    previousHash,
    merchantId,
    `${position}`,
    id,
    at.toISOString(),
    actorId,
    action,
    objectId,
    outcome,
  ];
  return createHash("sha256")
    .update(JSON.stringify([...fields, sorted(detail)]))
    .digest("hex");
}

/** jsonb does not keep the order of keys, so the hash must not depend on it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}

const RECIPE = 1;
const FIRST_HASH = "0".repeat(64);

const LAST = `
  select position, hash from delivery.audit_entry where merchant_id = $1 order by position desc limit 1`;

const APPEND = `
  insert into delivery.audit_entry (merchant_id, position, id, at, actor_id, action, object_id, outcome, detail, recipe,
    previous_hash, hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
