import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { openDiscrepancies } from "../expectations/severity.ts";
import { inWords } from "../in-words.ts";
import { isInDoubt } from "./in-doubt.ts";

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
  await transaction.changeAll(
    [RESOLVE_CLAIMED, REPORT, RESOLVE_GONE, MARK_AMBIGUOUS, MARK_DISCREPANT],
    [merchantId, runId],
  );
}

const COLUMNS = `merchant_id, id, type, provider, line_id, transaction_id, candidates, currency, amount_at_risk_minor,
    explanation, run_id, runner_up, margin`;

/** What a person decided stands for as long as the facts do that it was decided about. */
const UNCHANGED = `(d.currency, d.amount_at_risk_minor, d.transaction_id, d.explanation) is not distinct from
    (excluded.currency, excluded.amount_at_risk_minor, excluded.transaction_id, excluded.explanation)
  and (d.state <> 'RESOLVED' or d.resolved_by is not null)`;

const OPEN_AGAIN = "case when d.assignee_id is null then 'OPEN' else 'ASSIGNED' end";

const AGAIN = `
  on conflict (merchant_id, id) do update set seen_at = clock_timestamp(), candidates = excluded.candidates,
    currency = excluded.currency, amount_at_risk_minor = excluded.amount_at_risk_minor,
    transaction_id = excluded.transaction_id, explanation = excluded.explanation, run_id = excluded.run_id,
    runner_up = excluded.runner_up, margin = excluded.margin,
    state = case when ${UNCHANGED} then d.state else ${OPEN_AGAIN} end,
    ${["resolved_at", "resolution", "resolved_by", "resolution_reason", "snoozed_until"]
      .map((column) => `${column} = case when ${UNCHANGED} then d.${column} end`)
      .join(", ")},
    version = d.version + case when ${UNCHANGED} then 0 else 1 end`;

const AMOUNT = "concord.decimal_text(l.match_minor, l.match_currency)";

/**
 * The candidates of every stage together: each of them kept the line from being taken by another. Where they were
 * weighed, the margin is by how many points the best beats the next; by a key they are all equal.
 */
const AMBIGUOUS = `
  select $1::text, concord.stable_id('dis', 'AMBIGUOUS_MATCH', l.id), 'AMBIGUOUS_MATCH', l.provider, l.id, null,
    c.transactions, l.currency, l.match_minor,
    format('%s of %s %s fits %s transactions or is one of several lines for one or of one reference; none was chosen%s',
      ${inWords("l.kind")}, ${AMOUNT}, l.match_currency, cardinality(c.transactions),
      case when c.margin > 0 then format(': the best is %s points ahead of the next, which is too little', c.margin)
        else '' end), $2::text, c.runner_up, c.margin
  from unpaired_line l
  join (
    select line_id, array_agg(transaction_id order by transaction_id) as transactions,
      (array_agg(transaction_id order by points desc nulls last, transaction_id))[2] as runner_up,
      case when count(*) > 1 then coalesce((array_agg(points order by points desc nulls last))[1]
        - (array_agg(points order by points desc nulls last))[2], 0) end as margin
    from (select line_id, transaction_id, max(points) as points from candidate group by line_id, transaction_id) each_pair
    group by line_id
  ) c on c.line_id = l.id
  where l.inferred_claim is null`;

const MISMATCHED = `
  select $1::text, concord.stable_id('dis', m.type, l.id), m.type, l.provider, l.id, m.transaction_id,
    array_remove(array[m.transaction_id], null), l.currency, l.match_minor, m.explanation, $2::text, null::text, null::int
  from mismatch m join open_line l on l.id = m.line_id`;

/**
 * A claim never turns a refusal or a cancellation into turnover; a person has to see that money came all the same. What a
 * person said themselves is a STATUS_CONFLICT instead.
 */
const CONTRADICTED = `
  select $1::text, concord.stable_id('dis', 'SETTLED_BUT_' || l.prior_base, l.id), 'SETTLED_BUT_' || l.prior_base, l.provider,
    l.id, l.transaction_id, array[l.transaction_id], l.currency, l.match_minor,
    format('a line of %s %s settles a transaction that was %s', ${AMOUNT}, l.match_currency,
      lower(l.prior_base)), $2::text, null::text, null::int
  from (
    select l.*, p.transaction_id, p.prior_base from pair p join open_line l on l.id = p.line_id
    where p.prior_base in ('REFUSED', 'CANCELLED', 'FAILED') offset 0
  ) l
  -- Asked by key of each: as \`exists\`, all events that the merchant has are read.
  where (
    select true from transactions.transaction_event e
    where e.merchant_id = $1 and e.transaction_id = l.transaction_id and e.source = 'USER' and e.outcome = l.prior_base
    limit 1) is null`;

/**
 * Only a reversed refund or a capture can be left: the one needs the refund that it reverses, the other a reference, and
 * nothing can be inferred from it.
 */
const UNEXPECTED = `
  select $1::text, concord.stable_id('dis', 'UNEXPECTED_SETTLEMENT', l.id), 'UNEXPECTED_SETTLEMENT', l.provider, l.id, null,
    '{}'::text[], l.currency, l.match_minor,
    format('%s of %s %s belongs to no transaction we know', ${inWords("l.kind")}, ${AMOUNT}, l.match_currency), $2::text, null::text, null::int
  from unpaired_line l
  where l.inferred_claim is null and not ${isInDoubt("l.id")}`;

/** Of different types, and so never the same row twice. */
const FOUND = [AMBIGUOUS, MISMATCHED, CONTRADICTED, UNEXPECTED];
const REPORT = `${openDiscrepancies(COLUMNS, FOUND.join(" union all "))} ${AGAIN}`;

const OF_A_LINE = `('AMBIGUOUS_MATCH', 'AMOUNT_MISMATCH', 'CURRENCY_MISMATCH', 'DUPLICATE_SETTLEMENT',
      'UNEXPECTED_SETTLEMENT')`;

/** The transactions that a line is no question of any more wait for theirs again, unless another line asks for them. */
function resolve(resolution: string, reason: string | null, from: string): string {
  return `
  with resolved as (
    update reconciliation.discrepancy d
    set state = 'RESOLVED', resolution = '${resolution}', resolution_reason = ${reason === null ? "null" : `'${reason}'`},
      resolved_by = null, resolved_at = clock_timestamp(), snoozed_until = null, version = version + 1
    from ${from} and d.merchant_id = $1 and d.state <> 'RESOLVED' and d.type in ${OF_A_LINE}
    returning d.id, d.candidates
  )
  update transactions.transaction t set reconciliation_state = 'EXPECTED'
  from (select distinct unnest(candidates) as id from resolved) freed
  where t.merchant_id = $1 and ${inAnyFamily("t")} and t.id = freed.id
    and t.reconciliation_state in ('AMBIGUOUS', 'DISCREPANT')
    and not exists (
      select from reconciliation.discrepancy d
      where d.merchant_id = $1 and d.state <> 'RESOLVED' and d.type in ${OF_A_LINE} and freed.id = any (d.candidates)
        and d.id not in (select id from resolved))`;
}

const RESOLVE_CLAIMED = resolve("MATCHED", null, "pair p where d.line_id = p.line_id");

/** Open lines are all looked at, so what was not found now about one of them is gone. */
const RESOLVE_GONE = resolve(
  "GONE",
  "a later run found nothing wrong with the line, or something else",
  "open_line l where d.line_id = l.id and d.seen_at < now()",
);

/** Looked up by their keys, since they are few: joined, each partition would look through all that the merchant has. */
const among = (ids: string) => `t.merchant_id = $1 and ${inAnyFamily("t")} and t.id = any (array(${ids}))`;

/** But for those that were paired, though it were with a line of another period. */
const MARK_AMBIGUOUS = `
  update transactions.transaction t set reconciliation_state = 'AMBIGUOUS'
  where ${among("select o.id from candidate c join open_transaction o on o.id = c.transaction_id")}
    and t.reconciliation_state in ('EXPECTED', 'MISSING')`;

const MARK_DISCREPANT = `
  update transactions.transaction t set reconciliation_state = 'DISCREPANT'
  where ${among("select transaction_id from mismatch")}
    and t.reconciliation_state in ('EXPECTED', 'NOT_EXPECTED', 'MISSING')`;
