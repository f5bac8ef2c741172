import type { CellKind } from "./export-columns.ts";

type JournalCell = { readonly name: JournalColumn; readonly kind: CellKind; readonly sql: string };
export type JournalColumn =
  | "DATE"
  | "ACCOUNT"
  | "REFERENCE"
  | "DEBIT"
  | "CREDIT"
  | "CURRENCY"
  | "FEE"
  | "PAYOUT_REFERENCE"
  | "PROVIDER"
  | "MERCHANT_REFERENCE"
  | "LINE_ID"
  | "MERCHANT_ID";

const written = (column: string) => `translate(${column}, chr(31), ' ')`;

/** Accounts keep the schema's words in every language: an accounting program is told once which of its own they are. */
export const JOURNAL_CELLS: readonly JournalCell[] = [
  { name: "DATE", kind: "date", sql: "booking.day" },
  { name: "ACCOUNT", kind: "text", sql: "booking.account" },
  { name: "REFERENCE", kind: "text", sql: written("booking.reference") },
  { name: "DEBIT", kind: "money", sql: "booking.debit" },
  { name: "CREDIT", kind: "money", sql: "booking.credit" },
  { name: "CURRENCY", kind: "text", sql: "booking.currency" },
  { name: "FEE", kind: "money", sql: "booking.fee" },
  { name: "PAYOUT_REFERENCE", kind: "text", sql: written("booking.payout_reference") },
  { name: "PROVIDER", kind: "text", sql: "booking.provider" },
  { name: "MERCHANT_REFERENCE", kind: "text", sql: written("booking.merchant_reference") },
  { name: "LINE_ID", kind: "text", sql: "booking.line_id" },
  { name: "MERCHANT_ID", kind: "text", sql: "booking.merchant_id" },
];

/** Payout by payout: its lines as the provider booked them, each with its fee, then the bank, then what is left over. */
export const JOURNAL_ORDER = "day, merchant_id, payout_id, position, booked, line_id, account";

/**
 * Of each payout, by its own currency as its make-up is: money of a line as a credit (a debit where it is negative),
 * its fee as the contrary, the payout as a debit of the bank, and the residual that makes both sides equal. A payout's
 * day is its value date, or the last day that its lines were booked on. $1: merchants, $2 and $3: first and last day.
 */
export const JOURNAL_BOOKINGS = `
  with paid as (
    select p.merchant_id, p.id, p.provider, p.reference, p.currency, p.amount_minor, p.value_date
    from reconciliation.payout p where p.merchant_id = any($1::text[])
  ), line as (
    select p.merchant_id, p.id as payout_id, l.id, l.kind, l.gross_minor, l.fee_minor, l.net_minor, l.booking_date,
      l.reference, l.merchant_reference
    from paid p
    join reconciliation.settlement_batch b on b.merchant_id = p.merchant_id and b.payout_id = p.id
    join reconciliation.settlement_line l on l.merchant_id = b.merchant_id and l.batch_id = b.id
      and l.kind <> 'PAYOUT' and l.currency = p.currency
  ), chosen as (
    select p.*, coalesce(p.value_date, summed.last_day) as day, p.amount_minor - coalesce(summed.net, 0) as residual
    from paid p left join (
      select merchant_id, payout_id, max(booking_date) as last_day, sum(net_minor)::bigint as net from line group by 1, 2
    ) summed on summed.merchant_id = p.merchant_id and summed.payout_id = p.id
    where ($2::date is null or coalesce(p.value_date, summed.last_day) >= $2::date)
      and ($3::date is null or coalesce(p.value_date, summed.last_day) <= $3::date)
  ), signed as (
    select c.merchant_id, c.id as payout_id, c.day, 1 as position, l.booking_date as booked, l.kind as account, l.reference,
      l.gross_minor as amount,
      l.fee_minor as fee, l.merchant_reference, l.id as line_id, c.currency, c.reference as payout_reference, c.provider
    from chosen c join line l on l.merchant_id = c.merchant_id and l.payout_id = c.id
    union all
    select c.merchant_id, c.id, c.day, 1, l.booking_date, 'FEES', l.reference, l.fee_minor, null, l.merchant_reference,
      l.id, c.currency, c.reference, c.provider
    from chosen c join line l on l.merchant_id = c.merchant_id and l.payout_id = c.id where l.fee_minor <> 0
    union all
    select c.merchant_id, c.id, c.day, 2, null, 'BANK', c.reference, -c.amount_minor, null, null, null, c.currency,
      c.reference, c.provider
    from chosen c
    union all
    select c.merchant_id, c.id, c.day, 3, null, 'RESIDUAL', c.reference, c.residual, null, null, null, c.currency,
      c.reference, c.provider
    from chosen c where c.residual <> 0
  )
  select s.*, case when amount < 0 then -amount end as debit, case when amount > 0 then amount end as credit
  from signed s where amount <> 0`;
