import type { DataSource } from "typeorm";
import { inScope, JOB_LIMITS, type Transaction } from "../database/scope.ts";
import { ALL_TRANSACTIONS } from "../store/all-transactions.ts";
import { SUMMED, SUMMED_BY, sumsByHour } from "./hour-facts.ts";

/**
 * Sums the stale hours of a merchant anew, some hundred at a time and each lot in a transaction of its own, and answers
 * how many there were. It waits for no import or run: the marks are taken away before the rows are read, so whatever is
 * written and marked meanwhile leaves its hour stale, for the next time. Where another process sums the same merchant's
 * hours, it does.
 */
export async function foldHours(database: DataSource, merchantId: string): Promise<number> {
  const scope = { merchants: [merchantId], user: FOLDER };
  let folded = 0;
  for (;;) {
    const hours = await inScope(database, scope, (transaction) => foldLot(transaction, merchantId), {
      ...JOB_LIMITS,
      joinsAll: ALL_TRANSACTIONS,
    });
    folded += hours;
    if (hours < LOT) return folded;
  }
}

/** The same for every merchant that has stale hours. */
export async function foldAllHours(database: DataSource): Promise<number> {
  const scope = { merchants: [], user: FOLDER };
  const stale = await inScope(database, scope, ({ query }) =>
    query<{ merchant_id: string }>("select distinct merchant_id from transactions.stale_hour order by 1"),
  );
  let folded = 0;
  for (const { merchant_id: merchantId } of stale) folded += await foldHours(database, merchantId);
  return folded;
}

const FOLDER = "system:worker";
const LOT = 500;
const HOUR_MS = 3_600_000;

async function foldLot(transaction: Transaction, merchantId: string): Promise<number> {
  const [turn] = await transaction.query<{ taken: boolean }>(TURN, [merchantId]);
  if (!turn?.taken) return 0;
  // Each of these sees what was committed by the one before it; the rows are read last.
  const [taken] = await transaction.query<{ hours: readonly Date[] }>(TAKE, [merchantId, LOT]);
  const hours = taken?.hours ?? [];
  if (hours.length === 0) return 0;
  await transaction.query("delete from transactions.hour_sum where merchant_id = $1 and hour = any($2)", [
    merchantId,
    hours,
  ]);
  await transaction.query(SUM, [merchantId, hours, hours.map((hour) => new Date(hour.getTime() + HOUR_MS))]);
  return hours.length;
}

const TURN = "select pg_try_advisory_xact_lock(hashtextextended($1, 4211)) as taken";

/**
 * The latest hours first: they are looked at most. Not a join, in which each mark would be held against each hour where the
 * planner expects few of them.
 */
const TAKE = `
  with gone as (
    delete from transactions.stale_hour s
    where s.merchant_id = $1 and s.hour = any (array(
      select distinct hour from transactions.stale_hour where merchant_id = $1 order by hour desc limit $2))
    returning s.hour
  )
  select coalesce(array_agg(distinct hour), '{}') as hours from gone`;

/**
 * Hour by hour, each by the index of the merchant's time. An end that is reckoned in SQL would be compared after row
 * security only, and so with every row before it.
 */
const SUM = `
  insert into transactions.hour_sum (merchant_id, hour, nth, ${SUMMED_BY.join(", ")}, count, ${SUMMED.join(", ")})
  select s.merchant_id, s.hour, row_number() over (partition by s.hour), ${SUMMED_BY.map((column) => `s.${column}`).join(", ")},
    s.count, ${SUMMED.map((column) => `s.${column}`).join(", ")}
  from (${sumsByHour(`unnest($2::timestamptz[], $3::timestamptz[]) as h (hour, until)
    cross join lateral (
      select * from transactions.transaction t
      where t.merchant_id = $1 and t.occurred_at >= h.hour and t.occurred_at < h.until offset 0
    ) t`)}) s`;
