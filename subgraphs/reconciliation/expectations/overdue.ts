import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { TOUCHED_TABLE } from "../../shared/store/derive-statuses.ts";
import { inWords } from "../in-words.ts";

/** Writes the reconciliation states that `subject` came to, and notes in `touched` whose is another now. */
export async function judgeSettlements(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query(TOUCHED_TABLE);
  await transaction.query(JUDGE, [merchantId]);
}

const JUDGE = `
  with judged as (
    update transactions.transaction t set reconciliation_state = s.state_now, version = t.version + 1
    from subject s
    where t.merchant_id = $1 and t.family = s.family and t.id = s.id and s.state_now <> s.state_before
      -- Looked up by their keys, since they are few beside all that the merchant has.
      and ${inAnyFamily("t")} and t.id = any (array(select id from subject where state_now <> state_before))
    returning t.merchant_id, t.family, t.id
  )
  insert into touched select * from judged`;

/** Other payments of the ticket that were settled: what is missing of it is then a part, not a purchase. */
const OTHER_PARTS = `exists (
      select from transactions.transaction o
      where o.merchant_id = s.merchant_id and o.ticket = s.ticket and o.id <> s.id and o.superseded_by is null
        and o.type = s.type and o.reconciliation_state = 'MATCHED')`;

/**
 * One sentence on what is due: a transaction never fails by being absent from a file, and which of the two is missing,
 * the line or the whole file, is said here.
 */
const OVERDUE_LINES = `
  select m.type, m.id, m.provider, null, m.id, null, null, '{}'::text[], m.currency, m.amount_minor,
    format('%s of %s %s on %s: %s; %s takes %s bank days as a rule (%s), so it was due by %s; %s',
      ${inWords("m.of_type")}, concord.decimal_text(m.amount_minor, m.currency), m.currency, m.business_date,
      case m.type
        when 'STALE_PROCESSING' then 'nobody has said what became of it, and no line settles it'
        when 'SPLIT_INCOMPLETE' then format('other payments of ticket %s were settled and this one was not', m.ticket)
        when 'MISSING_CHARGEBACK_REVERSAL' then 'the provider says that the chargeback was taken back, and the money has not come'
        else 'the provider says that it succeeded, and no line settles it' end,
      m.provider, m.usual_days, lower(m.delay_source), m.due,
      case when m.files_until is null then 'no settlement file has come yet (see fileCoverage)'
        when m.files_until < m.due then
          format('settlements have come up to %s only, so it may be a file that is missing (see fileCoverage)', m.files_until)
        else format('settlements up to %s have come without it', m.files_until) end)
  from (
    select s.*, s.type as of_type
    from subject s where s.state_now = 'MISSING'
  ) s
  cross join lateral (select case
    when s.ticket is not null and ${OTHER_PARTS} then 'SPLIT_INCOMPLETE'
    when s.of_type = 'CHARGEBACK_REVERSAL' then 'MISSING_CHARGEBACK_REVERSAL'
    when s.base_status = 'PROCESSING' then 'STALE_PROCESSING'
    else 'MISSING_SETTLEMENT' end as type) kind
  -- Not merged into the rest, or what both branches say would be reckoned for each of them.
  cross join lateral (select kind.type, s.id, s.provider, s.currency, s.amount_minor, s.of_type, s.business_date, s.ticket,
    s.usual_days, s.delay_source, s.files_until, concord.business_day_after(s.business_date, s.usual_days) as due
    offset 0) m`;

export const OVERDUE: readonly string[] = [OVERDUE_LINES];
