import type { DataSource } from "typeorm";
import { begin, inScope, JOB_LIMITS, type Scope, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { Log } from "../../shared/log.ts";
import { LEASE_SECONDS, WORKER } from "../import/lease.ts";
import { matchCredits } from "../payouts/match-credits.ts";
import { matchPartition, type PartitionCounts } from "./match-partition.ts";
import { findPartitions, type Partition } from "./open-work.ts";
import { RULES_HASH } from "./rules.ts";

export type ReconciliationServices = {
  readonly database: DataSource;
  readonly families: FamilyModules;
  readonly log: Log;
  readonly leaseSeconds?: number;
};

type Run = {
  readonly scope: Scope;
  readonly merchantId: string;
  readonly id: string;
  readonly epoch: number;
  readonly mode: "DRY_RUN" | "COMMIT";
  readonly provider: string | null;
  readonly watermark: bigint;
  readonly leaseSeconds: number;
};

/**
 * Carries a run out: partition by partition, each in one transaction with its claims, events, discrepancies and its
 * mark of completion, so that a run that is taken over goes on where it stopped. A finished run is left alone.
 */
export async function runReconciliation(
  services: ReconciliationServices,
  merchantId: string,
  runId: string,
): Promise<void> {
  const run = await takeRun(services, merchantId, runId);
  if (!run) return;
  const log = services.log.child({ runId, merchantId });
  try {
    const partitions = await openPartitions(services.database, run);
    const dry: PartitionCounts[] = [];
    for (const partition of partitions) {
      const counts = await carryOut(services, run, partition);
      if (run.mode === "DRY_RUN") dry.push(counts);
      log.info({ ...partition, ...counts, mode: run.mode }, "partition matched");
    }
    if (run.mode === "COMMIT") await matchPayouts(services.database, run);
    await finishRun(services.database, run, dry);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "LEASE_LOST")) await releaseRun(services.database, run);
    throw error;
  }
}

async function takeRun(
  { database, leaseSeconds = LEASE_SECONDS }: ReconciliationServices,
  merchantId: string,
  runId: string,
): Promise<Run | undefined> {
  const scope: Scope = { merchants: [merchantId], user: WORKER };
  const [row] = await inScope(database, scope, (transaction) =>
    transaction.query<{
      lease_epoch: number;
      mode: Run["mode"];
      provider: string | null;
      input_watermark: bigint;
    }>(TAKE, [merchantId, runId, RULES_HASH, leaseSeconds]),
  );
  return (
    row && {
      scope,
      merchantId,
      id: runId,
      epoch: row.lease_epoch,
      mode: row.mode,
      provider: row.provider,
      watermark: row.input_watermark,
      leaseSeconds,
    }
  );
}

async function openPartitions(database: DataSource, run: Run): Promise<Partition[]> {
  return inScope(
    database,
    run.scope,
    async (transaction) => {
      const found = await findPartitions(transaction, run.merchantId, run.provider, run.watermark);
      const done = await transaction.query<{ provider: string; currency: string }>(DONE, [run.merchantId, run.id]);
      const finished = new Set(done.map(({ provider, currency }) => `${provider} ${currency}`));
      const open = found.filter(({ provider, currency }) => !finished.has(`${provider} ${currency}`));
      await transaction.query(PLANNED, [run.merchantId, run.id, run.epoch, open.length + done.length]);
      return open;
    },
    JOB_LIMITS,
  );
}

async function carryOut(services: ReconciliationServices, run: Run, partition: Partition): Promise<PartitionCounts> {
  const transaction = await begin(services.database, run.scope, JOB_LIMITS);
  try {
    await holdRun(transaction, run);
    const counts = await matchPartition(transaction, partition, run, services.families);
    if (run.mode === "DRY_RUN") {
      await transaction.rollback();
      return counts;
    }
    await transaction.query(COMPLETE, [
      run.merchantId,
      run.id,
      partition.provider,
      partition.currency,
      JSON.stringify(counts),
    ]);
    await transaction.query(PROGRESS, [run.merchantId, run.id, run.leaseSeconds]);
    await transaction.commit();
    return counts;
  } catch (error) {
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}

/** After all partitions, since a batch of any of them may be what a payout paid. */
async function matchPayouts(database: DataSource, run: Run): Promise<void> {
  await inScope(
    database,
    run.scope,
    async (transaction) => {
      await holdRun(transaction, run);
      await matchCredits(transaction, run.merchantId, run.id);
    },
    JOB_LIMITS,
  );
}

/** The locked row keeps others out until the commit, however long the work takes. */
async function holdRun(transaction: Transaction, run: Run): Promise<void> {
  const held = await transaction.query(HOLD, [run.merchantId, run.id, run.epoch]);
  if (held.length > 0) return;
  throw new AppError("LEASE_LOST", `another worker took over run ${run.id} after lease ${run.epoch}`);
}

/** A dry run leaves no partition behind, so what it would have done is told here. */
async function finishRun(database: DataSource, run: Run, dry: readonly PartitionCounts[]): Promise<void> {
  await inScope(database, run.scope, async (transaction) => {
    const counts = run.mode === "DRY_RUN" ? JSON.stringify(dry) : null;
    const finished = await transaction.change(FINISH, [run.merchantId, run.id, run.epoch, counts]);
    if (finished === 0) throw new AppError("LEASE_LOST", `another worker took over run ${run.id}`);
  });
}

/** Lets the job's retry, or the sweeper's, take the run again at once. */
async function releaseRun(database: DataSource, run: Run): Promise<void> {
  await inScope(database, run.scope, (transaction) =>
    transaction.change(RELEASE, [run.merchantId, run.id, run.epoch]),
  ).catch(() => undefined);
}

const TAKE = `
  update reconciliation.run
  set status = 'RUNNING', lease_epoch = lease_epoch + 1, leased_until = clock_timestamp() + make_interval(secs => $4),
    started_at = coalesce(started_at, clock_timestamp()), rule_set_hash = $3,
    input_watermark = coalesce(input_watermark, (select last_value from transactions.ingest_seq))
  where merchant_id = $1 and id = $2 and status in ('QUEUED', 'RUNNING')
    and (leased_until is null or leased_until < clock_timestamp())
  returning lease_epoch, mode, provider, input_watermark`;

const HOLD = `
  select from reconciliation.run
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'RUNNING'
  for update`;

const DONE = "select provider, currency from reconciliation.run_partition where merchant_id = $1 and run_id = $2";

const PLANNED = `
  update reconciliation.run set partitions_total = $4 where merchant_id = $1 and id = $2 and lease_epoch = $3`;

const COMPLETE = `
  insert into reconciliation.run_partition (merchant_id, run_id, provider, currency, counts) values ($1, $2, $3, $4, $5)`;

/** Sums of counts in jsonb, from the partitions or from the list given. */
const SUMS = `
  set lines_seen = s.seen, lines_matched = s.matched, lines_promoted = s.inferred, lines_ambiguous = s.ambiguous,
    lines_mismatched = s.mismatched, matched_by_stage = s.by_stage`;
const SUM_OF = (source: string) => `
  select coalesce(sum((c ->> 'seen')::bigint), 0) as seen, coalesce(sum((c ->> 'matched')::bigint), 0) as matched,
    coalesce(sum((c ->> 'inferred')::bigint), 0) as inferred, coalesce(sum((c ->> 'ambiguous')::bigint), 0) as ambiguous,
    coalesce(sum((c ->> 'mismatched')::bigint), 0) as mismatched,
    coalesce((select jsonb_object_agg(stage, lines) from (
      select e.key as stage, sum(e.value::bigint) as lines from (${source}) p, jsonb_each_text(p.c -> 'byStage') e
      group by e.key) stages), '{}') as by_stage
  from (${source}) q`;
const PARTITION_COUNTS = "select counts as c from reconciliation.run_partition where merchant_id = $1 and run_id = $2";

const PROGRESS = `
  update reconciliation.run r ${SUMS}, partitions_done = s.done, leased_until = clock_timestamp() + make_interval(secs => $3)
  from (select *, (select count(*) from (${PARTITION_COUNTS}) d) as done from (${SUM_OF(PARTITION_COUNTS)}) t) s
  where r.merchant_id = $1 and r.id = $2`;

const FINISH = `
  update reconciliation.run r ${SUMS}, status = 'SUCCEEDED', finished_at = clock_timestamp(), leased_until = null
  from (${SUM_OF(`
    select counts as c from reconciliation.run_partition where $4::jsonb is null and merchant_id = $1 and run_id = $2
    union all select * from jsonb_array_elements($4::jsonb)`)}) s
  where r.merchant_id = $1 and r.id = $2 and r.lease_epoch = $3 and r.status = 'RUNNING'`;

const RELEASE = `
  update reconciliation.run set leased_until = null
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'RUNNING'`;
