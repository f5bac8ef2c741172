import type pg from "pg";

/** Rows for one merchant: `count` cases, each of at most one line and one transaction. */
export type Fill = { readonly merchantId: string; readonly count: number };

/**
 * Writes what an import of reports and settlement files would have left, by SQL: transactions that are on their way, an
 * event each, and the lines that book them. In every thousand, nine hundred lines name the transaction by the
 * provider's reference, and a few by each weaker key; the rest are ambiguous, unequal, reported twice, or on one side only.
 */
export async function fill(client: pg.Client, { merchantId, count }: Fill): Promise<void> {
  await client.query(PLAN, [merchantId, count]);
  await client.query("analyze planned");
  for (const statement of [TRANSACTIONS, EVENTS, LINES, PAYOUTS, BATCHES]) await client.query(statement, [merchantId]);
  await client.query("drop table planned");
}

/** Orders a run over everything that is open. */
export async function orderRun(client: pg.Client, { merchantId, runId }: { merchantId: string; runId: string }) {
  await client.query(
    `insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
     values ($1, $2, $2, 'COMMIT', 'USER', 'bench')`,
    [merchantId, runId],
  );
}

/** One row a case, in the order of time; `place` says what the case is of. */
const PLAN = `
  create temporary table planned as
  select i, place, provider, family, currency, account, place between 860 and 899 as refund,
    concord.stable_id(prefix, provider, account, $1 || ' PSP ' || i) as expected_id,
    case when place between 900 and 969 then concord.stable_id(prefix, 'terminal', account, $1 || ' ' || i)
      else concord.stable_id(prefix, provider, account, $1 || ' PSP ' || i) end as transaction_id,
    concord.stable_id(prefix, provider, account, $1 || ' PSP ' || (i - 860)) as original_id,
    $1 || ' PSP ' || i as reference, at, 100 + (alike::bigint * 7919) % 9973 as minor,
    'ter_' || alike % 997 as terminal_id, lpad(((i::bigint * 104729) % 1000000)::text, 6, '0') as six,
    lpad(((i::bigint * 7907) % 10000)::text, 4, '0') as last4,
    provider || ' ' || currency || ' ' || at::date as batch
  from (
    select i, i % 1000 as place, case when i % 1000 between 965 and 969 then i / 1000 else i end as alike, timestamptz '2026-09-01 06:00Z' + case when i % 1000 between 965 and 969 then i - i % 1000 else i end * (interval '30 days' / $2::int) as at,
      case (i / 1000) % 10 when 8 then 'worldline' when 9 then 'edenred' else 'adyen' end as provider,
      case (i / 1000) % 10 when 9 then 'E_VOUCHER' else 'ACQUIRER' end as family,
      case (i / 1000) % 10 when 9 then 'evo' else 'acq' end as prefix,
      case when (i / 1000) % 10 in (6, 7) then 'GBP' else 'EUR' end as currency, 'bench' as account
    from generate_series(0, $2::int - 1) i
  ) numbered`;

const ONLY_LINE = "(place between 975 and 984 or place = 999)";
const ONLY_TRANSACTION = "(place between 985 and 994)";
const BY_ARN = "place between 900 and 919";
const BY_RRN = "place between 920 and 939";
const BY_AUTHORISATION = "place between 940 and 954";
const BY_ORDER = "place between 955 and 959";
const BY_EVIDENCE = "place between 960 and 964";
const AMBIGUOUS = "place between 965 and 969";

const TRANSACTIONS = `
  insert into transactions.transaction (merchant_id, family, id, provider, account, type, base_status, status, status_rule,
    certainty, status_origin, occurred_at, business_date, currency, amount_minor, reconciliation_state, payment_type,
    payment_method, brand, entry_mode, transaction_number, provider_reference, psp_reference, original_id,
    merchant_reference, authorisation_code, last4, arn, rrn, stan, location_id, terminal_id, deciding_event)
  select $1, family, transaction_id, provider, account, case when refund then 'REFUND' else 'SALE' end, outcome, outcome,
    case outcome when 'PROCESSING' then 7 when 'REFUSED' then 2 else 4 end,
    case outcome when 'PROCESSING' then 'INDETERMINATE' else 'DEFINITIVE' end, 'AUTOMATIC', at, at::date, currency, minor,
    case outcome when 'REFUSED' then 'NOT_EXPECTED' else 'EXPECTED' end, 'CARD', 'VISA', 'VISA', 'CONTACTLESS', reference,
    reference, case when place < 900 or place > 969 then reference end, case when refund then original_id end,
    case when ${BY_ORDER} then 'order ' || i end, case when ${BY_AUTHORISATION} then six end,
    case when ${BY_AUTHORISATION} or ${BY_EVIDENCE} then last4 when ${AMBIGUOUS} then '0000' end,
    case when ${BY_ARN} then lpad(i::text, 23, '7') end, case when ${BY_RRN} then lpad(i::text, 12, '0') end,
    case when ${BY_RRN} then six end, 'loc_1', terminal_id,
    case when outcome <> 'PROCESSING' then concord.stable_id('evt', transaction_id) end
  from (select *, case when place between 995 and 997 then 'SUCCESS' when place = 998 then 'REFUSED' else 'PROCESSING' end
    as outcome from planned) p
  where not ${ONLY_LINE}
  order by i`;

const EVENTS = `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty,
    precedence, outcome_rank, occurred_at, amount_minor, currency, raw_status, content_hash, file_id, line_number)
  select $1, t.id, concord.stable_id('evt', t.id), t.type, 'FILE', t.base_status, t.certainty,
    nullif(t.status_rule, 7), case t.base_status when 'SUCCESS' then 3 when 'REFUSED' then 4 else 0 end, t.occurred_at,
    t.amount_minor, t.currency, 'reported', concord.stable_id('sha', t.id), 'fil_reports', p.i
  from planned p join transactions.transaction t
    on t.merchant_id = $1 and t.family = p.family and t.id = p.transaction_id
  order by p.i`;

/** The ambiguous five are equal in all but the reference, and have two lines less, so that nothing makes them interchangeable. */
const LINES = `
  insert into reconciliation.settlement_line (merchant_id, id, file_id, line_number, content_hash, family, provider,
    account, kind, batch_id, payout_id, booking_date, value_date, occurred_at, business_date, currency, gross_minor,
    interchange_minor, scheme_fee_minor, fee_minor, net_minor, reference, expected_id, original_id, merchant_reference,
    authorisation_code, last4, arn, rrn, stan, payment_type, payment_method, brand, entry_mode, terminal_id, issuer, purse,
    requested_minor, raw_status)
  select $1, concord.stable_id('lin', $1, i::text), 'fil_settled', i, concord.stable_id('sha', $1, i::text), family,
    provider, account, case when refund then 'REFUND' else 'SALE' end, concord.stable_id('bat', $1, batch),
    concord.stable_id('pay', $1, batch), at::date + 1, at::date + 2, at, at::date, currency, gross,
    -(minor / 100), -1, -(minor / 100) - 1, gross - minor / 100 - 1,
    case when place = 999 then $1 || ' PSP ' || (i - 999) else reference end,
    case when place = 999 then concord.stable_id(left(expected_id, 3), provider, account, $1 || ' PSP ' || (i - 999))
      else expected_id end,
    case when refund then original_id end, case when ${BY_ORDER} then 'order ' || i end,
    case when ${BY_AUTHORISATION} then six end,
    case when ${BY_AUTHORISATION} or ${BY_EVIDENCE} then last4 when ${AMBIGUOUS} then '0000' end,
    case when ${BY_ARN} then lpad(i::text, 23, '7') end, case when ${BY_RRN} then lpad(i::text, 12, '0') end,
    case when ${BY_RRN} then six end, 'CARD', 'VISA', 'VISA', 'CONTACTLESS',
    case when place between 900 and 969 then terminal_id end, case when family = 'E_VOUCHER' then 'edenred' end,
    case when family = 'E_VOUCHER' then 'meal' end, case when family = 'E_VOUCHER' then minor end, 'Settled'
  from (select *, case when refund then -1 else 1 end * (minor + case when place between 970 and 974 then 5 else 0 end)
    as gross from planned) p
  where not ${ONLY_TRANSACTION} and place not in (966, 967)
  order by i`;

const SUMS = `
  select provider, currency, batch_id, payout_id, booking_date, count(*) as lines, sum(gross_minor) as gross,
    sum(fee_minor) as fee, sum(net_minor) as net
  from reconciliation.settlement_line where merchant_id = $1
  group by provider, currency, batch_id, payout_id, booking_date`;

const PAYOUTS = `
  insert into reconciliation.payout (merchant_id, id, provider, account, reference, currency, amount_minor, value_date,
    file_id, line_number, has_own_line)
  select $1, payout_id, provider, 'bench', payout_id, currency, net, booking_date + 1, 'fil_settled', 0, false
  from (${SUMS}) s`;

const BATCHES = `
  insert into reconciliation.settlement_batch (merchant_id, id, provider, account, batch, currency, booking_date,
    line_count, gross_minor, fee_minor, net_minor, payout_id)
  select $1, batch_id, provider, 'bench', batch_id, currency, booking_date, lines, gross, fee, net, payout_id
  from (${SUMS}) s`;
