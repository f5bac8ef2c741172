import type { Transaction } from "../../shared/database/scope.ts";
import { stableId } from "../../shared/ids.ts";

/** What came in that has to be matched, named so that it asks once however often it is told. */
type Cause = { readonly trigger: "FILE" | "WEBHOOK"; readonly key: string };

/**
 * Asks for a run over all of a merchant that is open, in the transaction that brought something in, so that it can neither
 * be lost nor forgotten. The transaction holds the merchant's lock: a run like it that waits still has not begun, and will
 * see what this one brought, so that a morning's files are matched together.
 */
export async function requestRun(transaction: Transaction, merchantId: string, cause: Cause): Promise<void> {
  const { trigger, key } = cause;
  const runId = stableId("run", merchantId, key);
  const requested = await transaction.change(REQUEST_RUN, [merchantId, runId, key, trigger]);
  if (requested > 0) {
    await transaction.query(REQUEST_JOB, [merchantId, stableId("out", "RECONCILE", runId), runId]);
  }
}

/**
 * Locked, for a person may be calling the waiting one off in this moment. One that somebody else has locked is left out and
 * not waited for: whoever begins it waits for the merchant's lock, which this transaction holds.
 */
const REQUEST_RUN = `
  with waiting as (
    select r.id from reconciliation.run r
    where r.merchant_id = $1 and r.status = 'QUEUED' and r.input_watermark is null and r.mode = 'COMMIT'
      and r.trigger in ('FILE', 'WEBHOOK')
    limit 1 for update skip locked
  )
  insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
  select $1, $2, $3, 'COMMIT', $4, 'system:worker' where not exists (select from waiting)
  on conflict do nothing`;

const REQUEST_JOB = `
  insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RECONCILE', $3)
  on conflict do nothing`;
