import { createHash } from "node:crypto";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { recordChanges } from "../../shared/changes/record-changes.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { familyOfId, PREFIXES, stableId } from "../../shared/ids.ts";
import { outcomeRank, precedenceOf } from "../../shared/status.ts";
import { deriveStatuses } from "../../shared/store/derive-statuses.ts";
import type { BaseStatus } from "../../shared/vocabulary.ts";
import { TRANSACTION_COLUMNS, type TransactionRow } from "../transaction-row.ts";

/** The row as it is under the merchant's lock, which the caller holds. */
export async function lockedRow(
  transaction: Transaction,
  merchantId: string,
  id: string,
): Promise<TransactionRow | undefined> {
  const [row] = await transaction.query<TransactionRow>(ROW, [merchantId, familyOfId(id), id]);
  return row;
}

type Assignment = { readonly status: BaseStatus; readonly reason: string; readonly actorId: string };

/**
 * Adds the event and has the status derived from all of them. Of several assignments the last counts, by the version that
 * it was made of: one version is assigned once, which the event's id holds the database to.
 */
export async function writeAssignment(
  transaction: Transaction,
  { merchant_id, family, id, version }: TransactionRow,
  { status: outcome, reason, actorId }: Assignment,
): Promise<void> {
  const certainty = "DEFINITIVE";
  await transaction.query(EVENT, [
    merchant_id,
    id,
    stableId(PREFIXES.event, "assignment", merchant_id, id, String(version)),
    outcome,
    certainty,
    precedenceOf({ source: "MANUAL", outcome, certainty }),
    outcomeRank(outcome),
    version,
    reason,
    createHash("sha256").update(canonicalJson({ outcome, reason, actorId, version })).digest("hex"),
    actorId,
  ]);
  await transaction.query(
    "create temporary table touched on commit drop as select $1::text as merchant_id, $2::text as family, $3::text as id",
    [merchant_id, family, id],
  );
  await deriveStatuses(transaction);
  await recordChanges(transaction);
  // Another assignment of the same operation may need the name.
  await transaction.query("drop table touched");
}

const ROW = `
  select ${TRANSACTION_COLUMNS} from transactions.transaction t
  where t.merchant_id = $1 and t.family = $2 and t.id = $3 and t.superseded_by is null`;

const EVENT = `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty,
    precedence, outcome_rank, sequence, occurred_at, reason, content_hash, actor_id)
  values ($1, $2, $3, 'ASSIGNMENT', 'USER', $4, $5, $6, $7, $8, clock_timestamp(), $9, $10, $11)`;
