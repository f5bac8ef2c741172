import type { Transaction } from "../../shared/database/scope.ts";
import { COUNT_PAIRS } from "../matching/open-work.ts";

/** Days, both included, as ISO 8601 dates; null is open. */
export type Period = { readonly from: string | null; readonly to: string | null };

/**
 * Keeps of what the stages found only what is of the period: lines booked in it, and lines of transactions whose day of
 * business is in it. Everything was looked at before, since a partner outside the period is as good a reason for doubt
 * as one inside: a run over a part takes what a run over the whole would take of that part. Lines of one purchase stay
 * together.
 */
export async function keepToPeriod(transaction: Transaction, { from, to }: Period): Promise<void> {
  if (from === null && to === null) return;
  await transaction.query(COUNT_PAIRS);
  await transaction.query(IN_PERIOD, [from, to]);
  await transaction.query("analyze in_period");
  for (const [table, line] of TABLES) {
    await transaction.query(
      `delete from ${table} where not exists (select from in_period i where i.line_id = ${table}.${line})`,
    );
  }
}

const TABLES = [
  ["pair", "line_id"],
  ["candidate", "line_id"],
  ["mismatch", "line_id"],
  ["open_line", "id"],
] as const;

const within = (day: string) => `${day} between coalesce($1::date, '-infinity') and coalesce($2::date, 'infinity')`;

const IN_PERIOD = `
  create temporary table in_period on commit drop as
  with named as (
    select l.id, l.resolved_id, l.inferred_transaction
    from open_line l
    left join pair p on p.line_id = l.id
    left join transactions.transaction t
      on t.merchant_id = l.merchant_id and t.family = p.family and t.id = p.transaction_id
    where ${within("l.booking_date")} or ${within("t.business_date")}
  )
  select l.id as line_id from open_line l
  where l.id in (select id from named)
    or l.resolved_id in (select resolved_id from named)
    or l.inferred_transaction in (select inferred_transaction from named)`;
