import { EXPECTED_FEE } from "./expected-fee.ts";

/** Lines that were claimed since the last time, those of contracts that were loaded since, and those in doubt. */
const TO_CHECK = `
  with last as (
    select coalesce((select a.assessed_at - interval '10 seconds' from reconciliation.assessment a
      where a.merchant_id = $1), '-infinity') as since
  ), to_check as materialized (
    select c.line_id from reconciliation.claim c
    where c.merchant_id = $1 and c.match_id is null and c.made_at >= (select since from last) and c.released_at is null
    union
    select c.line_id from reconciliation.claim c
    where c.merchant_id = $1 and c.match_id is not null and c.made_at >= (select since from last) and c.released_at is null
    union
    select l.id
    from reconciliation.fee_contract f
    join reconciliation.settlement_batch b on b.merchant_id = f.merchant_id and b.provider = f.provider
      and b.booking_date >= f.valid_from and f.account in (b.account, '')
    join reconciliation.settlement_line l on l.merchant_id = b.merchant_id and l.batch_id = b.id
    where f.merchant_id = $1 and f.loaded_at >= (select since from last)
    union
    select coalesce(d.line_id, l.id) from reconciliation.discrepancy d
    left join reconciliation.settlement_line l
      on d.line_id is null and l.merchant_id = d.merchant_id and l.batch_id = d.batch_id
    where d.merchant_id = $1 and d.state <> 'RESOLVED' and d.type = 'FEE_VARIANCE'
  ), line as materialized (
    select l.* from to_check c
    join reconciliation.settlement_line l on l.merchant_id = $1 and l.id = c.line_id
  )`;

/** Of a whole number of minor units of `of`'s currency, and of millionths of one. */
const decimal = (of: "l" | "b", minor: string) => `concord.decimal_text(${minor}, ${of}.currency)`;
const exact = (of: "l" | "b", millionths: string) =>
  `concord.exact_decimal_text(${millionths} / 1000000::numeric, ${of}.currency)`;

const ARITHMETIC = `format('%s x %s %% + %s = %s%s', ${decimal("l", "abs(l.gross_minor)")},
      trim_scale(x.parts_per_million / 10000), ${exact("l", "x.fixed")},
      ${exact("l", "(abs(l.gross_minor) * x.parts_per_million + x.fixed)")},
      case x.millionths when x.minimum then format(', at least %s', ${exact("l", "x.minimum")})
        when x.maximum then format(', at most %s', ${exact("l", "x.maximum")}) else '' end)`;

const PASSED = `case when x.passed_minor <> 0
      then format(', besides %s passed through', ${decimal("l", "x.passed_minor")}) else '' end`;

const BY_LINE = `
  ${TO_CHECK}
  select 'FEE_VARIANCE', l.id, l.provider, l.id, c.transaction_id, null, l.batch_id, '{}'::text[], l.currency,
    abs(x.booked_minor - x.expected_minor),
    format('the contract (version %s) gives a fee of %s %s: %s, rounded half up; the line books %s%s: %s too %s',
      x.version, ${decimal("l", "x.expected_minor")}, l.currency, ${ARITHMETIC}, ${decimal("l", "x.booked_minor")}, ${PASSED},
      ${decimal("l", "abs(x.booked_minor - x.expected_minor)")},
      case when x.booked_minor > x.expected_minor then 'much' else 'little' end)
  from line l
  cross join ${EXPECTED_FEE}
  left join reconciliation.claim c
    on c.merchant_id = l.merchant_id and c.line_id = l.id and c.share = 1 and c.released_at is null
  where x.rounding = 'PER_LINE' and abs(x.booked_minor - x.expected_minor) > x.tolerance_minor`;

/** Exact fees are summed and rounded once, so all lines of a batch are needed, and not only those that are new. */
const BY_PAYOUT = `
  ${TO_CHECK}, batch as (
    select l.batch_id, min(l.provider) as provider, min(l.currency) as currency, x.contract_id, x.version,
      x.tolerance_minor, count(*) as lines, sum(x.millionths) as millionths, sum(x.booked_minor)::bigint as booked_minor,
      x.payout_minimum,
      div(greatest(sum(x.millionths), x.payout_minimum) + 500000, 1000000)::bigint as expected_minor
    from (select distinct batch_id from line) n
    join reconciliation.settlement_line l on l.merchant_id = $1 and l.batch_id = n.batch_id
    cross join ${EXPECTED_FEE}
    where x.rounding = 'PER_PAYOUT'
    group by l.batch_id, x.contract_id, x.version, x.tolerance_minor, x.payout_minimum
  )
  select 'FEE_VARIANCE', b.batch_id || ' ' || b.contract_id, b.provider, null, null, null, b.batch_id, '{}'::text[],
    b.currency, abs(b.booked_minor - b.expected_minor),
    format('the contract (version %s) gives fees of %s %s on %s lines: they sum to %s%s, rounded half up once; the lines book %s: %s too %s',
      b.version, ${decimal("b", "b.expected_minor")}, b.currency, b.lines, ${exact("b", "b.millionths")},
      case when b.payout_minimum > b.millionths then format(', at least %s', ${exact("b", "b.payout_minimum")})
        else '' end,
      ${decimal("b", "b.booked_minor")}, ${decimal("b", "abs(b.booked_minor - b.expected_minor)")},
      case when b.booked_minor > b.expected_minor then 'much' else 'little' end)
  from batch b
  where abs(b.booked_minor - b.expected_minor) > b.tolerance_minor`;

/** Statements that answer rows of `found`; their parameters are the merchant and the day. */
export const FEE_VARIANCES: readonly string[] = [BY_LINE, BY_PAYOUT];
