import type { DataSource } from "typeorm";
import { nextDue } from "../../shared/cron.ts";
import { inScope, type Transaction } from "../../shared/database/scope.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import type { Jobs } from "../../shared/jobs/jobs.ts";
import { WORKER } from "../import/lease.ts";

/**
 * Starts a run for each schedule whose time has come, and answers how many. However many times were missed, one run
 * catches them up; whoever asks, and how often, a time starts one run. The database's clock decides. One that cannot be
 * started keeps no other from it; what kept it is thrown after the last.
 */
export async function startDue(database: DataSource): Promise<number> {
  const due = await inScope(database, { merchants: [], user: WORKER }, (transaction) =>
    transaction.query<{ merchant_id: string; id: string }>(DUE),
  );
  let started = 0;
  const failures: unknown[] = [];
  for (const { merchant_id: merchantId, id } of due) {
    const scope = { merchants: [merchantId], user: WORKER };
    const starting = inScope(database, scope, (transaction) => start(transaction, merchantId, id));
    if (await starting.catch((error: unknown) => void failures.push(error))) started += 1;
  }
  if (failures.length > 0) throw new AggregateError(failures, "a schedule could not start its run");
  return started;
}

/** Has the job store wake us at the times of every schedule. It may forget; then whoever sweeps starts what is due. */
export async function followSchedules(database: DataSource, jobs: Jobs): Promise<void> {
  const schedules = await inScope(database, { merchants: [], user: WORKER }, (transaction) =>
    transaction.query<{ merchant_id: string; id: string; cron: string; zone: string }>(ENABLED),
  );
  await jobs.queue("schedule").repeat(
    schedules.map(({ merchant_id: merchantId, id, cron, zone }) => {
      return { id, cron, zone, data: { merchantId, scheduleId: id } };
    }),
  );
}

type DueRow = {
  readonly cron: string;
  readonly zone: string;
  readonly provider: string | null;
  readonly days: number | null;
  readonly next_due: Date;
  readonly now: Date;
};

async function start(transaction: Transaction, merchantId: string, id: string): Promise<boolean> {
  const [schedule] = await transaction.query<DueRow>(TAKE, [merchantId, id]);
  if (!schedule) return false;
  const { cron, zone, provider, days, next_due: due, now } = schedule;
  const key = `${id}-${due.toISOString()}`;
  const runId = stableId(PREFIXES.run, merchantId, key);
  await transaction.query(ADD_RUN, [merchantId, runId, key, provider, id, days, zone]);
  await transaction.query(ORDER_RUN, [merchantId, stableId("out", "RECONCILE", runId), runId]);
  await transaction.query(ADVANCE, [merchantId, id, nextDue(cron, zone, now), due, runId]);
  return true;
}

const DUE = "select merchant_id, id from reconciliation.schedule where enabled and next_due <= clock_timestamp()";

const ENABLED =
  "select merchant_id, id, cron, zone from reconciliation.schedule where enabled order by merchant_id, id";

const TAKE = `
  select cron, zone, provider, days, next_due, clock_timestamp() as now from reconciliation.schedule
  where merchant_id = $1 and id = $2 and enabled and next_due <= clock_timestamp()
  for update`;

const ADD_RUN = `
  insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, provider, schedule_id, period_from,
    requested_by)
  values ($1, $2, $3, 'COMMIT', 'SCHEDULE', $4, $5, (clock_timestamp() at time zone $7)::date - $6::int, 'system:worker')
  on conflict do nothing`;

const ORDER_RUN = `
  insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RECONCILE', $3)
  on conflict do nothing`;

const ADVANCE = `
  update reconciliation.schedule set next_due = $3, last_due = $4, last_run_id = $5
  where merchant_id = $1 and id = $2`;
