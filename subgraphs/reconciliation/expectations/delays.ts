import type { Transaction } from "../../shared/database/scope.ts";

/** From a purchase to the line that settles it, from there to the payout, and from there to the bank's entry. */
export const DELAY_STEPS = ["SETTLEMENT", "PAYOUT", "BANK"] as const;
export type DelayStep = (typeof DELAY_STEPS)[number];

/** Bank days from a purchase to its line until a merchant's own files say better; by the providers' own terms. */
const SETTLEMENT_DAYS: Readonly<Record<string, number>> = {
  adyen: 5,
  amex: 5,
  "bancontact-pro": 2,
  "ccv-pay": 3,
  edenred: 2,
  monizze: 2,
  paypal: 3,
  pluxee: 2,
  stripe: 7,
};
const OTHERS: Readonly<Record<DelayStep, number>> = { SETTLEMENT: 5, PAYOUT: 5, BANK: 3 };

/** Fewer purchases than these say nothing about what is usual. */
export const FEWEST_OBSERVATIONS = 20;

/** Providers change their terms: what is older than this is not usual any more. */
const MONTHS = 3;

/** Counts how long the purchases of `claimed` took. Those that were inferred from their own line took no time to see. */
export async function observeDelays(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query(OBSERVE, [merchantId]);
}

/** Writes what is usual as of a day: the 95th percentile of what was observed in three months, by account and over all. */
export async function learnDelays(transaction: Transaction, merchantId: string, asOf: string): Promise<void> {
  await transaction.query(FORGET, [merchantId, asOf]);
  await transaction.query(LEARN, [merchantId, asOf]);
}

/**
 * Fills `usual (provider, account, step, business_days, source, rank)`: the lowest rank is what holds for an account.
 * What a person configured stands above what was learnt, and an account above the provider's others.
 */
export async function loadDelays(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query(`create temporary table usual on commit drop as ${USUAL_DELAYS}`, [merchantId]);
}

/** A lateral join over `usual`: the usual delay `u` of provider and account, or the one to begin with. */
export function usualDelay(step: DelayStep, { provider, account }: { provider: string; account: string }): string {
  const known = step === "SETTLEMENT" ? `('${JSON.stringify(SETTLEMENT_DAYS)}'::jsonb ->> ${provider})::int, ` : "";
  return `lateral (
    select business_days, source from (
      select business_days, source, rank from usual
      where provider = ${provider} and step = '${step}' and account in (coalesce(${account}, ''), '')
      union all select coalesce(${known}${OTHERS[step]}), 'DEFAULT', 5
    ) each_source order by rank limit 1
  ) u`;
}

const OBSERVE = `
  insert into reconciliation.delay_observation as o (merchant_id, provider, account, month, business_days, observed)
  select $1, provider, account, date_trunc('month', booking_date)::date,
    greatest(concord.business_days(booking_date) - concord.business_days(business_date), 0), sum(lines)
  from (
    -- Days are few and claims are many.
    select provider, account, booking_date, business_date, count(*) as lines from claimed
    where effect = 'SALE' and stage <> 'SETTLEMENT_ONLY' and part = 1
    group by provider, account, booking_date, business_date
  ) d
  group by 2, 3, 4, 5
  on conflict (merchant_id, provider, account, month, business_days) do update set
    observed = o.observed + excluded.observed`;

/** How long each account took of late, by step: bank days and how often. $1: merchant, $2: as of. */
export const RECENT = `
  select provider, account, 'SETTLEMENT' as step, business_days, sum(observed) as observed
  from reconciliation.delay_observation
  where merchant_id = $1 and month >= date_trunc('month', $2::date) - interval '${MONTHS} months' and month <= $2::date
  group by provider, account, business_days
  union all
  select p.provider, p.account, 'PAYOUT',
    greatest(concord.business_days(p.value_date) - concord.business_days(b.booking_date), 0), count(*)
  from reconciliation.settlement_batch b
  join reconciliation.payout p on p.merchant_id = b.merchant_id and p.id = b.payout_id and p.value_date is not null
  where b.merchant_id = $1 and b.booking_date between $2::date - ${31 * MONTHS} and $2::date
  group by 1, 2, 4
  union all
  select p.provider, p.account, 'BANK',
    greatest(concord.business_days(e.booking_date) - concord.business_days(p.expected), 0), count(*)
  from (
    select p.merchant_id, p.id, p.provider, p.account, coalesce(p.value_date, max(b.booking_date)) as expected
    from reconciliation.settlement_batch b
    join reconciliation.payout p on p.merchant_id = b.merchant_id and p.id = b.payout_id
    where b.merchant_id = $1 and b.booking_date between $2::date - ${31 * MONTHS} and $2::date
    group by p.merchant_id, p.id, p.provider, p.account, p.value_date
  ) p
  join reconciliation.payout_credit c
    on c.merchant_id = p.merchant_id and c.payout_id = p.id and c.way = 'PAID' and c.released_at is null
  join reconciliation.bank_entry e on e.merchant_id = c.merchant_id and e.id = c.bank_entry_id
  group by 1, 2, 4`;

/** A payout is one a day at most, so that a month of them must do. */
const LEARN = `
  insert into reconciliation.usual_delay (merchant_id, provider, account, step, source, business_days, observations, set_by)
  with of_account as materialized (${RECENT}), recent as (
    select provider, account, step, business_days, observed from of_account
    union all select provider, '', step, business_days, observed from of_account where account <> ''
  ), running as (
    select provider, account, step, business_days,
      sum(sum(observed)) over (partition by provider, account, step order by business_days) as up_to,
      sum(sum(observed)) over (partition by provider, account, step) as total
    from recent group by provider, account, step, business_days
  )
  select $1, provider, account, step, 'LEARNT', least(min(business_days), 366), min(total), 'system:worker'
  from running
  where up_to * 100 >= total * 95 and total >= ${FEWEST_OBSERVATIONS}
  group by provider, account, step
  on conflict (merchant_id, provider, account, step, source) do update set business_days = excluded.business_days,
    observations = excluded.observations, set_at = clock_timestamp()`;

const FORGET = `
  delete from reconciliation.usual_delay u
  where u.merchant_id = $1 and u.source = 'LEARNT' and u.step = 'SETTLEMENT' and u.account <> ''
    and not exists (select from reconciliation.delay_observation o
      where o.merchant_id = u.merchant_id and o.provider = u.provider and o.account = u.account
        and o.month >= date_trunc('month', $2::date) - interval '${MONTHS} months')`;

/** What a merchant has of delays; its parameter is the merchant. */
export const USUAL_DELAYS = `
  select provider, account, step, business_days, source,
    case source when 'CONFIGURED' then 0 else 2 end + case account when '' then 2 else 1 end as rank
  from reconciliation.usual_delay where merchant_id = $1`;
