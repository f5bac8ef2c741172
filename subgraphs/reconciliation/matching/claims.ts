import { crashPoint } from "../../shared/crash-point.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { outcomeRank, precedenceOf } from "../../shared/status.ts";
import { TOUCHED_TABLE } from "../../shared/store/derive-statuses.ts";
import { takeBackEvents } from "../../shared/store/take-back-events.ts";
import { LEARNT, LEARNT_BITS } from "./learnt.ts";
import { settleTransactions, UNSETTLED } from "./settle-transactions.ts";

/** Who brings lines and transactions together: a run by its rules, or a person by a match of their own. */
export type ClaimMaker = { readonly id: string } & (
  | { readonly rulesHash: string }
  | { readonly method: "MANUAL" | "FORCED"; readonly actorId: string; readonly reason: string | null }
);

/**
 * Writes the pairs as claims, with the event each makes in its transaction's history. The unique indexes refuse a second
 * claim whatever happened before; that error ends the partition and nothing of it stays.
 */
export async function writeClaims(transaction: Transaction, merchantId: string, maker: ClaimMaker): Promise<void> {
  const [, , made = 0, , moved = 0] = await transaction.changeAll(
    [TOUCHED_TABLE, LOOKED_UP, CLAIMED, "analyze claimed (transaction_id, several)", MOVED],
    [merchantId, maker.id],
  );
  if (moved > 0) {
    const steps = ["analyze moved", RELEASE_INFERRED, SUPERSEDE_INFERRED, CHILDREN_FOLLOW, REPORTS_FOLLOW, ALIASES];
    const aliases = (await transaction.changeAll(steps, [merchantId])).at(-1) ?? 0;
    if (aliases >= FEW) await transaction.query("select concord.count_aliases($1)", [aliases]);
  }
  await transaction.query("drop table moved");
  await transaction.query(CLAIMS, [merchantId, maker.id, ...makerOf(maker)]);
  crashPoint("after_match_before_event");
  await transaction.query(EVENTS, [merchantId, ...CLAIM_RANKS]);
  if (made >= MANY) await transaction.query("select concord.count_claims($1)", [made]);
  await settleTransactions(transaction, merchantId);
}

/** Fewer new claims than this mislead no planner. */
const MANY = 1_000;

/** Fewer new aliases than this are looked through in no time. */
const FEW = 50;

function makerOf(maker: ClaimMaker): readonly (string | null)[] {
  if ("rulesHash" in maker) return ["AUTO", maker.rulesHash, null, null];
  return [maker.method, null, maker.actorId, maker.reason];
}

/** The events' place among others, as `status.ts` ranks a claim that succeeds and one that takes a refund back. */
const CLAIM_RANKS = (["SUCCESS", "CANCELLED"] as const).flatMap((outcome) => [
  precedenceOf({ source: "CLAIM", outcome, certainty: "DEFINITIVE" }),
  outcomeRank(outcome),
]);

/**
 * Pairs that move more than their own line: from a transaction that was inferred, of this line or under its reference of
 * another, or from the reference that the line came with to the transaction that the terminal reported under its own key.
 * The reference of a line that several transactions share is none of theirs.
 */
const MOVED = `
  create temporary table moved on commit drop as
  select m.family, m.transaction_id, m.resolved_id, m.reference, m.effect, m.follows,
    coalesce(m.inferred_transaction, t.id) as inferred_transaction
  from (select *, resolved_id <> transaction_id and share_minor is null as follows from claimed) m
  left join lateral (
    select t.id from transactions.transaction t
    where m.follows and t.merchant_id = $1 and t.family = m.family and t.id = m.resolved_id
      and t.provisional and t.superseded_by is null offset 0
  ) t on true
  where m.inferred_transaction is not null or m.follows`;

/**
 * All of them: a line that the pair does not hold is open again, and its reference now leads to the reported one. Their
 * events count no more, should what was inferred come back by another line or a report of its own.
 */
const RELEASE_INFERRED = `
  with released as (
    update reconciliation.claim c
    set released_at = clock_timestamp(), released_because = 'a reported transaction was found for the line'
    from moved m
    where m.inferred_transaction is not null and c.merchant_id = $1 and c.transaction_id = m.inferred_transaction
      and c.released_at is null
    returning c.transaction_id, c.id
  )
  ${takeBackEvents(`released r
    join transactions.transaction_event e
      on e.merchant_id = $1 and e.transaction_id = r.transaction_id and e.claim_id = r.id`)}`;

/** What they went back to is told of it no more: the reported one may go back to something else, or to nothing. */
const SUPERSEDE_INFERRED = `
  with superseded as (
    update transactions.transaction t set superseded_by = m.transaction_id, ${UNSETTLED}, version = version + 1
    from moved m
    where m.inferred_transaction is not null and t.merchant_id = $1 and t.family = m.family
      and t.id = m.inferred_transaction
    returning t.family, t.id, t.original_id
  )
  insert into touched select distinct $1, s.family, about.id
  from superseded s cross join unnest(array[s.id, s.original_id]) as about (id) where about.id is not null`;

const ALIASES = `
  insert into transactions.alias (merchant_id, id, transaction_id)
  select distinct on (m.resolved_id) $1, m.resolved_id, m.transaction_id from moved m
  where m.reference is not null and m.follows and m.effect <> 'REFUND_REVERSAL'
  order by m.resolved_id
  on conflict (merchant_id, id) do update set transaction_id = excluded.transaction_id`;

const CHILDREN_FOLLOW = `
  with followed as (
    update transactions.transaction child set original_id = m.transaction_id
    from moved m
    where child.merchant_id = $1 and child.family = m.family and child.original_id = m.resolved_id and m.follows
    returning child.family, m.transaction_id
  )
  insert into touched select distinct $1, family, transaction_id from followed`;

/**
 * What the provider said under its reference is about the reported transaction too, whichever of the two came first: a
 * cancellation must not stay with the one that nobody sees any more.
 */
const REPORT_COLUMNS = `id, kind, source, outcome, certainty, precedence, outcome_rank, sequence, occurred_at, amount_minor,
    currency, reason, raw_status, content_hash, file_id, line_number, actor_id, supersedes_id`;
const FOLLOWING = REPORT_COLUMNS.replaceAll(/\w+/g, "e.$&").replace("e.id", "coalesce(again.id, e.id)");
const REPORTS_FOLLOW = `
  with followed as (
    insert into transactions.transaction_event (merchant_id, transaction_id, ${REPORT_COLUMNS})
    select $1, m.transaction_id, ${FOLLOWING}
    from (select distinct family, resolved_id, transaction_id from moved where follows and effect <> 'REFUND_REVERSAL') m
    cross join lateral (
      select * from transactions.transaction_event e
      where e.merchant_id = $1 and e.transaction_id = m.resolved_id and e.source <> 'RECONCILER' offset 0) e
    -- What followed before and went back with a claim that was taken back counts no more: it follows anew.
    left join lateral (
      select concord.stable_id('evt', 'again', e.id, count(*)::text) as id from transactions.transaction_event gone
      join transactions.transaction_event back
        on back.merchant_id = $1 and back.transaction_id = m.transaction_id and back.supersedes_id = gone.id
      where gone.merchant_id = $1 and gone.transaction_id = m.transaction_id and gone.content_hash = e.content_hash
        and gone.kind = e.kind and gone.source = e.source
      having count(*) > 0) again on true
    on conflict do nothing
    returning transaction_id
  )
  insert into touched select distinct $1, m.family, m.transaction_id from moved m join followed using (transaction_id)`;

/** A share of a line tells nothing of a purchase. */
const LOOKED_UP = `
  update pair p set learnt = case when p.match_minor is null then t.learnt else 0 end, status_rule = t.status_rule,
    original_id = t.original_id, business_date = t.business_date
  from (
    select p.line_id, p.transaction_id, ${LEARNT_BITS} as learnt, t.status_rule, t.original_id, t.business_date
    from pair p
    join open_line l on l.id = p.line_id
    cross join lateral (
      select * from transactions.transaction t
      where t.merchant_id = l.merchant_id and t.family = p.family and t.id = p.transaction_id offset 0
    ) t
    where p.learnt is null
  ) t
  where p.line_id = t.line_id and p.transaction_id = t.transaction_id`;

/**
 * Everything that a claim makes, put together once. Numbered in the order of the transactions' ids, in which three of
 * the indexes that follow grow, and named by the run, its first line and the number: a hash of each would cost more than the
 * claim's own row. The pairs are numbered while they are narrow, since a number is cheaper to sort wide rows by than two ids.
 */
const CLAIMED = `
  create temporary table claimed on commit drop as
  select f.prefix || lpad(to_hex(p.number), 8, '0') as key, p.line_id, p.transaction_id, p.family, l.effect, p.part, p.share,
    p.match_minor as share_minor, p.fee_minor as share_fee_minor, p.net_minor as share_net_minor, p.stage, p.learnt, p.evidence,
    l.resolved_id, l.reference, case when p.share = 1 then l.inferred_transaction end as inferred_transaction,
    l.provider, l.kind, l.booking_date, p.business_date, coalesce(p.match_minor, l.match_minor) as amount_minor,
    l.match_currency, l.raw_status, l.content_hash, l.file_id, l.line_number, l.currency,
    coalesce(p.fee_minor, l.fee_minor) as fee_minor, coalesce(p.net_minor, l.net_minor) as net_minor,
    case when p.match_minor is null then l.account end as account,
    ${LEARNT.map(([column, from], bit) => `case when (p.learnt & ${2 ** bit}) <> 0 then l.${from} end as learnt_${column}`).join(", ")},
    coalesce(l.payout_id, b.payout_id) is not null as paid_out, p.original_id,
    p.status_rule = ${CLAIM_RANKS[0]} or p.pairs > 1 as several
  from (
    select *, row_number() over (order by transaction_id, line_id) as number, count(*) over (partition by transaction_id) as pairs
    from pair
  ) p
  join open_line l on l.id = p.line_id
  left join reconciliation.settlement_batch b on b.merchant_id = l.merchant_id and b.id = l.batch_id
  cross join (select left(concord.stable_id('', $2, min(line_id)), 14) as prefix from pair) f
  order by p.number`;

const CLAIMS = `
  insert into reconciliation.claim (merchant_id, id, line_id, transaction_id, effect, part, share, match_minor,
    fee_minor, net_minor, run_id, match_id, stage, method, rule_set_hash, actor_id, reason, learnt, compared)
  select $1, 'mat' || key, line_id, transaction_id, effect, part, share, share_minor, share_fee_minor, share_net_minor,
    case $3 when 'AUTO' then $2 end, case $3 when 'AUTO' then null else $2 end, stage, $3, $4, $5, $6, learnt, coalesce(evidence, '{}')
  from claimed`;

const EVENTS = `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty,
    precedence, outcome_rank, occurred_at, amount_minor, currency, raw_status, content_hash, file_id, line_number,
    claim_id)
  select $1, transaction_id, 'evt' || key, kind, 'RECONCILER',
    case effect when 'REFUND_REVERSAL' then 'CANCELLED' else 'SUCCESS' end, 'DEFINITIVE',
    case effect when 'REFUND_REVERSAL' then $4::smallint else $2::smallint end,
    case effect when 'REFUND_REVERSAL' then $5::smallint else $3::smallint end,
    booking_date::timestamp at time zone 'UTC', amount_minor, match_currency, raw_status, content_hash, file_id,
    line_number, 'mat' || key
  from claimed`;
