import { BULK } from "../../shared/changes/record-changes.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { STAMPED } from "../../shared/store/stamped.ts";
import { LEARNT } from "./learnt.ts";

/**
 * Writes into the transactions what the table `claimed` settles, each row once: the money, what the line told, and the
 * status. A first claim of a transaction decides by what its row says already, without a look at its events: whatever
 * outranks a claim decides still, and whatever a claim outranks decides no more. Where that is not all (several claims,
 * captures told apart, money that came back, a dispute) the transaction is put into \`touched\`, for \`deriveStatuses\`; so are the
 * sales that settled refunds and chargebacks go back to.
 */
export async function settleTransactions(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.changeAll([SETTLE_SINGLE, SETTLE_SEVERAL, TOUCHED], [merchantId]);
}

/** As if no line had ever been claimed for it. */
export const UNSETTLED = `settlement_state = 'UNSETTLED', reconciliation_state = 'EXPECTED', settled_fee_minor = null,
    settled_net_minor = null, settled_currency = null`;

const MONEY = `
    reconciliation_state = 'MATCHED',
    settlement_state = case when m.paid_out then 'PAID_OUT' else 'SETTLED' end,
    settled_fee_minor = coalesce(t.settled_fee_minor, 0) + m.fee_minor,
    settled_net_minor = coalesce(t.settled_net_minor, 0) + m.net_minor,
    settled_currency = m.currency,
    ${STAMPED},
    ${LEARNT.map(([column]) => `${column} = coalesce(t.${column}, m.learnt_${column})`).join(", ")}`;

/** What a claim makes of the row of its transaction, unless something stronger stands there or another claim does. */
const DECIDES = "(t.status_rule > 3 and m.effect <> 'REFUND_REVERSAL')";
const decided = (claimed: string, column: string) => `case when ${DECIDES} then ${claimed} else t.${column} end`;

const STATUS = `
    base_status = ${decided("'SUCCESS'", "base_status")},
    status_rule = ${decided("3", "status_rule")},
    deciding_event = ${decided("'evt' || m.key", "deciding_event")},
    certainty = ${decided("'DEFINITIVE'", "certainty")},
    status_origin = ${decided("'AUTOMATIC'", "status_origin")},
    captured_minor = ${decided("t.amount_minor", "captured_minor")},
    status = ${decided(
      `case when t.type <> 'SALE' then 'SUCCESS' when t.charged_back_minor > 0 then 'CHARGEBACK'
        when t.amount_minor > 0 and t.refunded_minor >= t.amount_minor then 'REFUNDED' else 'SUCCESS' end`,
      "status",
    )},
    refund_state = ${decided(
      `case when t.type <> 'SALE' or t.refunded_minor <= 0 then 'NONE'
        when t.refunded_minor < t.amount_minor then 'PARTIAL'
        when t.refunded_minor = t.amount_minor then 'FULL' else 'OVER' end`,
      "refund_state",
    )},
    version = t.version + 1`;

/** Fee and net stay null until settled: unknown is not zero. */
const SETTLE_SINGLE = `
  update transactions.transaction t set ${MONEY}, ${STATUS}
  from claimed m
  where not m.several and t.merchant_id = $1 and t.family = m.family and t.id = m.transaction_id`;

const SETTLE_SEVERAL = `
  update transactions.transaction t set ${MONEY}
  from (
    select family, transaction_id, sum(fee_minor) as fee_minor, sum(net_minor) as net_minor, min(currency) as currency,
      bool_and(paid_out) as paid_out, ${LEARNT.map(([column]) => `min(learnt_${column}) as learnt_${column}`).join(", ")}
    from claimed where several
    group by family, transaction_id
  ) m
  where t.merchant_id = $1 and t.family = m.family and t.id = m.transaction_id`;

/** Asked by key of each that was made just now: as `exists`, the planner answers it by reading all events there are. */
const TOUCHED = `
  insert into touched
  select $1, family, transaction_id from claimed where several or effect = 'REFUND_REVERSAL'
  union
  select $1, m.family, m.transaction_id from claimed m
  join transactions.transaction_event e
    on e.merchant_id = $1 and e.transaction_id = m.transaction_id and e.kind = 'CAPTURE' and e.source <> 'RECONCILER'
  union
  select $1, family, original_id from claimed where original_id is not null
  union
  -- What a dispute was told of before, which may have been under another key than it has now.
  select $1, family, transaction_id from claimed
  where (family, transaction_id) in (
    select family, transaction_id from transactions.dispute where merchant_id = $1 and stage <> 'OVER')
  union
  -- One made of its line just now, of which something was told, or money went back, before it was there.
  select $1, m.family, m.transaction_id from claimed m
  where m.stage = 'SETTLEMENT_ONLY' and ((
    select e.id from transactions.transaction_event e
    where e.merchant_id = $1 and e.transaction_id = m.transaction_id and e.source <> 'RECONCILER' limit 1) is not null or (
    select child.id from transactions.transaction child
    where child.merchant_id = $1 and child.family = m.family and child.original_id = m.transaction_id limit 1) is not null)`;

/**
 * What settling changed of the merchant $2, as `recordChanges` is told: those in `touched`, and of the others, which have
 * their status, only as many as a person could follow. More than that are one bulk.
 */
export const CHANGES_OF_SETTLING = `
  select merchant_id, id from touched
  union all (
    select $2::text, transaction_id from claimed where not several limit ${BULK + 1})`;
