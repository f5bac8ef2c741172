import { crashPoint } from "../../shared/crash-point.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { outcomeRank, precedenceOf } from "../../shared/status.ts";
import { LEARNT, LEARNT_BITS } from "./learnt.ts";

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
  await transaction.query("create temporary table touched (merchant_id text, family text, id text) on commit drop");
  await transaction.query(RELEASE_INFERRED, [merchantId]);
  await transaction.query(SUPERSEDE_INFERRED, [merchantId]);
  await transaction.query(ALIASES, [merchantId]);
  await transaction.query(CHILDREN_FOLLOW, [merchantId]);
  await transaction.query(REPORTS_FOLLOW, [merchantId]);
  await transaction.query(CLAIMS, [merchantId, maker.id, ...makerOf(maker)]);
  crashPoint("after_match_before_event");
  await transaction.query(EVENTS, [merchantId, maker.id, ...CLAIM_RANKS]);
  await transaction.query("select concord.refresh_statistics((select count(*) from pair))");
  await transaction.query(SETTLED_FACTS, [merchantId]);
  await transaction.query("insert into touched select distinct $1, family, transaction_id from pair", [merchantId]);
}

function makerOf(maker: ClaimMaker): readonly (string | null)[] {
  if ("rulesHash" in maker) return ["AUTO", maker.rulesHash, null, null];
  return [maker.method, null, maker.actorId, maker.reason];
}

/** The events' place among others, as `status.ts` ranks a claim that succeeds and one that takes a refund back. */
const CLAIM_RANKS = (["SUCCESS", "CANCELLED"] as const).flatMap((outcome) => [
  precedenceOf({ source: "CLAIM", outcome, certainty: "DEFINITIVE" }),
  outcomeRank(outcome),
]);

const INFERRED = "pair p join open_line l on l.id = p.line_id and l.inferred_claim is not null and p.share = 1";

/** All of them: a line that the pair does not hold is open again, and its reference now leads to the reported one. */
const RELEASE_INFERRED = `
  update reconciliation.claim c
  set released_at = clock_timestamp(), released_because = 'a reported transaction was found for the line'
  from ${INFERRED}
  where c.merchant_id = $1 and c.transaction_id = l.inferred_transaction and c.released_at is null`;

const SUPERSEDE_INFERRED = `
  update transactions.transaction t set superseded_by = p.transaction_id, version = version + 1
  from ${INFERRED}
  where t.merchant_id = $1 and t.family = p.family and t.id = l.inferred_transaction`;

/**
 * From now on the provider's reference leads to the transaction that the terminal reported under its own key. That of a
 * line that several transactions share is none of theirs.
 */
const FOLLOWS = "l.resolved_id <> p.transaction_id and p.match_minor is null";
const ALIASES = `
  insert into transactions.alias (merchant_id, id, transaction_id)
  select $1, l.resolved_id, p.transaction_id
  from pair p join open_line l on l.id = p.line_id
  where l.reference is not null and ${FOLLOWS} and l.effect <> 'REFUND_REVERSAL'
  on conflict (merchant_id, id) do update set transaction_id = excluded.transaction_id`;

const CHILDREN_FOLLOW = `
  with moved as (
    update transactions.transaction child set original_id = p.transaction_id
    from pair p join open_line l on l.id = p.line_id
    where child.merchant_id = $1 and child.family = p.family and child.original_id = l.resolved_id
      and ${FOLLOWS}
    returning child.family, p.transaction_id
  )
  insert into touched select distinct $1, family, transaction_id from moved`;

/**
 * What the provider said under its reference is about the reported transaction too, whichever of the two came first: a
 * cancellation must not stay with the one that nobody sees any more.
 */
const REPORT_COLUMNS = `id, kind, source, outcome, certainty, precedence, outcome_rank, sequence, occurred_at, amount_minor,
    currency, reason, raw_status, content_hash, file_id, line_number, actor_id, supersedes_id`;
const REPORTS_FOLLOW = `
  insert into transactions.transaction_event (merchant_id, transaction_id, ${REPORT_COLUMNS})
  select $1, moved.transaction_id, ${REPORT_COLUMNS.replaceAll(/\w+/g, "e.$&")}
  from (select distinct l.resolved_id, p.transaction_id from pair p join open_line l on l.id = p.line_id
    where ${FOLLOWS} and l.effect <> 'REFUND_REVERSAL') moved
  join transactions.transaction_event e
    on e.merchant_id = $1 and e.transaction_id = moved.resolved_id and e.source <> 'RECONCILER'
  on conflict do nothing`;

const CLAIMS = `
  insert into reconciliation.claim (merchant_id, id, line_id, transaction_id, effect, part, share, match_minor,
    fee_minor, net_minor, run_id, match_id, stage, method, rule_set_hash, actor_id, reason, learnt, compared)
  select $1, concord.stable_id('mat', l.id, p.transaction_id, $2), l.id, p.transaction_id, l.effect, p.part, p.share,
    p.match_minor, p.fee_minor, p.net_minor, case $3 when 'AUTO' then $2 end, case $3 when 'AUTO' then null else $2 end,
    p.stage, $3, $4, $5, $6, ${LEARNT_BITS}, jsonb_strip_nulls(jsonb_build_object('reference', l.reference, 'arn', l.arn, 'rrn', l.rrn, 'stan', l.stan,
      'authorisationCode', l.authorisation_code, 'last4', l.last4, 'merchantReference', l.merchant_reference,
      'amountMinor', l.match_minor::text, 'currency', l.match_currency)) || coalesce(p.evidence, '{}')
  from pair p
  join open_line l on l.id = p.line_id
  join transactions.transaction t on t.merchant_id = $1 and t.family = p.family and t.id = p.transaction_id`;

const EVENTS = `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty,
    precedence, outcome_rank, occurred_at, amount_minor, currency, raw_status, content_hash, file_id, line_number,
    claim_id)
  select $1, p.transaction_id, concord.stable_id('evt', 'claim', c.id), l.kind, 'RECONCILER',
    case l.effect when 'REFUND_REVERSAL' then 'CANCELLED' else 'SUCCESS' end, 'DEFINITIVE',
    case l.effect when 'REFUND_REVERSAL' then $5::smallint else $3::smallint end,
    case l.effect when 'REFUND_REVERSAL' then $6::smallint else $4::smallint end,
    l.booking_date::timestamp at time zone 'UTC', coalesce(p.match_minor, l.match_minor), l.match_currency, l.raw_status, l.content_hash,
    l.file_id, l.line_number, c.id
  from pair p
  join open_line l on l.id = p.line_id
  join reconciliation.claim c on c.merchant_id = $1 and c.line_id = l.id and c.transaction_id = p.transaction_id
    and $2 in (c.run_id, c.match_id) and c.released_at is null`;

/** Fee and net stay null until settled: unknown is not zero. */
const SETTLED_FACTS = `
  update transactions.transaction t set
    reconciliation_state = 'MATCHED',
    settlement_state = case when m.paid_out then 'PAID_OUT' else 'SETTLED' end,
    settled_fee_minor = coalesce(t.settled_fee_minor, 0) + m.fee_minor,
    settled_net_minor = coalesce(t.settled_net_minor, 0) + m.net_minor,
    settled_currency = m.currency,
    ${LEARNT.map(([column, from]) => `${column} = coalesce(t.${column}, m.${from})`).join(", ")}
  from (
    select p.family, p.transaction_id, sum(coalesce(p.fee_minor, l.fee_minor)) as fee_minor,
      sum(coalesce(p.net_minor, l.net_minor)) as net_minor,
      min(l.currency) as currency, ${LEARNT.map(([, from]) => `min(l.${from}) as ${from}`).join(", ")},
      bool_and(coalesce(l.payout_id, b.payout_id) is not null) as paid_out
    from pair p
    join open_line l on l.id = p.line_id
    join reconciliation.settlement_batch b on b.merchant_id = l.merchant_id and b.id = l.batch_id
    group by p.family, p.transaction_id
  ) m
  where t.merchant_id = $1 and t.family = m.family and t.id = m.transaction_id`;
