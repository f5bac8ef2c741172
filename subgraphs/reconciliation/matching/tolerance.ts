import type { Transaction } from "../../shared/database/scope.ts";
import { isInDoubt } from "./in-doubt.ts";
import { keyedStages } from "./keyed-stages.ts";
import { IS_LED } from "./pair-offered.ts";
import { isRejected } from "./rejected.ts";
import type { Rules } from "./rules.ts";

/**
 * Shows a person what would be a pair by one of the keys but for a small difference of amounts, where each side has no
 * other such partner. Nothing is claimed: the line becomes a contradiction that names the transaction, instead of a
 * purchase of its own.
 */
export async function proposeWithinTolerance(transaction: Transaction, rules: Rules): Promise<void> {
  const { minor, basisPoints } = rules.tolerance;
  const stages = keyedStages(rules);
  if (minor === 0 || basisPoints === 0 || stages.length === 0) return;
  await transaction.query(propose(stages.map(({ keys }) => keys)), [minor, basisPoints]);
}

const APART = "abs(l.match_minor - t.amount_minor)";

function propose(keys: readonly string[]): string {
  const near = keys.map(
    (key) => `
    select l.id as line_id, t.id as transaction_id from left_line l
    join left_transaction t
      on ${key} and t.provider = l.provider and t.type = l.type and t.family = l.family
        and t.currency = l.match_currency
        and (t.psp_reference is null or l.reference is null)
        and ${APART} between 1 and $1::bigint and ${APART} * 10000 <= t.amount_minor * $2::bigint
        and not ${isRejected("l.id", "t.id")}`,
  );
  return `
  insert into mismatch
  with left_line as (
    select * from loose_line l where l.inferred_claim is null and not ${IS_LED} and not ${isInDoubt("l.id")}
  ), left_transaction as (
    select * from open_transaction t where (t.id in (select transaction_id from candidate)) is not true
  ), near as (
    select *, count(*) over (partition by line_id) as transactions, count(*) over (partition by transaction_id) as lines
    from (${near.join(" union ")}) each_key
  )
  select l.id, t.id, l.family, 'AMOUNT_MISMATCH',
    format('line books %s %s for what may be a transaction of %s: within the tolerance, so it is proposed',
      concord.decimal_text(l.match_minor, l.match_currency), l.match_currency,
      concord.decimal_text(t.amount_minor, t.currency))
  from near n
  join open_line l on l.id = n.line_id
  join open_transaction t on t.id = n.transaction_id
  where n.transactions = 1 and n.lines = 1`;
}
