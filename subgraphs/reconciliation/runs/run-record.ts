import type { DataSource } from "typeorm";
import { tellProgress } from "../../shared/changes/tell-progress.ts";
import { inScope, JOB_LIMITS, lockMerchants, type Scope, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { WORKER } from "../import/lease.ts";
import { ENGINE_VERSION } from "../matching/engine-version.ts";
import type { Partition } from "../matching/partitions.ts";
import type { Rules } from "../matching/rules.ts";
import { activeRuleSet, ruleSetByHash } from "../rule-sets/rule-sets.ts";
import type { Period } from "./period.ts";

/** A run that this worker holds the lease of. */
export type Run = {
  readonly scope: Scope;
  readonly merchantId: string;
  readonly id: string;
  readonly epoch: number;
  readonly mode: "DRY_RUN" | "COMMIT";
  readonly provider: string | null;
  readonly period: Period;
  readonly watermark: bigint;
  readonly rules: Rules;
  readonly rulesHash: string;
  readonly leaseSeconds: number;
  /** How often it has failed so far for a reason that may last. */
  readonly failures: number;
  /** Since it was begun, by whichever worker. */
  readonly ageSeconds: number;
};

/**
 * Takes the lease of a run that is not finished; undefined if it is, or while another worker holds it. The first worker
 * decides for all: the watermark and the rules stay what they were when the run began. The watermark is read while no
 * import of the merchant is under way, so that it cuts no file in two.
 */
export function takeRun(
  database: DataSource,
  merchantId: string,
  id: string,
  leaseSeconds: number,
): Promise<Run | undefined> {
  const scope: Scope = { merchants: [merchantId], user: WORKER };
  return inScope(
    database,
    scope,
    async (transaction) => {
      const [open] = await transaction.query<OpenRow>(OPEN, [merchantId, id]);
      if (!open) return undefined;
      if (open.input_watermark === null) await lockMerchants(transaction, [merchantId]);
      const rules = await rulesOf(transaction, merchantId, open.rule_set_hash);
      const values = [merchantId, id, rules.hash, rules.version, ENGINE_VERSION, leaseSeconds];
      const [row] = await transaction.query<TakenRow>(TAKE, values);
      if (!row) return undefined;
      await tellProgress(transaction, merchantId);
      const { lease_epoch: epoch, mode, provider, input_watermark: watermark, failures } = row;
      const period = { from: row.period_from, to: row.period_to };
      const held = { scope, merchantId, id, epoch, mode, provider, period, watermark, leaseSeconds, failures };
      return { ...held, ageSeconds: row.age_seconds, rules: rules.rules, rulesHash: rules.hash };
    },
    JOB_LIMITS,
  );
}

type OpenRow = { readonly input_watermark: bigint | null; readonly rule_set_hash: string | null };

type TakenRow = {
  readonly lease_epoch: number;
  readonly mode: Run["mode"];
  readonly provider: string | null;
  readonly period_from: string | null;
  readonly period_to: string | null;
  readonly input_watermark: bigint;
  readonly failures: number;
  readonly age_seconds: number;
};

async function rulesOf(transaction: Transaction, merchantId: string, hash: string | null) {
  const begunWith = hash === null ? undefined : await ruleSetByHash(transaction, merchantId, hash);
  return begunWith ?? (await activeRuleSet(transaction, merchantId));
}

/**
 * The locked row keeps others out until the commit, however long the work takes: who takes the run over needs it whole,
 * and those who work at it for one lease share it.
 */
export async function holdRun(transaction: Transaction, run: Run): Promise<void> {
  const held = await transaction.query(HOLD, [run.merchantId, run.id, run.epoch]);
  if (held.length === 0) throw leaseLost(run);
}

/** Notes how much there is to do, and answers which of the partitions are open still. */
export async function planRun(
  transaction: Transaction,
  run: Run,
  found: readonly Partition[],
): Promise<{ readonly open: readonly Partition[]; readonly planned: number }> {
  const done = await transaction.query<{ provider: string; currency: string; lines: bigint }>(DONE, [
    run.merchantId,
    run.id,
  ]);
  const finished = new Set(done.map(({ provider, currency }) => `${provider} ${currency}`));
  const open = found.filter(({ provider, currency }) => !finished.has(`${provider} ${currency}`));
  const lines = [...open, ...done].reduce((sum, partition) => sum + partition.lines, 0n);
  const planned = open.length + done.length;
  await transaction.query(PLANNED, [run.merchantId, run.id, run.epoch, planned, lines]);
  await tellProgress(transaction, run.merchantId);
  return { open, planned };
}

/** Who asked for the run to be stopped, if anyone has. */
export async function cancellationOf(database: DataSource, run: Run): Promise<string | undefined> {
  const [row] = await inScope(database, run.scope, (transaction) =>
    transaction.query<{ requested_by: string }>(CANCELLED, [run.merchantId, run.id]),
  );
  return row?.requested_by;
}

/** Lets the job's retry, or the sweeper's, take the run again at once. */
export async function releaseRun(database: DataSource, run: Run, failure?: string): Promise<void> {
  await inScope(database, run.scope, (transaction) =>
    transaction.change(RELEASE, [run.merchantId, run.id, run.epoch, failure ?? null]),
  ).catch(() => undefined);
}

export function leaseLost({ id, epoch }: Run): AppError {
  return new AppError("LEASE_LOST", `another worker took over run ${id} after lease ${epoch}`);
}

const OPEN = `
  select input_watermark, rule_set_hash from reconciliation.run
  where merchant_id = $1 and id = $2 and status in ('QUEUED', 'RUNNING')
    and (leased_until is null or leased_until < clock_timestamp())
  for update`;

const TAKE = `
  update reconciliation.run
  set status = 'RUNNING', lease_epoch = lease_epoch + 1, leased_until = clock_timestamp() + make_interval(secs => $6),
    started_at = coalesce(started_at, clock_timestamp()), rule_set_hash = $3, rule_set_version = $4,
    engine_version = $5, input_watermark = coalesce(input_watermark, (select last_value from transactions.ingest_seq))
  where merchant_id = $1 and id = $2
  returning lease_epoch, mode, provider, period_from, period_to, input_watermark, failures,
    extract(epoch from clock_timestamp() - started_at)::int as age_seconds`;

const HOLD = `
  select from reconciliation.run
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'RUNNING'
  for key share`;

const DONE = `
  select provider, currency, (counts ->> 'lines')::bigint as lines from reconciliation.run_partition
  where merchant_id = $1 and run_id = $2`;

const PLANNED = `
  update reconciliation.run set partitions_total = $4, lines_total = $5
  where merchant_id = $1 and id = $2 and lease_epoch = $3`;

const CANCELLED = "select requested_by from reconciliation.run_cancellation where merchant_id = $1 and run_id = $2";

const RELEASE = `
  update reconciliation.run
  set leased_until = null, problem = coalesce($4, problem), failures = failures + ($4::text is not null)::int
  where merchant_id = $1 and id = $2 and lease_epoch = $3 and status = 'RUNNING'`;
