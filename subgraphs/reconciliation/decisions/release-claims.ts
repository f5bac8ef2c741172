import { recordChanges } from "../../shared/changes/record-changes.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { deriveStatuses } from "../../shared/store/derive-statuses.ts";
import { takeBackEvents } from "../../shared/store/take-back-events.ts";
import { LEARNT } from "../matching/learnt.ts";
import { dropTemporaryTables } from "./open-parts.ts";

/**
 * Takes claims back, and with them all that they brought: their events count no more, the transactions lose what they
 * learnt from the lines, and references that led to them lead to where they led before. Afterwards everything is as if
 * the claims had never been made, except that history tells of them. Under `lockMerchants`.
 */
export async function releaseClaims(
  transaction: Transaction,
  merchantId: string,
  claimIds: readonly string[],
  by: { readonly actorId: string; readonly reason: string },
): Promise<void> {
  await transaction.query(RELEASED, [merchantId, claimIds]);
  await transaction.query(RELEASE, [merchantId, by.actorId, by.reason]);
  for (const step of [
    EVENTS_COUNT_NO_MORE,
    REPORTS_RETURN,
    CHILDREN_RETURN,
    UNALIAS,
    HAND_DOWN_LEARNT,
    UNSETTLE,
    RESOLVE_CONTRADICTED,
  ]) {
    await transaction.query(step, [merchantId]);
  }
  await transaction.query(
    `create temporary table touched on commit drop as
    select $1::text as merchant_id, family, transaction_id as id from released
    union select $1, family, id from returned`,
    [merchantId],
  );
  await deriveStatuses(transaction);
  await recordChanges(transaction);
  await dropTemporaryTables(transaction);
}

/** `alone`: no other claim of the transaction is from a line under the same reference. */
const RELEASED = `
  create temporary table released on commit drop as
  select c.id as claim_id, c.line_id, c.transaction_id, c.learnt, l.family, l.reference, l.expected_id,
    not exists (
      select from reconciliation.claim o
      join reconciliation.settlement_line ol on ol.merchant_id = o.merchant_id and ol.id = o.line_id
      where o.merchant_id = $1 and o.transaction_id = c.transaction_id and o.released_at is null
        and o.id <> all($2::text[]) and ol.expected_id = l.expected_id
    ) as alone
  from reconciliation.claim c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  where c.merchant_id = $1 and c.id = any($2::text[]) and c.released_at is null`;

const RELEASE = `
  update reconciliation.claim c
  set released_at = clock_timestamp(), released_by = $2, released_because = $3
  from released r where c.merchant_id = $1 and c.id = r.claim_id`;

const EVENTS_COUNT_NO_MORE = takeBackEvents(`released r join transactions.transaction_event e
    on e.merchant_id = $1 and e.transaction_id = r.transaction_id and e.claim_id = r.claim_id`);

/** What the provider said under its reference followed the line to the transaction; it goes with it. */
const REPORTS_RETURN = takeBackEvents(`
  (select distinct expected_id, transaction_id from released where alone and expected_id <> transaction_id) r
  join transactions.transaction_event e
    on e.merchant_id = $1 and e.transaction_id = r.transaction_id and e.source <> 'RECONCILER'
    and exists (select from transactions.transaction_event o
      where o.merchant_id = $1 and o.transaction_id = r.expected_id
        and o.content_hash = e.content_hash and o.kind = e.kind and o.source = e.source)`);

const CHILDREN_RETURN = `
  create temporary table returned on commit drop as
  with moved as (
    update transactions.transaction child set original_id = r.expected_id
    from (select distinct family, transaction_id, expected_id, reference from released where alone) r
    where child.merchant_id = $1 and child.family = r.family and child.original_id = r.transaction_id
      and child.original_reference = r.reference and r.expected_id <> r.transaction_id
    returning child.family, child.id
  ) select family, id from moved`;

const UNALIAS = `
  delete from transactions.alias a using released r
  where a.merchant_id = $1 and a.id = r.expected_id and a.transaction_id = r.transaction_id and r.alone`;

/** What a released line brought, a line that stays may have as well. */
const HAND_DOWN_LEARNT = `
  update reconciliation.claim c set learnt = (c.learnt | r.learnt)::smallint
  from (select transaction_id, bit_or(learnt) as learnt from released group by transaction_id) r
  where c.merchant_id = $1 and c.transaction_id = r.transaction_id and c.released_at is null`;

const UNSETTLE = `
  update transactions.transaction t set
    ${LEARNT.map(([column, from], bit) => `${column} = case when (r.learnt & ${2 ** bit}) <> 0 then s.${from} else t.${column} end`).join(", ")},
    settlement_state = case when s.lines = 0 then 'UNSETTLED' when s.paid_out then 'PAID_OUT' else 'SETTLED' end,
    reconciliation_state = case when s.matched_minor >= t.amount_minor then 'MATCHED' when s.lines > 0 then 'PARTIAL'
      when t.base_status in ('PROCESSING', 'SUCCESS') then 'EXPECTED' else 'NOT_EXPECTED' end,
    settled_fee_minor = s.fee_minor, settled_net_minor = s.net_minor, settled_currency = s.currency
  from (select family, transaction_id, bit_or(learnt) as learnt from released group by family, transaction_id) r
  left join lateral (
    select count(*) as lines, sum(coalesce(c.match_minor, abs(coalesce(l.processing_minor, l.gross_minor))))
        filter (where c.effect <> 'REFUND_REVERSAL') as matched_minor,
      sum(coalesce(c.fee_minor, l.fee_minor)) as fee_minor,
      sum(coalesce(c.net_minor, l.net_minor)) as net_minor, min(l.currency) as currency,
      bool_and(coalesce(l.payout_id, b.payout_id) is not null) as paid_out,
      ${LEARNT.map(([, from]) => `min(l.${from}) as ${from}`).join(", ")}
    from reconciliation.claim c
    join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
    join reconciliation.settlement_batch b on b.merchant_id = l.merchant_id and b.id = l.batch_id
    where c.merchant_id = $1 and c.transaction_id = r.transaction_id and c.released_at is null
  ) s on true
  where t.merchant_id = $1 and t.family = r.family and t.id = r.transaction_id`;

/** Money that is no longer the transaction's contradicts nothing about it. */
const RESOLVE_CONTRADICTED = `
  update reconciliation.discrepancy d
  set state = 'RESOLVED', resolution = 'UNMATCHED', resolved_at = clock_timestamp(), resolved_by = null,
    resolution_reason = null, snoozed_until = null, version = d.version + 1
  from released r
  where d.merchant_id = $1 and d.line_id = r.line_id and d.transaction_id = r.transaction_id
    and d.type like 'SETTLED_BUT_%' and d.state <> 'RESOLVED'`;
