import type { Transaction } from "../../shared/database/scope.ts";
import { deriveStatuses, TOUCHED_TABLE } from "../../shared/store/derive-statuses.ts";
import { takeBackEvents } from "../../shared/store/take-back-events.ts";
import { LEARNT } from "../matching/learnt.ts";

/**
 * Puts the ledger back to where the claims that `which` selects (a condition on a claim `c` and its line `l`) were not
 * made: their lines are open, their transactions know only what was reported, and what was inferred from the lines is
 * not there. For a transaction that is rolled back, under `lockMerchants`; nothing of it may ever be committed.
 */
export async function unmakeClaims(
  transaction: Transaction,
  merchantId: string,
  which: string,
  values: readonly unknown[],
): Promise<void> {
  await transaction.query(unmade(which), [merchantId, ...values]);
  await transaction.query("analyze unmade");
  for (const step of [RELEASE, SUPERSEDE_EVENTS, SUPERSEDE_REPORTS, UNLEARN, UNALIAS, CHILDREN_RETURN, HIDE_INFERRED]) {
    await transaction.query(step, [merchantId]);
  }
  await rederive(transaction, "select $1::text, family, transaction_id from unmade", [merchantId]);
  await transaction.query("drop table unmade");
}

/** Derives the statuses of these transactions (merchant, family, id) from the events that count now. */
export async function rederive(transaction: Transaction, which: string, values: readonly unknown[]): Promise<void> {
  await transaction.query(TOUCHED_TABLE);
  await transaction.query(`insert into touched select distinct * from (${which}) d`, values);
  await deriveStatuses(transaction);
  await transaction.query("drop table touched");
}

/** As history has it when a claim is taken back. */
export const supersede = (events: string) => takeBackEvents(events, "trial");

const unmade = (which: string) => `
  create temporary table unmade on commit drop as
  select c.id, c.line_id, c.transaction_id, c.learnt, l.family, l.reference, l.expected_id
  from reconciliation.claim c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  where c.merchant_id = $1 and ${which}`;

const RELEASE = `
  update reconciliation.claim c set released_at = clock_timestamp(), released_because = 'trial'
  from unmade u
  where c.merchant_id = $1 and c.id = u.id and c.released_at is null`;

const SUPERSEDE_EVENTS = supersede(`
  unmade u join transactions.transaction_event e
    on e.merchant_id = $1 and e.transaction_id = u.transaction_id and e.claim_id = u.id`);

/** What was told under the provider's reference followed it to the reported transaction. */
const SUPERSEDE_REPORTS = supersede(`
  (select distinct expected_id, transaction_id from unmade where expected_id <> transaction_id) u
  join transactions.transaction_event e
    on e.merchant_id = $1 and e.transaction_id = u.transaction_id and e.source <> 'RECONCILER'
    and exists (select from transactions.transaction_event o
      where o.merchant_id = $1 and o.transaction_id = u.expected_id and o.id = e.id)`);

/** What another run or person claimed for it keeps it settled, which is what says that it is claimed. */
const STANDING = `
      select from reconciliation.claim c
      where c.merchant_id = $1 and c.transaction_id = t.id and c.released_at is null`;

const UNLEARN = `
  update transactions.transaction t set
    ${LEARNT.map(
      ([column], bit) => `${column} = case when (u.learnt & ${2 ** bit}) <> 0 then null else t.${column} end`,
    ).join(", ")},
    settlement_state = case when exists (${STANDING}) then t.settlement_state else 'UNSETTLED' end,
    reconciliation_state = 'EXPECTED', settled_fee_minor = null, settled_net_minor = null, settled_currency = null
  from (select family, transaction_id, bit_or(learnt) as learnt from unmade group by family, transaction_id) u
  where t.merchant_id = $1 and t.family = u.family and t.id = u.transaction_id`;

/** An alias of itself leads nowhere else, as none does. */
const UNALIAS = `
  update transactions.alias a set transaction_id = a.id
  from unmade u
  where a.merchant_id = $1 and a.id = u.expected_id and a.transaction_id = u.transaction_id
    and not exists (
      select from reconciliation.claim c
      join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
      where c.merchant_id = $1 and c.transaction_id = u.transaction_id and c.released_at is null
        and l.expected_id = u.expected_id)`;

const CHILDREN_RETURN = `
  update transactions.transaction child set original_id = u.expected_id
  from unmade u
  join transactions.alias a on a.merchant_id = $1 and a.id = u.expected_id and a.transaction_id = a.id
  where child.merchant_id = $1 and child.family = u.family and child.original_id = u.transaction_id
    and child.original_reference = u.reference and u.expected_id <> u.transaction_id`;

const HIDE_INFERRED = `
  update transactions.transaction t set superseded_by = t.id
  from unmade u
  where t.merchant_id = $1 and t.family = u.family and t.id = u.transaction_id and t.provisional
    and not exists (${STANDING})`;
