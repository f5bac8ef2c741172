import type { Transaction } from "../database/scope.ts";

/** The channel that wakes listeners; the payload is a merchant's id. */
export const CHANGE_CHANNEL = "transaction_change";

/**
 * Notes every transaction of `changed`, a query of `merchant_id` and `id` with values from $2 on, as changed, and wakes whoever
 * listens once this commits. A bulk of changes is one note: a person cannot follow thousands, and a view that is told so asks for the list
 * again.
 */
export async function recordChanges(
  transaction: Transaction,
  changed = "select merchant_id, id from touched",
  values: readonly string[] = [],
): Promise<void> {
  await transaction.query(RECORD(changed), [BULK, ...values]);
}

/** So many changes of a merchant together, and none of them is named. */
export const BULK = 200;

/** Notes are kept for as long as a lost connection may take to come back. */
const RECORD = (changed: string) => `
  with changed as (
    select distinct merchant_id, id from (${changed}) c
  ), merchants as (
    select merchant_id, count(*) as together from changed group by merchant_id
  ), noted as (
    insert into delivery.transaction_change (merchant_id, transaction_id)
    select c.merchant_id, c.id from changed c join merchants m on m.merchant_id = c.merchant_id and m.together <= $1
    union all
    select merchant_id, null from merchants where together > $1
  ), forgotten as (
    delete from delivery.transaction_change c using merchants m
    where c.merchant_id = m.merchant_id and c.changed_at < clock_timestamp() - interval '1 hour'
  )
  select pg_notify('${CHANGE_CHANNEL}', merchant_id) from merchants`;
