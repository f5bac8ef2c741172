/** Of the whole line; its effect and its money to match are made of these. */
const LINE_FIELDS = [
  ..."kind currency gross_minor net_minor interchange_minor scheme_fee_minor markup_minor".split(" "),
  ..."commission_minor tax_minor processing_minor processing_currency batch_id payout_id booking_date value_date".split(
    " ",
  ),
  ..."occurred_at payment_type payment_method brand entry_mode last4 merchant_reference ticket".split(" "),
  ..."authorisation_code original_id location_id terminal_id".split(" "),
];

const TRANSACTION_FIELDS = [
  ..."type base_status status_origin currency amount_minor occurred_at payment_method brand entry_mode".split(" "),
  ..."last4 merchant_reference ticket authorisation_code rrn stan original_id location_id terminal_id".split(" "),
];

/**
 * Pairs what nothing tells apart and nobody needs to: as many lines as transactions, each a candidate of each, the lines
 * equal among themselves in everything that is paid or reported and the transactions too. Whichever way they are paired,
 * every figure and every row a person sees is the same, so they are paired in the order of their ids, and each claim says
 * with how many it was interchangeable. Of unequal numbers none is paired: which one is too many would be a guess.
 */
export const INTERCHANGEABLE = `
  with doubt as materialized (
    select distinct c.line_id, c.transaction_id
    from candidate c
    join loose_line l on l.id = c.line_id
    join open_transaction t on t.id = c.transaction_id
  ), by_line as (
    select line_id, array_agg(transaction_id order by transaction_id) as transactions from doubt group by line_id
  ), by_transaction as (
    select transaction_id, array_agg(line_id order by line_id) as lines from doubt group by transaction_id
  ), closed as materialized (
    select transactions, array_agg(line_id order by line_id) as lines
    from by_line
    group by transactions
    having count(*) = cardinality(transactions)
  ), member as (
    select c.transactions, c.lines, place.line_id, place.transaction_id
    from closed c cross join unnest(c.lines, c.transactions) as place (line_id, transaction_id)
  ), alike as (
    select m.transactions
    from member m
    join loose_line o on o.id = m.line_id
    join reconciliation.settlement_line l on l.merchant_id = o.merchant_id and l.id = o.id
    join open_transaction t on t.id = m.transaction_id
    join by_transaction b on b.transaction_id = m.transaction_id
    group by m.transactions
    having count(distinct (${LINE_FIELDS.map((field) => `l.${field}`).join(", ")})) = 1
      and count(distinct (${TRANSACTION_FIELDS.map((field) => `t.${field}`).join(", ")})) = 1
      and bool_and(b.lines = m.lines)
  )
  select m.line_id, m.transaction_id, t.family, 'INTERCHANGEABLE' as stage, t.base_status as prior_base,
    jsonb_build_object('interchangeable', cardinality(m.lines)) as evidence
  from member m
  join alike using (transactions)
  join open_transaction t on t.id = m.transaction_id`;
