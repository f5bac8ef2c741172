import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { usualDelay } from "./delays.ts";

/**
 * Fills `expecting`, the providers whose settlement files a merchant gets, with the day they go up to; and `subject`, the
 * transactions that have to be judged, each with what its reconciliation state should be as of the day.
 */
export async function loadSubjects(transaction: Transaction, merchantId: string, asOf: string): Promise<void> {
  await transaction.query(EXPECTING, [merchantId]);
  const [last] = await transaction.query<{ since: string; open_from: string }>(LAST, [merchantId]);
  if (last) await transaction.query(IN_QUESTION, [merchantId, last.since, last.open_from]);
  else await transaction.query(ALL_IN_QUESTION, [merchantId]);
  await transaction.changeAll(
    [RELATIVES, "analyze in_question", SUBJECT, `analyze subject (${COMPARED})`],
    [merchantId, asOf],
  );
}

/** An account at a provider is there for its files to be placed by, so it says that they will come. */
const EXPECTING = `
  create temporary table expecting on commit drop as
  select provider, max(until) as until from (
    select provider, max(booking_date) as until from reconciliation.settlement_batch where merchant_id = $1 group by 1
    union all select provider, null from accounts.provider_account where merchant_id = $1
    union all select provider, null from reconciliation.usual_delay where merchant_id = $1 and source = 'CONFIGURED'
  ) named group by provider`;

/** A sale that was settled, and that no money went back from, is no question any more. */
const IN_QUESTION_STILL = `(t.reconciliation_state in ('EXPECTED', 'MISSING')
    or t.reconciliation_state = 'NOT_EXPECTED' and t.base_status in ('PROCESSING', 'SUCCESS')
    or t.type <> 'SALE' or t.ever_manual or t.refunded_minor > 0 or t.charged_back_minor > 0)`;

const EVER = "-infinity";

/**
 * What a writer recorded stands under the merchant's lock; the seconds are for clocks that were set back. Asked by
 * itself, since a plan knows how little it will find only where it knows these two times.
 */
const LAST = `
  select (a.assessed_at - interval '10 seconds')::text as since,
    case when a.expecting <> array(select provider from expecting order by provider) then '${EVER}'
      else coalesce(a.open_from::text, 'infinity') end as open_from
  from reconciliation.assessment a where a.merchant_id = $1`;

/** What is named more than once is left out at the end, of the few that are in question. */
const IN_QUESTION = `
  create temporary table in_question on commit drop as
  with named as (
    select e.transaction_id as id from transactions.transaction_event e
    where e.merchant_id = $1 and e.recorded_at >= $2::timestamptz
    union all
    select d.transaction_id from reconciliation.discrepancy d
    where d.merchant_id = $1 and d.state <> 'RESOLVED' and d.transaction_id is not null
    union all
    select unnest(d.candidates) from reconciliation.discrepancy d
    where d.merchant_id = $1 and d.resolved_at >= $2::timestamptz
  )
  select t.family, t.id, t.original_id from named n
  join transactions.transaction t on t.merchant_id = $1 and ${inAnyFamily("t")} and t.id = n.id
  where ${IN_QUESTION_STILL}
  union
  select t.family, t.id, t.original_id from transactions.transaction t
  where t.merchant_id = $1 and t.superseded_by is null and t.occurred_at >= $3::timestamptz
    and t.reconciliation_state in ('EXPECTED', 'NOT_EXPECTED') and ${IN_QUESTION_STILL}`;

/** The first time all is looked at, and to go by way of all that was recorded would only take longer. */
const ALL_IN_QUESTION = `
  create temporary table in_question on commit drop as
  select t.family, t.id, t.original_id from transactions.transaction t where t.merchant_id = $1 and ${IN_QUESTION_STILL}`;

/**
 * What was refunded or charged back is told of the sale, and what became of the sale is told of its refund. A sale is looked
 * up by its key: joined, the planner reads all that the merchant has, in the order of the key, which is none of the table's.
 */
const RELATIVES = `
  insert into in_question (family, id)
  select o.family, o.id
  from in_question q
  cross join lateral (
    select o.family, o.id from transactions.transaction o
    where o.merchant_id = $1 and o.family = q.family and o.id = q.original_id offset 0
  ) o
  where q.original_id is not null
  union
  select c.family, c.id
  from in_question q
  join transactions.transaction c on c.merchant_id = $1 and c.family = q.family and c.original_id = q.id
  except select family, id from in_question`;

/** Files of a day come on the day after it. */
const DELIVERY_DAYS = 1;

/** What is looked for among the subjects: to sample all that is told of them takes longer than what it serves. */
const COMPARED = "family, id, type, base_status, listed, state_now, state_before";

const SUBJECT = `
  create temporary table subject on commit drop as
  select t.merchant_id, t.family, t.id, t.provider, t.account, t.type, t.base_status, t.status_rule, t.status_origin,
    t.ever_manual, t.occurred_at, t.business_date, t.currency, t.amount_minor, t.captured_minor, t.refunded_minor,
    t.charged_back_minor, t.refund_state, t.original_id, t.original_reference, t.psp_reference, t.ticket,
    t.reconciliation_state as state_before, t.superseded_by is null as listed, e.until as files_until,
    u.source as delay_source, u.business_days + ${DELIVERY_DAYS} as usual_days,
    case
      when t.reconciliation_state not in ('EXPECTED', 'NOT_EXPECTED', 'MISSING') or t.superseded_by is not null
        then t.reconciliation_state
      when t.base_status not in ('PROCESSING', 'SUCCESS') or e.provider is null then 'NOT_EXPECTED'
      when concord.business_days($2::date) - concord.business_days(t.business_date)
        > u.business_days + ${DELIVERY_DAYS} then 'MISSING'
      else 'EXPECTED' end as state_now
  from in_question q
  -- By key of each: the planner would rather read all transactions that the merchant has.
  cross join lateral (
    select * from transactions.transaction t
    where t.merchant_id = $1 and t.family = q.family and t.id = q.id offset 0
  ) t
  left join expecting e on e.provider = t.provider
  cross join ${usualDelay("SETTLEMENT", { provider: "t.provider", account: "t.account" })}`;
