import type { Transaction } from "../../shared/database/scope.ts";
import { COUNT_PAIRS, pairLoose } from "./open-work.ts";
import { isRejected } from "./rejected.ts";
import { SETTLED_ALIKE } from "./same-money.ts";

/**
 * Pairs lines that are captures of one authorisation: they name it by the provider's reference, each is for less than it,
 * and together with what is claimed of it already they are no more than was captured. Where nobody told of captures, two
 * lines or more are taken for them, up to what was authorised; one alone may as well be wrong. Beside a line for the whole
 * there is no room for any.
 */
export async function matchCaptures(transaction: Transaction): Promise<void> {
  if ((await transaction.change(pairLoose(CAPTURES))) > 0) await transaction.query(COUNT_PAIRS);
}

const CAPTURES = `
  insert into pair (line_id, transaction_id, family, stage, prior_base, part, effect)
  select line_id, transaction_id, family, 'REFERENCE', base_status, parts + nth, 'SALE'
  from (
    select l.id as line_id, t.id as transaction_id, t.family, t.base_status, coalesce(c.parts, 0) as parts,
      row_number() over (partition by t.id order by l.occurred_at, l.id) as nth,
      count(*) over (partition by t.id) + coalesce(c.parts, 0) as lines,
      sum(l.match_minor) over (partition by t.id) + coalesce(c.claimed, 0) as settled,
      t.amount_minor, t.captured_minor, told.captures
    from loose_line l
    -- By its key, for the few lines that could be one: what else asks of it is asked of the line first.
    cross join lateral (
      select * from transactions.transaction t
      where t.merchant_id = l.merchant_id and t.family = l.family and t.id = l.named_id offset 0
    ) t
    cross join lateral (
      select exists (
        select from transactions.transaction_event e
        where e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.kind = 'CAPTURE'
          and e.source <> 'RECONCILER') as captures
    ) told
    left join lateral (
      select max(c.part) as parts, sum(coalesce(c.match_minor, abs(coalesce(s.processing_minor, s.gross_minor)))) as claimed
      from reconciliation.claim c
      join reconciliation.settlement_line s on s.merchant_id = c.merchant_id and s.id = c.line_id
      where c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.effect = l.effect and c.released_at is null
    ) c on true
    where l.effect = 'SALE' and l.inferred_claim is null and l.gross_minor > 0 and l.match_currency = l.named_currency
      and l.match_minor < l.named_minor and ${SETTLED_ALIKE} and not ${isRejected("l.id", "t.id")}
      and ((t.id, l.effect) in (select transaction_id, effect from pair)) is not true
  ) named
  where case when captures then settled <= captured_minor else lines > 1 and settled <= amount_minor end`;
