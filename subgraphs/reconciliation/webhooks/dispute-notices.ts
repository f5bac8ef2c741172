import { recordChanges } from "../../shared/changes/record-changes.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import type { DisputeNotice } from "../../shared/event.ts";
import { stableId, transactionId } from "../../shared/ids.ts";
import { deriveStatuses, TOUCHED_TABLE } from "../../shared/store/derive-statuses.ts";

export type PlacedNotice = DisputeNotice & { readonly merchantId: string };

/**
 * Keeps what a provider says of disputes, each notice once, and derives what follows for the sales that are there already;
 * one that comes later finds what was kept. Must run under `lockMerchants`.
 */
export async function keepDisputeNotices(
  transaction: Transaction,
  notices: readonly PlacedNotice[],
  webhookId: string,
): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map(({ merchantId, family, provider, originalReference, ...notice }) => ({
    merchant_id: merchantId,
    family,
    sale_id: transactionId(family, provider, merchantId, originalReference),
    reference: notice.reference,
    id: stableId("dno", provider, notice.account, notice.identity),
    stage: notice.stage,
    respond_by: notice.respondBy,
    told_at: notice.occurredAt.at,
  }));
  await transaction.query(KEEP, [JSON.stringify(rows), webhookId]);
  await transaction.query(TOUCHED_TABLE);
  await transaction.query(TOUCH, [JSON.stringify(rows)]);
  await recordChanges(transaction);
  await deriveStatuses(transaction);
  await transaction.query("drop table touched");
}

const KEEP = `
  insert into transactions.dispute_notice (merchant_id, family, sale_id, reference, id, stage, respond_by, told_at, webhook_id)
  select merchant_id, family, sale_id, reference, id, stage, respond_by, told_at, $2
  from json_populate_recordset(null::transactions.dispute_notice, $1::json)
  on conflict do nothing`;

/** Under a key of its own where a terminal reported it. */
const TOUCH = `
  insert into touched
  select distinct t.merchant_id, t.family, t.id
  from json_populate_recordset(null::transactions.dispute_notice, $1::json) n
  left join transactions.alias a on a.merchant_id = n.merchant_id and a.id = n.sale_id
  join transactions.transaction t
    on t.merchant_id = n.merchant_id and t.family = n.family and t.id = coalesce(a.transaction_id, n.sale_id)`;
