import type { Transaction } from "../database/scope.ts";
import { DECIDER_ORDER } from "../status.ts";
import { STAMPED } from "./stamped.ts";

/** Makes the table that names transactions whose evidence, or what goes back to them, has changed. */
export const TOUCHED_TABLE = "create temporary table touched (merchant_id text, family text, id text) on commit drop";

/**
 * Writes the status of every transaction in the temporary table `touched (merchant_id, family, id)` anew from its set of
 * events, from the refunds and chargebacks that go back to it, and from what was told of disputes: `baseStatus` and
 * `deriveStatus` of `status.ts`, in sets. A test holds the two equal. Must run under `lockMerchants`; returns the number of rows that changed.
 */
export async function deriveStatuses(transaction: Transaction): Promise<number> {
  const [, own = 0, originals = 0] = await transaction.changeAll([
    "analyze touched",
    derive("touched"),
    `${ORIGINALS_OF_TOUCHED} limit 1`,
  ]);
  if (originals === 0) {
    await transaction.query(terms("touched"));
    return own;
  }
  const [, , ofOriginals = 0] = await transaction.changeAll([
    `create temporary table touched_original on commit drop as ${ORIGINALS_OF_TOUCHED}`,
    "analyze touched_original",
    derive("touched_original"),
    terms("(select * from touched union all select * from touched_original)"),
    "drop table touched_original",
  ]);
  return own + ofOriginals;
}

/** A child's base status is settled first; only then can the sale it goes back to be judged. */
const ORIGINALS_OF_TOUCHED = `
  select distinct child.merchant_id, child.family, child.original_id as id
  from touched t
  join transactions.transaction child
    on child.merchant_id = t.merchant_id and child.family = t.family and child.id = t.id
  where child.original_id is not null`;

/**
 * Whether a settlement is expected changes with what the status says of money, and with nothing else: that a provider
 * sends no files, or that a line is missing, is for reconciliation to say.
 */
const KEEPS_STATE = `t.reconciliation_state not in ('EXPECTED', 'NOT_EXPECTED')
          or (t.base_status in ('PROCESSING', 'SUCCESS')) = (d.base in ('PROCESSING', 'SUCCESS'))`;

/** Until when something has to be answered about it, of all that is disputed; nothing has once the money is back. */
const terms = (rows: string) => `
  update transactions.disputed d set respond_by = s.respond_by
  from (
    select q.merchant_id, q.family, q.id,
      min(n.respond_by) filter (where n.stage = 'OPEN' and t.dispute_state <> 'WON') as respond_by
    from ${rows} w
    join transactions.disputed q on q.merchant_id = w.merchant_id and q.family = w.family and q.id = w.id
    join transactions.transaction t on t.merchant_id = q.merchant_id and t.family = q.family and t.id = q.id
    left join transactions.dispute n
      on n.merchant_id = q.merchant_id and n.family = q.family and n.transaction_id = q.id
    group by q.merchant_id, q.family, q.id
  ) s
  where d.merchant_id = s.merchant_id and d.family = s.family and d.id = s.id and d.respond_by is distinct from s.respond_by`;

const CLAIMED_SALE = `e.source = 'RECONCILER' and e.kind in ('SALE', 'CAPTURE') and e.supersedes_id is null
          and not exists (
            select from transactions.transaction_event r
            where r.merchant_id = e.merchant_id and r.transaction_id = e.transaction_id and r.supersedes_id = e.id)`;

function derive(touched: string): string {
  return `
  with asked_about as materialized (
    select distinct merchant_id, family, transaction_id as id from transactions.dispute where stage <> 'OVER'
  ), evidence as (
    select t.merchant_id, t.family, t.id, t.type, t.currency, t.amount_minor,
      coalesce(d.outcome, 'PROCESSING') as base, coalesce(d.precedence, 7) as rule, d.id as decider,
      coalesce(s.captures, least(s.settled, t.amount_minor), t.amount_minor) as capturable, coalesce(s.manual, false) as manual
    from ${touched} w
    cross join lateral (
      select t.merchant_id, t.family, t.id, t.type, t.currency, t.amount_minor from transactions.transaction t
      where t.merchant_id = w.merchant_id and t.family = w.family and t.id = w.id offset 0
    ) t
    left join lateral (
      select e.id, e.outcome, e.precedence from transactions.transaction_event e
      where e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.precedence is not null
        and not exists (
          select from transactions.transaction_event r
          where r.merchant_id = e.merchant_id and r.transaction_id = e.transaction_id and r.supersedes_id = e.id)
      order by ${DECIDER_ORDER} limit 1
    ) d on true
    left join lateral (
      select bool_or(e.source = 'USER') as manual,
        -- A capture that is told again, once it is paid out or by another source, is the same capture.
        case when bool_or(e.kind = 'CAPTURE') then (select sum(once.amount_minor) from (
          select distinct c.occurred_at, c.amount_minor from transactions.transaction_event c
          where c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.kind = 'CAPTURE'
            and c.outcome = 'SUCCESS' and c.source <> 'RECONCILER') once) end as captures,
        -- Nobody told of captures, but several lines were claimed: they say what was captured.
        case when count(*) filter (where ${CLAIMED_SALE}) > 1
          then sum(e.amount_minor) filter (where ${CLAIMED_SALE}) end as settled
      from transactions.transaction_event e
      where e.merchant_id = t.merchant_id and e.transaction_id = t.id
    ) s on true
  ), money as (
    select e.*, case when base = 'SUCCESS' then capturable else 0 end as captured,
      coalesce(c.refunded, 0) as refunded, coalesce(c.charged_back, 0) as charged_back, c.chargebacks,
      coalesce(c.pending, 0) as pending
    from evidence e
    left join lateral (
      select sum(amount_minor) filter (where child.type = 'REFUND' and child.base_status = 'SUCCESS') as refunded,
        sum(case child.type when 'CHARGEBACK' then amount_minor when 'CHARGEBACK_REVERSAL' then -amount_minor end)
          filter (where child.base_status = 'SUCCESS') as charged_back,
        count(*) filter (where child.type = 'CHARGEBACK' and child.base_status = 'SUCCESS') as chargebacks,
        -- Whether it will have been paid nobody knows yet, so its room is taken until somebody does.
        sum(amount_minor) filter (where child.type = 'REFUND' and child.base_status <> 'SUCCESS') as pending
      from transactions.transaction child
      where child.merchant_id = e.merchant_id and child.family = e.family and child.original_id = e.id
        and child.base_status in ('SUCCESS', 'PROCESSING', 'MANUAL_INTERVENTION')
        and child.superseded_by is null and child.currency = e.currency
    ) c on true
  ), derived as (
    select m.*,
      case when type <> 'SALE' or base <> 'SUCCESS' then base
        when charged_back > 0 then 'CHARGEBACK'
        when captured > 0 and refunded >= captured then 'REFUNDED'
        else base end as status,
      case when type <> 'SALE' or refunded <= 0 then 'NONE'
        when refunded < captured then 'PARTIAL' when refunded = captured then 'FULL' else 'OVER' end as refund_state,
      case when type <> 'SALE' then 'NONE'
        when coalesce(chargebacks, 0) = 0 then case when a.id is null then 'NONE' else 'INQUIRY' end
        when charged_back <= 0 then 'WON'
        when chargebacks > 1 then 'SECOND_CHARGEBACK' else 'OPEN' end as dispute_state
    from money m
    left join asked_about a on a.merchant_id = m.merchant_id and a.family = m.family and a.id = m.id
  )
  update transactions.transaction t set
    base_status = d.base, status = d.status, status_rule = d.rule, deciding_event = d.decider,
    certainty = case when d.rule <= 4 then 'DEFINITIVE' else 'INDETERMINATE' end,
    status_origin = case when d.rule = 5 then 'MANUAL' else 'AUTOMATIC' end, ever_manual = d.manual,
    captured_minor = d.captured, refunded_minor = d.refunded, charged_back_minor = d.charged_back,
    refunds_pending_minor = d.pending,
    refund_state = d.refund_state, dispute_state = d.dispute_state,
    reconciliation_state = case
      when ${KEEPS_STATE} then t.reconciliation_state
      when d.base in ('PROCESSING', 'SUCCESS') then 'EXPECTED' else 'NOT_EXPECTED' end,
    version = t.version + 1, ${STAMPED}
  from derived d
  where t.merchant_id = d.merchant_id and t.family = d.family and t.id = d.id
    and (t.base_status, t.status, t.status_rule, t.deciding_event, t.captured_minor, t.refunded_minor,
      t.charged_back_minor, t.refunds_pending_minor, t.refund_state, t.dispute_state, t.ever_manual, t.reconciliation_state)
      is distinct from (d.base, d.status, d.rule, d.decider, d.captured, d.refunded, d.charged_back, d.pending, d.refund_state,
        d.dispute_state, d.manual, case
          when ${KEEPS_STATE} then t.reconciliation_state
          when d.base in ('PROCESSING', 'SUCCESS') then 'EXPECTED' else 'NOT_EXPECTED' end)`;
}
