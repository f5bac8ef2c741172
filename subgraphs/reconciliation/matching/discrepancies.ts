import type { Transaction } from "../../shared/database/scope.ts";

/**
 * Reports what could not be settled, and what was settled against the transaction's own outcome. The id is made of what
 * the discrepancy is about, so that a later run finds it again instead of opening another. Without a run it is a
 * person's match that is reported on.
 */
export async function reportDiscrepancies(
  transaction: Transaction,
  merchantId: string,
  runId: string | null,
): Promise<void> {
  await transaction.query(RESOLVE_CLAIMED, [merchantId]);
  for (const found of [AMBIGUOUS, MISMATCHED, CONTRADICTED, UNEXPECTED]) {
    await transaction.query(`${OPEN} ${found} ${AGAIN}`, [merchantId, runId]);
  }
  await transaction.query(MARK_AMBIGUOUS, [merchantId]);
  await transaction.query(MARK_DISCREPANT, [merchantId]);
}

const OPEN = `
  insert into reconciliation.discrepancy as d (merchant_id, id, type, provider, line_id, transaction_id, candidates,
    currency, amount_at_risk_minor, explanation, run_id)`;

/** What a person decided stands for as long as the facts do that it was decided about. */
const UNCHANGED = `(d.currency, d.amount_at_risk_minor, d.transaction_id, d.explanation) is not distinct from
    (excluded.currency, excluded.amount_at_risk_minor, excluded.transaction_id, excluded.explanation)
  and (d.state <> 'RESOLVED' or d.resolved_by is not null)`;

const OPEN_AGAIN = "case when d.assignee_id is null then 'OPEN' else 'ASSIGNED' end";

const AGAIN = `
  on conflict (merchant_id, id) do update set seen_at = clock_timestamp(), candidates = excluded.candidates,
    currency = excluded.currency, amount_at_risk_minor = excluded.amount_at_risk_minor,
    transaction_id = excluded.transaction_id, explanation = excluded.explanation, run_id = excluded.run_id,
    state = case when ${UNCHANGED} then d.state else ${OPEN_AGAIN} end,
    ${["resolved_at", "resolution", "resolved_by", "resolution_reason", "snoozed_until"]
      .map((column) => `${column} = case when ${UNCHANGED} then d.${column} end`)
      .join(", ")},
    version = d.version + case when ${UNCHANGED} then 0 else 1 end`;

/** The candidates of every stage together: each of them kept the line from being taken by another. */
const AMBIGUOUS = `
  select $1, concord.stable_id('dis', 'AMBIGUOUS_MATCH', l.id), 'AMBIGUOUS_MATCH', l.provider, l.id, null,
    c.transactions, l.currency, l.match_minor,
    format('%s of %s %s (minor units) fits %s transactions or is one of several lines for one; none was chosen',
      lower(l.kind), l.match_minor, l.match_currency, cardinality(c.transactions)), $2
  from unpaired_line l
  join (select line_id, array_agg(distinct transaction_id order by transaction_id) as transactions
    from candidate group by line_id) c on c.line_id = l.id
  where l.inferred_claim is null`;

const MISMATCHED = `
  select $1, concord.stable_id('dis', m.type, l.id), m.type, l.provider, l.id, m.transaction_id,
    array_remove(array[m.transaction_id], null), l.currency, l.match_minor, m.explanation, $2
  from mismatch m join open_line l on l.id = m.line_id`;

/** A claim never turns a refusal or a cancellation into turnover; a person has to see that money came all the same. */
const CONTRADICTED = `
  select $1, concord.stable_id('dis', 'SETTLED_BUT_' || p.prior_base, l.id), 'SETTLED_BUT_' || p.prior_base, l.provider,
    l.id, p.transaction_id, array[p.transaction_id], l.currency, l.match_minor,
    format('a line of %s %s (minor units) settles a transaction that was %s', l.match_minor, l.match_currency,
      lower(p.prior_base)), $2
  from pair p join open_line l on l.id = p.line_id
  where p.prior_base in ('REFUSED', 'CANCELLED', 'FAILED')`;

/** Only a reversed refund can be left: it needs the refund that it reverses, and nothing can be inferred from it. */
const UNEXPECTED = `
  select $1, concord.stable_id('dis', 'UNEXPECTED_SETTLEMENT', l.id), 'UNEXPECTED_SETTLEMENT', l.provider, l.id, null,
    '{}'::text[], l.currency, l.match_minor,
    format('%s of %s %s (minor units) belongs to no transaction we know', lower(l.kind), l.match_minor,
      l.match_currency), $2
  from unpaired_line l
  where l.inferred_claim is null and not exists (select from candidate c where c.line_id = l.id)
    and not exists (select from mismatch m where m.line_id = l.id)`;

const RESOLVE_CLAIMED = `
  update reconciliation.discrepancy d
  set state = 'RESOLVED', resolution = 'MATCHED', resolved_at = clock_timestamp(), snoozed_until = null,
    version = version + 1
  from pair p
  where d.merchant_id = $1 and d.line_id = p.line_id and d.state <> 'RESOLVED'
    and d.type in ('AMBIGUOUS_MATCH', 'AMOUNT_MISMATCH', 'CURRENCY_MISMATCH', 'DUPLICATE_SETTLEMENT', 'UNEXPECTED_SETTLEMENT')`;

const MARK_AMBIGUOUS = `
  update transactions.transaction t set reconciliation_state = 'AMBIGUOUS'
  from candidate c join open_transaction o on o.id = c.transaction_id
  where t.merchant_id = $1 and t.family = o.family and t.id = o.id and t.reconciliation_state = 'EXPECTED'`;

const MARK_DISCREPANT = `
  update transactions.transaction t set reconciliation_state = 'DISCREPANT'
  from mismatch m
  where t.merchant_id = $1 and t.family = m.family and t.id = m.transaction_id
    and t.reconciliation_state in ('EXPECTED', 'NOT_EXPECTED')`;
