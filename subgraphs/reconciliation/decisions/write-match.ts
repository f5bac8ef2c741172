import { recordChanges } from "../../shared/changes/record-changes.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { deriveStatuses } from "../../shared/store/derive-statuses.ts";
import { type ClaimMaker, writeClaims } from "../matching/claims.ts";
import { reportDiscrepancies } from "../matching/discrepancies.ts";
import { CHANGES_OF_SETTLING } from "../matching/settle-transactions.ts";
import { reportPartlyMatched } from "./partly-matched.ts";
import { alreadyMatched, type PlannedPair } from "./plan-match.ts";
import type { AlreadyMatched } from "./refusals.ts";

/**
 * Claims the pairs the way a run does: the same claims, events, aliases, discrepancies, statuses and changes, from the
 * same tables. Where a unique index refuses one, something wrote past the lock; nothing of the match stays then.
 */
export async function writeMatch(
  transaction: Transaction,
  merchantId: string,
  pairs: readonly PlannedPair[],
  maker: Exclude<ClaimMaker, { readonly rulesHash: string }>,
): Promise<AlreadyMatched | undefined> {
  await transaction.query("savepoint claims");
  try {
    await transaction.query(PAIRS, [
      pairs.map(({ lineId }) => lineId),
      pairs.map((pair) => pair.transaction.id),
      pairs.map((pair) => pair.transaction.family),
      pairs.map((pair) => pair.transaction.baseStatus),
      pairs.map(({ part }) => part),
      pairs.map(({ share }) => share),
      pairs.map(({ take }) => take?.matchMinor ?? null),
      pairs.map(({ take }) => take?.feeMinor ?? null),
      pairs.map(({ take }) => take?.netMinor ?? null),
    ]);
    await writeClaims(transaction, merchantId, maker);
  } catch (error) {
    if (!isClaimed(error)) throw error;
    await transaction.query("rollback to savepoint claims");
    return holderOf(transaction, merchantId, pairs);
  }
  await reportDiscrepancies(transaction, merchantId, null);
  const lineIds = pairs.map(({ lineId }) => lineId);
  await reportPartlyMatched(transaction, merchantId, lineIds);
  await deriveStatuses(transaction);
  await recordChanges(transaction, CHANGES_OF_SETTLING, [merchantId]);
  return undefined;
}

function isClaimed(error: unknown): boolean {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  return code === "23505" && (constraint === "claim_single_line" || constraint === "claim_single_effect");
}

async function holderOf(transaction: Transaction, merchantId: string, pairs: readonly PlannedPair[]) {
  const ids = [pairs.map(({ lineId }) => lineId), pairs.map((pair) => pair.transaction.id)];
  const [holder] = await transaction.query<{ id: string; match_id: string }>(HOLDER, [merchantId, ...ids]);
  return alreadyMatched(holder?.id ?? "A line or a transaction", holder?.match_id ?? "");
}

const PAIRS = `
  insert into pair (line_id, transaction_id, family, stage, prior_base, part, share, match_minor, fee_minor, net_minor)
  select line_id, transaction_id, family, 'PERSON', base, part, share, match_minor, fee_minor, net_minor
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::bigint[], $8::bigint[],
    $9::bigint[]) as p (line_id, transaction_id, family, base, part, share, match_minor, fee_minor, net_minor)`;

const HOLDER = `
  select case when c.line_id = any($2::text[]) then c.line_id else c.transaction_id end as id,
    coalesce(c.match_id, c.id) as match_id
  from reconciliation.claim c
  where c.merchant_id = $1 and c.released_at is null
    and (c.line_id = any($2::text[]) or c.transaction_id = any($3::text[]))
  order by c.made_at, c.id limit 1`;
