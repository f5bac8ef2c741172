import { FEWEST_OBSERVATIONS, RECENT, USUAL_DELAYS, usualDelay } from "../expectations/delays.ts";

export const FORECAST_BASES = ["PAYOUT", "BATCH", "SALES"] as const;
export type ForecastBasis = (typeof FORECAST_BASES)[number];

/** What is to come of one provider, in one currency, on one day and for one reason; amounts signed, decimal text. */
export type ForecastRow = {
  readonly day: string;
  readonly provider: string;
  readonly currency: string;
  readonly basis: ForecastBasis;
  readonly certain: boolean;
  readonly count: number;
  readonly amount_minor: string;
  /** Bank days from the basis to the bank, and the weakest source that one of its steps is from. */
  readonly business_days: number | null;
  readonly source: "CONFIGURED" | "LEARNT" | "DEFAULT" | null;
  /** The day was to be earlier, and it did not come. */
  readonly late: boolean;
};

/** Money that was to be there longer ago than this is a discrepancy, and nothing to count on. */
const LOOK_BACK_DAYS = 60;
/** Fees are foreseen by what was kept of this many days' batches. */
const FEE_DAYS = 92;

const delay = (name: string, step: "SETTLEMENT" | "PAYOUT" | "BANK", row: string) => `
  cross join lateral (${`select * from ${usualDelay(step, { provider: `${row}.provider`, account: `${row}.account` })}`}) ${name}`;

/**
 * As `usual`, but half of what came took no longer: a day to count on and not one to complain after. What a person set
 * stands above it.
 */
const TYPICAL = `
  recent as (
    select provider, account, step, business_days, observed from (${RECENT}) each_account
    union all select provider, '', step, business_days, observed from (${RECENT}) all_accounts where account <> ''
  ), running as (
    select provider, account, step, business_days,
      sum(sum(observed)) over (partition by provider, account, step order by business_days) as up_to,
      sum(sum(observed)) over (partition by provider, account, step) as total
    from recent group by provider, account, step, business_days
  ), usual as (
    select provider, account, step, business_days, source, rank from (${USUAL_DELAYS}) set_by where source = 'CONFIGURED'
    union all
    select provider, account, step, min(business_days)::int, 'LEARNT', 2 + case account when '' then 2 else 1 end
    from running where up_to * 2 >= total and total >= ${FEWEST_OBSERVATIONS}
    group by provider, account, step
  )`;

/** A day, or the next one on which banks work. */
const BANK_DAY = (day: string) => `concord.business_day_after(${day} - 1, 1)`;

/** The weakest of several: what is foreseen is as good as that. */
const WEAKEST = (...names: readonly string[]) => `case
  when 'DEFAULT' in (${names.join(", ")}) then 'DEFAULT' when 'LEARNT' in (${names.join(", ")}) then 'LEARNT'
  else 'CONFIGURED' end`;

/**
 * Payouts that were announced and that no bank statement has. Where statements come, one is waited for until it is there;
 * without them it is taken to have come on its day.
 */
const PAYOUTS = `
  select p.id, p.provider, p.currency, 'PAYOUT' as basis, p.value_date is not null as certain, p.amount_minor,
    case when p.value_date is null then b.business_days end as business_days,
    case when p.value_date is null then b.source end as source,
    coalesce(p.value_date, concord.business_day_after(p.booked, b.business_days)) as due
  from (
    select p.*, g.booked from reconciliation.payout p
    join lateral (
      select max(b.booking_date) as booked from reconciliation.settlement_batch b
      where b.merchant_id = p.merchant_id and b.payout_id = p.id
    ) g on g.booked is not null or p.value_date is not null
    where p.merchant_id = $1 and p.amount_minor <> 0
      and coalesce(p.value_date, g.booked) >= $2::date - ${LOOK_BACK_DAYS}
      and not exists (select from reconciliation.payout_credit c
        where c.merchant_id = p.merchant_id and c.payout_id = p.id and c.released_at is null)
  ) p
  ${delay("b", "BANK", "p")}`;

/** What is settled and in no payout; where payouts are never named, it is taken to have been paid on its day. */
const BATCHES = `
  select s.id, s.provider, s.currency, 'BATCH', false, s.net_minor, p.business_days + b.business_days,
    ${WEAKEST("p.source", "b.source")},
    concord.business_day_after(concord.business_day_after(s.booking_date, p.business_days), b.business_days)
  from reconciliation.settlement_batch s
  ${delay("p", "PAYOUT", "s")}
  ${delay("b", "BANK", "s")}
  where s.merchant_id = $1 and s.payout_id is null and s.net_minor <> 0
    and s.booking_date between $2::date - ${LOOK_BACK_DAYS} and $2::date`;

/**
 * What was taken and not settled yet, less what went back, and less the share that the provider kept of late. Only
 * of what a settlement is expected for.
 */
const SALES = `
  select min(s.id), s.provider, s.currency, 'SALES', false,
    round(sum(s.signed_minor) * coalesce(max(k.net_minor) / nullif(max(k.gross_minor), 0), 1)),
    l.business_days + p.business_days + b.business_days, ${WEAKEST("l.source", "p.source", "b.source")},
    concord.business_day_after(concord.business_day_after(
      concord.business_day_after(s.business_date, l.business_days), p.business_days), b.business_days)
  from (
    select t.provider, coalesce(t.account, '') as account, t.currency, t.business_date, min(t.id) as id,
      sum(case when t.type in ('SALE', 'CHARGEBACK_REVERSAL') then 1 else -1 end *
        case when t.base_status = 'SUCCESS' and t.type = 'SALE' then t.captured_minor else t.amount_minor end) as signed_minor,
      count(*) as times
    from transactions.transaction t
    where t.merchant_id = $1 and t.superseded_by is null and t.reconciliation_state = 'EXPECTED'
      and t.base_status in ('SUCCESS', 'PROCESSING') and t.settled_currency is null
      and t.occurred_at >= $2::date - ${LOOK_BACK_DAYS} and t.occurred_at < $2::date + 2
    group by 1, 2, 3, 4
  ) s
  left join kept k on k.provider = s.provider and k.currency = s.currency
  ${delay("l", "SETTLEMENT", "s")}
  ${delay("p", "PAYOUT", "s")}
  ${delay("b", "BANK", "s")}
  group by s.provider, s.currency, s.business_date, l.business_days, p.business_days, b.business_days, l.source,
    p.source, b.source`;

/**
 * $1: merchant, $2: as of which day, $3: how many days ahead. What is late is looked for on the next bank day, as long
 * as anything would tell that it came.
 */
export const PAYOUT_FORECAST = `
  with ${TYPICAL}, kept as (
    select provider, currency, sum(net_minor) as net_minor, sum(gross_minor) as gross_minor
    from reconciliation.settlement_batch
    where merchant_id = $1 and gross_minor > 0 and booking_date between $2::date - ${FEE_DAYS} and $2::date
    group by 1, 2
  ), tells as (
    select exists (select from reconciliation.file_account a where a.merchant_id = $1 and a.provider = 'bank') as bank
  ), names as (
    select distinct provider from reconciliation.settlement_batch where merchant_id = $1 and payout_id is not null
  ), coming as (
    ${PAYOUTS}
    union all ${BATCHES}
    union all ${SALES}
  ), dated as (
    select c.*, c.due < $2::date as late, greatest(case when c.certain then c.due else ${BANK_DAY("c.due")} end, ${BANK_DAY("$2::date")}) as day
    from coming c cross join tells
    where c.due >= $2::date
      or case c.basis when 'PAYOUT' then tells.bank when 'BATCH' then c.provider in (select provider from names) else true end
  )
  select day::text, provider, currency, basis, certain, count(*)::int as count, sum(amount_minor)::bigint::text as amount_minor,
    max(business_days) as business_days, max(source) as source, late
  from dated where day < $2::date + $3::int
  group by day, provider, currency, basis, certain, late
  order by day, provider, currency, basis, late`;
