import type { DataSource } from "typeorm";
import { crashPoint } from "../../shared/crash-point.ts";
import { inScope } from "../../shared/database/scope.ts";
import type { Jobs } from "../../shared/jobs/jobs.ts";
import { WORKER } from "../import/lease.ts";

type Order = {
  readonly merchant_id: string;
  readonly kind: "IMPORT_FILE" | "RECONCILE" | "PROCESS_WEBHOOK" | "RUN_TRIAL" | "RUN_EXPORT";
  readonly subject_id: string;
  /** The trace in which it was ordered; a sweep knows none. */
  readonly trace?: string | null;
};

/**
 * Takes what the outbox holds to the queues. An order is marked as sent only after the queue has it; if we die in
 * between it is sent again, and its id keeps it from being done twice.
 */
export async function relayOutbox(database: DataSource, jobs: Jobs): Promise<number> {
  return inScope(database, NO_ONE, async (transaction) => {
    const orders = await transaction.query<Order & { id: string }>(UNSENT, [BATCH]);
    for (const order of orders) {
      await send(jobs, order);
      crashPoint("after_outbox_publish_before_mark");
    }
    await transaction.query(MARK_SENT, [orders.map(({ merchant_id, id }) => `${merchant_id} ${id}`)]);
    await transaction.query(FORGET);
    return orders.length;
  });
}

/**
 * Adds again whatever the database says is due and nobody works on. The queue is a hint: it may have been emptied, or
 * the worker that had the job may be gone.
 */
export async function sweepDue(database: DataSource, jobs: Jobs): Promise<number> {
  const due = await inScope(database, NO_ONE, (transaction) => transaction.query<Order>(DUE));
  for (const order of due) await send(jobs, order);
  return due.length;
}

async function send(jobs: Jobs, { merchant_id: merchantId, kind, subject_id: id, trace }: Order): Promise<void> {
  const from = trace === undefined ? {} : { trace };
  if (kind === "IMPORT_FILE") await jobs.queue("import").add(`import-${id}`, { merchantId, fileId: id }, from);
  else if (kind === "PROCESS_WEBHOOK") await jobs.queue("webhook").add(`webhook-${id}`, { webhookId: id }, from);
  else if (kind === "RUN_EXPORT") await jobs.queue("export").add(`export-${id}`, { merchantId, exportId: id }, from);
  else if (kind === "RUN_TRIAL") await jobs.queue("trial").add(`trial-${id}`, { merchantId, trialId: id }, from);
  else await jobs.queue("reconcile").add(`reconcile-${id}`, { merchantId, runId: id }, from);
}

/** The outbox and the due lists are the worker's own business; no merchant's data is read. */
const NO_ONE = { merchants: [], user: WORKER };

const BATCH = 100;

const UNSENT = `
  select merchant_id, id, kind, subject_id, trace from delivery.outbox
  where sent_at is null
  order by created_at
  limit $1
  for update skip locked`;

const MARK_SENT = `
  update delivery.outbox set sent_at = clock_timestamp() where merchant_id || ' ' || id = any ($1) and sent_at is null`;

const FORGET = "delete from delivery.outbox where sent_at < clock_timestamp() - interval '7 days'";

const DUE = `
  select merchant_id, 'IMPORT_FILE' as kind, id as subject_id from reconciliation.source_file
  where status in ('RECEIVED', 'PARSING') and (leased_until is null or leased_until < clock_timestamp())
  union all
  select merchant_id, 'RECONCILE', id from reconciliation.run
  where status in ('QUEUED', 'RUNNING') and (leased_until is null or leased_until < clock_timestamp())
  union all
  select merchant_id, 'RUN_TRIAL', id from reconciliation.trial
  where status in ('QUEUED', 'RUNNING') and (leased_until is null or leased_until < clock_timestamp())
  union all
  select merchant_id, 'RUN_EXPORT', id from transactions.export
  where status in ('QUEUED', 'RUNNING') and (leased_until is null or leased_until < clock_timestamp())
  union all
  select merchant_id, 'PROCESS_WEBHOOK', id from delivery.webhook w
  where due_at < clock_timestamp() and (leased_until is null or leased_until < clock_timestamp())
    and (status = 'RECEIVED' or status = 'QUARANTINED' and code = 'UNMAPPED_ACCOUNT' and exists (
      select from accounts.provider_account a
      where a.provider = w.provider and (a.account = w.account or w.account = '' and a.created_at > w.finished_at)))`;
