import type { Transaction } from "../../shared/database/scope.ts";
import { inWords } from "../in-words.ts";

/**
 * Keeps in sight what a decision leaves of a line that several transactions share: a run looks at whole lines only, and
 * would never come back to the rest.
 */
export async function reportPartlyMatched(
  transaction: Transaction,
  merchantId: string,
  lineIds: readonly string[],
): Promise<void> {
  await transaction.query(OPEN, [merchantId, lineIds]);
  await transaction.query(RESOLVE, [merchantId, lineIds]);
}

const PARTLY = `
  select l.id, l.provider, l.kind, coalesce(l.processing_currency, l.currency) as currency,
    abs(coalesce(l.processing_minor, l.gross_minor)) as whole, sum(c.match_minor)::bigint as taken
  from reconciliation.settlement_line l
  join reconciliation.claim c on c.merchant_id = l.merchant_id and c.line_id = l.id and c.released_at is null
  where l.merchant_id = $1 and l.id = any($2::text[])
  group by l.merchant_id, l.id
  having sum(c.match_minor) < abs(coalesce(l.processing_minor, l.gross_minor))`;

const OPEN = `
  insert into reconciliation.discrepancy as d (merchant_id, id, type, provider, line_id, currency, amount_at_risk_minor,
    explanation)
  select $1, concord.stable_id('dis', 'PARTLY_MATCHED', p.id), 'PARTLY_MATCHED', p.provider, p.id, p.currency,
    p.whole - p.taken, format('%s of %s %s is matched for %s; the rest belongs to no transaction',
      ${inWords("p.kind")}, concord.decimal_text(p.whole, p.currency), p.currency, concord.decimal_text(p.taken, p.currency))
  from (${PARTLY}) p
  on conflict (merchant_id, id) do update set amount_at_risk_minor = excluded.amount_at_risk_minor,
    explanation = excluded.explanation, seen_at = clock_timestamp(), version = d.version + 1,
    state = case when d.assignee_id is null then 'OPEN' else 'ASSIGNED' end, snoozed_until = null, resolved_at = null,
    resolution = null, resolved_by = null, resolution_reason = null`;

const RESOLVE = `
  update reconciliation.discrepancy d
  set state = 'RESOLVED', resolved_at = clock_timestamp(), snoozed_until = null, version = d.version + 1,
    resolved_by = null, resolution_reason = null, resolution = case when exists (select from reconciliation.claim c
      where c.merchant_id = d.merchant_id and c.line_id = d.line_id and c.released_at is null)
      then 'MATCHED' else 'UNMATCHED' end
  where d.merchant_id = $1 and d.line_id = any($2::text[]) and d.type = 'PARTLY_MATCHED' and d.state <> 'RESOLVED'
    and d.line_id not in (select p.id from (${PARTLY}) p)`;
