import { createHash } from "node:crypto";

/** An entry as it stands in the table. */
export type RecordedEntry = {
  readonly merchantId: string;
  readonly position: bigint;
  readonly id: string;
  readonly at: Date;
  readonly actorId: string;
  readonly action: string;
  readonly objectId: string;
  readonly outcome: string;
  /** As PostgreSQL writes the JSON, which is always the same for the same value. */
  readonly detail: string;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly recipe: number;
  readonly previousHash: string;
};

/** What new entries are hashed by; old ones keep the number of their own, since their hashes cannot be made anew. */
export const RECIPE = 2;
export const FIRST_HASH = "0".repeat(64);

/** SHA-256 in hex by the entry's own recipe; undefined where there is no such recipe, or where it lacks a field. */
export function auditHash(entry: RecordedEntry): string | undefined {
  // PostgreSQL's "infinity" is no time of day that anything was done at.
  if (Number.isNaN(Number(entry.at)) || !Number.isFinite(Number(entry.at))) return undefined;
  const fields = RECIPES[entry.recipe]?.(entry);
  return fields && createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}

const RECIPES: Readonly<Record<number, (entry: RecordedEntry) => readonly unknown[] | undefined>> = {
  /** From before it was known where a call came from: an entry of that time that says so was changed later. */
  1: (entry) =>
    entry.requestId === null && entry.address === null
      ? [...common(entry), sorted(JSON.parse(entry.detail))]
      : undefined,
  /** The detail's text and not its value: two numbers that JavaScript holds to be one are two. */
  2: (entry) => [...common(entry), entry.requestId, entry.address, entry.detail],
};

function common(entry: RecordedEntry): readonly unknown[] {
  const { recipe, previousHash, merchantId, position, id, at, actorId, action, objectId, outcome } = entry;
  return [recipe, previousHash, merchantId, `${position}`, id, at.toISOString(), actorId, action, objectId, outcome];
}

/** jsonb does not keep the order of keys, so the hash must not depend on it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
