import { usualDelay } from "./delays.ts";

/** Older payouts than this are looked at only while one of these discrepancies about them is open. */
const LOOK_BACK_DAYS = 120;

/** Payouts `p` with what their batches sum to, and the day that the money is to leave on. */
const PAYOUTS = `(
    select p.*, coalesce(p.value_date, b.booked) as expected, b.net_minor, b.lines
    from (
      select b.payout_id from reconciliation.settlement_batch b
      where b.merchant_id = $1 and b.payout_id is not null and b.booking_date >= $2::date - ${LOOK_BACK_DAYS}
      union select d.payout_id from reconciliation.discrepancy d
      where d.merchant_id = $1 and d.state <> 'RESOLVED' and d.type in ('MISSING_PAYOUT', 'BATCH_DOES_NOT_FOOT')
    ) v
    join reconciliation.payout p on p.merchant_id = $1 and p.id = v.payout_id
    cross join lateral (
      select max(b.booking_date) as booked, sum(b.net_minor)::bigint as net_minor, sum(b.line_count)::bigint as lines
      from reconciliation.settlement_batch b
      where b.merchant_id = p.merchant_id and b.payout_id = p.id and b.currency = p.currency
    ) b
  ) p`;

/** Only where the merchant gives us the bank's statements can an entry be missing from them. */
const NOT_AT_THE_BANK = `
  select 'MISSING_PAYOUT', p.id, p.provider, null, null, p.id, null, '{}'::text[], p.currency, abs(p.amount_minor),
    format('payout %s of %s %s, due out on %s, is not on a bank statement; it takes %s bank days as a rule (%s), so it was due by %s; statements have come up to %s',
      p.reference, concord.decimal_text(p.amount_minor, p.currency), p.currency, p.expected, u.business_days + 1, lower(u.source),
      concord.business_day_after(p.expected, u.business_days + 1), bank.until)
  from ${PAYOUTS}
  cross join (select max(a.last_date) as until from reconciliation.file_account a
    where a.merchant_id = $1 and a.provider = 'bank') bank
  cross join ${usualDelay("BANK", { provider: "p.provider", account: "p.account" })}
  where bank.until is not null and p.amount_minor <> 0
    and concord.business_days($2::date) - concord.business_days(p.expected) > u.business_days + 1
    and not exists (select from reconciliation.payout_credit c
      where c.merchant_id = p.merchant_id and c.payout_id = p.id and c.way = 'PAID' and c.released_at is null)`;

/** Only where the provider names its payouts; some never do, and pay all the same. */
const NOT_PAID_OUT = `
  select 'MISSING_PAYOUT', b.id, b.provider, null, null, null, b.id, '{}'::text[], b.currency, abs(b.net_minor),
    format('batch %s of %s %s, booked %s, is in no payout; it takes %s bank days as a rule (%s), so it was due by %s',
      b.batch, concord.decimal_text(b.net_minor, b.currency), b.currency, b.booking_date, u.business_days + 1, lower(u.source),
      concord.business_day_after(b.booking_date, u.business_days + 1))
  from reconciliation.settlement_batch b
  cross join ${usualDelay("PAYOUT", { provider: "b.provider", account: "b.account" })}
  where b.merchant_id = $1 and b.payout_id is null and b.net_minor <> 0
    and (b.booking_date between $2::date - ${LOOK_BACK_DAYS} and $2::date or b.id in (
      select d.batch_id from reconciliation.discrepancy d
      where d.merchant_id = $1 and d.state <> 'RESOLVED' and d.type = 'MISSING_PAYOUT'))
    and concord.business_days($2::date) - concord.business_days(b.booking_date) > u.business_days + 1
    and exists (select from reconciliation.settlement_batch o
      where o.merchant_id = b.merchant_id and o.provider = b.provider and o.account = b.account
        and o.payout_id is not null)`;

/** Rounding is less than a minor unit a line; a payout that only its lines name is their sum by itself. */
const DOES_NOT_FOOT = `
  select 'BATCH_DOES_NOT_FOOT', p.id, p.provider, null, null, p.id, null, '{}'::text[], p.currency,
    abs(p.amount_minor - p.net_minor),
    format('payout %s is %s %s and its %s lines sum to %s: %s are not explained', p.reference,
      concord.decimal_text(p.amount_minor, p.currency), p.currency, p.lines, concord.decimal_text(p.net_minor, p.currency),
      concord.decimal_text(p.amount_minor - p.net_minor, p.currency))
  from ${PAYOUTS}
  where p.has_own_line and p.lines > 0 and 2 * abs(p.amount_minor - p.net_minor) > p.lines`;

export const MONEY_ON_ITS_WAY: readonly string[] = [NOT_AT_THE_BANK, NOT_PAID_OUT, DOES_NOT_FOOT];
