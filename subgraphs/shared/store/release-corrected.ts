import type { Transaction } from "../database/scope.ts";
import { takeBackEvents } from "./take-back-events.ts";

/**
 * Where a staged report names another amount than the settlement from which its transaction was inferred, takes the
 * claims back: their lines are open again and will be reported as a mismatch, as if the report had come first. Asked
 * before the reports are merged; `newRows` joins the staging table as `s`. What transactions go back to by then, and may
 * not afterwards, is left in `gone_back_to (merchant_id, family, id)` for whoever derives statuses.
 */
export async function releaseCorrected(transaction: Transaction, newRows: string): Promise<void> {
  if ((await transaction.change(CORRECTED(newRows))) > 0) {
    await transaction.query(RELEASED);
    await transaction.query(WITHDRAWN);
    await transaction.query(UNSETTLED);
    await transaction.query("insert into reopened select distinct merchant_id from corrected where otherwise");
  }
  await transaction.query(GONE_BACK_TO);
  await transaction.query("drop table corrected");
}

/**
 * Reported `otherwise` than its settlement said, or of something else that it goes back to. By key: the few that were
 * inferred are found by looking at all there are, if the planner may choose.
 */
const OTHERWISE =
  "t.provisional and t.superseded_by is null and (t.amount_minor, t.currency) is distinct from (s.amount_minor, s.currency)";
const CORRECTED = (newRows: string) => `
  create temporary table corrected on commit drop as
  select distinct t.merchant_id, t.family, t.id, t.original_id, ${OTHERWISE} as otherwise
  from ${newRows}
  cross join lateral (
    select t.merchant_id, t.family, t.id, t.original_id, t.provisional, t.superseded_by, t.amount_minor, t.currency
    from transactions.transaction t
    where t.merchant_id = s.merchant_id and t.family = s.family and t.id = s.transaction_id offset 0
  ) t
  where s.creates and (${OTHERWISE} or t.original_id <> s.original_id)`;

const GONE_BACK_TO = `
  create temporary table gone_back_to on commit drop as
  select distinct merchant_id, family, original_id as id from corrected where original_id is not null`;

const RELEASED = `
  update reconciliation.claim c
  set released_at = clock_timestamp(), released_because = 'the transaction was reported with another amount'
  from corrected t
  where t.otherwise and c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.released_at is null`;

const WITHDRAWN = takeBackEvents(`corrected t
  join transactions.transaction_event e
    on e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.claim_id is not null and t.otherwise`);

/** What it learnt from lines that are no longer its own goes with them. */
const UNSETTLED = `
  update transactions.transaction t
  set settlement_state = 'UNSETTLED', reconciliation_state = 'EXPECTED', settled_fee_minor = null,
    settled_net_minor = null, settled_currency = null, merchant_reference = null, authorisation_code = null,
    last4 = null, brand = null, arn = null, rrn = null, stan = null, ticket = null
  from corrected c
  where c.otherwise and t.merchant_id = c.merchant_id and t.family = c.family and t.id = c.id`;
