import type { Transaction } from "../../shared/database/scope.ts";
import { takeBackEvents } from "../../shared/store/take-back-events.ts";
import { UNSETTLED } from "./settle-transactions.ts";

/**
 * Takes back inferred transactions that turned out to be reported ones, where nothing tells which, or where the reported
 * one is another line's. Their lines are then open like any other, as if the reports had come first: the order of arrival
 * must not decide what is counted. Answers how many, which are in the table `withdrawn`.
 */
export async function withdrawInferred(transaction: Transaction, merchantId: string): Promise<number> {
  const withdrawn = await transaction.change(WITHDRAWN);
  if (withdrawn === 0) return 0;
  await transaction.query("analyze withdrawn");
  await transaction.query(RELEASE, [merchantId]);
  await transaction.query(SUPERSEDE, [merchantId]);
  for (const table of ["open_line", "unpaired_line"]) await transaction.query(reopen(table));
  return withdrawn;
}

/** An inferred transaction is withdrawn with all its lines; those that are its own after all are inferred again. */
const WITHDRAWN = `
  create temporary table withdrawn on commit drop as
  select l.family, l.inferred_transaction as transaction_id, min(c.transaction_id) as rival
  from unpaired_line l
  join (select line_id, transaction_id from candidate union all select line_id, transaction_id from mismatch) c
    on c.line_id = l.id
  where l.inferred_claim is not null
  group by l.family, l.inferred_transaction`;

/** The event of a claim that is taken back counts no more, should the transaction come back under its own reference. */
const RELEASE = `
  with released as (
    update reconciliation.claim c
    set released_at = clock_timestamp(), released_because = 'reported transactions were found that the line may be about'
    from withdrawn w join unpaired_line l on l.inferred_transaction = w.transaction_id
    where c.merchant_id = $1 and c.id = l.inferred_claim
    returning c.merchant_id, c.transaction_id, c.id
  )
  ${takeBackEvents(`released r
    join transactions.transaction_event e
      on e.merchant_id = r.merchant_id and e.transaction_id = r.transaction_id and e.claim_id = r.id`)}`;

const SUPERSEDE = `
  update transactions.transaction t set superseded_by = w.rival, ${UNSETTLED}, version = version + 1
  from withdrawn w
  where t.merchant_id = $1 and t.family = w.family and t.id = w.transaction_id`;

const reopen = (table: string) => `
  update ${table} l set inferred_claim = null, inferred_transaction = null
  from withdrawn w
  where l.inferred_transaction = w.transaction_id`;
