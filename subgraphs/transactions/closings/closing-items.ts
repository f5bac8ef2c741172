import { COUNTED } from "../../shared/rollups/hour-facts.ts";

/** The columns that a transaction is counted by; what else changes of it is no matter of a closing. */
const STATE = [
  "type",
  "base_status",
  "status",
  "status_origin",
  "payment_method",
  "currency",
  "amount_minor",
  "captured_minor",
] as const;

const COLUMNS = ["occurred_at", "transaction_number", ...STATE].join(", ");
const of = (row: string) => STATE.map((column) => `${row}.${column}`).join(", ");

/** Transactions of the place `$4, $5` (location, terminal; null is any). $1: merchant. */
const HERE = `transactions.transaction t
  where t.merchant_id = $1 and ${COUNTED} and ($4::text is null or t.location_id = $4)
    and ($5::text is null or t.terminal_id = $5)`;

/** $2: closing, $3: chain, $6: its number, $7 and $8: from and to, $9: the closing's location. */
export const COUNT_OWN = `
  insert into transactions.closing_item (merchant_id, closing_id, chain, number, location_id, id, way, ${COLUMNS})
  select $1, $2, $3, $6::int, $9::text, t.id, 'OWN', ${COLUMNS}
  from ${HERE} and t.occurred_at >= $7 and t.occurred_at < $8`;

/**
 * What earlier closings of the chain counted, each transaction as the last of them that named it has it, beside what is
 * there now of the time from the chain's beginning ($8) to this closing's ($7). What was before is kept as text: a number in
 * JSON is not exact.
 */
export const COUNT_LATE = `
  with named as (
    select distinct on (i.id) i.* from transactions.closing_item i
    where i.merchant_id = $1 and i.chain = $3 and i.number < $6::int
    order by i.id, i.number desc, (i.way = 'REMOVED')
  ), counted as (select * from named where way <> 'REMOVED'),
  present as (select t.id, ${COLUMNS} from ${HERE} and t.occurred_at >= $8 and t.occurred_at < $7),
  late as (
    select case when c.id is null then 'ADDED' when p.id is null then 'REMOVED' else 'CHANGED' end as way,
      coalesce(p.id, c.id) as id, case when c.id is not null then jsonb_build_object(
        ${STATE.map((column) => `'${column}', c.${column}::text`).join(", ")}) end as before,
      ${["occurred_at", "transaction_number", ...STATE].map((column) => `coalesce(p.${column}, c.${column}) as ${column}`).join(", ")}
    from counted c full join present p on p.id = c.id
    where (${of("p")}) is distinct from (${of("c")})
  )
  insert into transactions.closing_item (merchant_id, closing_id, chain, number, location_id, id, way, before, ${COLUMNS})
  select $1, $2, $3, $6::int, $9::text, l.id, l.way, l.before, ${COLUMNS} from late l`;

/** One digest over every item of a closing. $1: merchant, $2: closing. */
export const ITEMS_DIGEST = `
  select count(*)::text as items, encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', i.id, i.way, i.occurred_at at time zone 'UTC',
    ${of("i")}, i.before), chr(10) order by i.id, i.way), ''), 'UTF8')), 'hex') as digest
  from transactions.closing_item i where i.merchant_id = $1 and i.closing_id = $2`;

/** A late item as the document shows it. */
export type LateItem = {
  readonly way: string;
  readonly transaction_number: string;
  readonly occurred_at: Date;
  readonly status: string;
  readonly before_status: string | null;
  readonly currency: string;
  readonly amount_minor: bigint;
};
