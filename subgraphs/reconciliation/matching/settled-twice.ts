import type { Transaction } from "../../shared/database/scope.ts";
import { isInDoubt } from "./in-doubt.ts";
import { LEARNT } from "./learnt.ts";
import { isRejected } from "./rejected.ts";

/**
 * Shows a person the lines without a reference that name, by its ARN and for all of its money, a transaction that is
 * settled: by another line of this run or of an earlier one. Of its own such a line would be a purchase that nobody made.
 * Only an ARN that the report of the purchase had counts, since one that was learnt from a line depends on which of them
 * came first; and only where a single transaction has it, since some providers give one to several.
 */
export async function findSettledTwice(transaction: Transaction): Promise<void> {
  await transaction.query(SETTLED_TWICE);
}

const ARN_WAS_LEARNT = 2 ** LEARNT.findIndex(([column]) => column === "arn");

/** Looked up for each line by its ARN, and its claims by key: as joins, all that the merchant has would be read. */
const SETTLED_TWICE = `
  insert into mismatch
  select l.id, t.id, l.family, 'DUPLICATE_SETTLEMENT',
    format('line books %s %s under the ARN of a transaction that another line settles',
      concord.decimal_text(l.match_minor, l.match_currency), l.match_currency)
  from loose_line l
  cross join lateral (
    select min(t.id) as id
    from transactions.transaction t
    where t.merchant_id = l.merchant_id and t.arn = l.arn and t.family = l.family and t.type = l.type
      and t.provider = l.provider and t.currency = l.match_currency and not t.provisional and t.superseded_by is null
    having count(*) = 1 and min(t.amount_minor) = l.match_minor
  ) t
  left join lateral (
    select true as claimed, bool_or(coalesce(c.learnt & ${ARN_WAS_LEARNT} <> 0, false)) as learnt
    from reconciliation.claim c
    where c.merchant_id = l.merchant_id and c.transaction_id = t.id and c.effect = l.effect and c.released_at is null
    having count(*) > 0
  ) c on true
  where l.arn is not null and l.reference is null and not ${isInDoubt("l.id")} and not ${isRejected("l.id", "t.id")}
    and case when c.claimed then not c.learnt else ((t.id, l.effect) in (
      select p.transaction_id, o.effect from pair p join open_line o on o.id = p.line_id)) is true end`;
