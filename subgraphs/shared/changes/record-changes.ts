import type { Transaction } from "../database/scope.ts";

/** The channel that wakes listeners; the payload is a merchant's id. */
export const CHANGE_CHANNEL = "transaction_change";

/**
 * Notes every transaction of the temporary table `touched` as changed, and wakes whoever listens once this commits. A
 * bulk of changes is one note: a person cannot follow thousands, and a view that is told so asks for the list again.
 */
export async function recordChanges(transaction: Transaction): Promise<void> {
  await transaction.query(RECORD, [BULK]);
  await transaction.query(
    `select pg_notify('${CHANGE_CHANNEL}', merchant_id) from (select distinct merchant_id from touched) changed`,
  );
  await transaction.query(FORGET);
}

/** So many changes of a merchant together, and none of them is named. */
export const BULK = 200;

const RECORD = `
  with changed as (
    select distinct merchant_id, id, count(*) over (partition by merchant_id) as together from touched
  )
  insert into delivery.transaction_change (merchant_id, transaction_id)
  select merchant_id, id from changed where together <= $1
  union all
  select distinct merchant_id, null from changed where together > $1`;

/** Kept for as long as a lost connection may take to come back. */
const FORGET = `
  delete from delivery.transaction_change c using (select distinct merchant_id from touched) t
  where c.merchant_id = t.merchant_id and c.changed_at < clock_timestamp() - interval '1 hour'`;
