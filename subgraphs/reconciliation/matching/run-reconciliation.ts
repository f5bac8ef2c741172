import type { DataSource } from "typeorm";
import { maskCards } from "../../shared/card-detector.ts";
import { crashPoint } from "../../shared/crash-point.ts";
import { begin, inScope, JOB_LIMITS, lockMerchants } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { Log } from "../../shared/log.ts";
import { assess } from "../expectations/assess.ts";
import { LEASE_SECONDS } from "../import/lease.ts";
import { matchCredits } from "../payouts/match-credits.ts";
import {
  beginning,
  completePartition,
  type DryPartition,
  type Ending,
  finishRun,
  renewDryRun,
} from "../runs/finish-run.ts";
import { isGivenUp, mayLast, sentenceOf } from "../runs/lasting-failure.ts";
import { cancellationOf, holdRun, planRun, type Run, releaseRun, takeRun } from "../runs/run-record.ts";
import { type MatchedPartition, matchPartition } from "./match-partition.ts";
import { findPartitions, type Partition } from "./open-work.ts";

export type ReconciliationServices = {
  readonly database: DataSource;
  readonly families: FamilyModules;
  readonly log: Log;
  readonly leaseSeconds?: number;
  /** The day that delays are counted up to, `YYYY-MM-DD`; today's where none is given. */
  readonly asOf?: string | undefined;
};

/**
 * Carries a run out: partition by partition, each in one transaction with its claims, events, discrepancies and its
 * mark of completion, so that a run that is taken over goes on where it stopped. A finished run is left alone. A
 * partition that cannot be matched does not keep the others from it: it is tried again, and after some failures the run
 * ends without it and says so.
 */
export async function runReconciliation(
  services: ReconciliationServices,
  merchantId: string,
  runId: string,
): Promise<void> {
  const { database, leaseSeconds = LEASE_SECONDS } = services;
  const run = await takeRun(database, merchantId, runId, leaseSeconds);
  if (!run) return;
  crashPoint("after_run_lease");
  let worked: Worked | undefined;
  try {
    worked = await workPartitions(services, run);
    const [failure] = worked.failures;
    const errors = worked.failures.map(({ error }) => error);
    if (failure && !isGivenUp(run, errors)) throw failure.error;
    if (run.mode === "COMMIT" && !worked.cancelledBy) await matchPayouts(services, run);
    crashPoint("before_run_finish");
    await finishRun(database, run, endingOf(worked), worked.dry);
  } catch (error) {
    if (error instanceof AppError && error.code === "LEASE_LOST") throw error;
    const problem = mayLast(error) ? masked(sentenceOf(error)) : undefined;
    if (problem !== undefined && isGivenUp(run, [error])) {
      await finishRun(database, run, { status: worked?.done ? "PARTIAL" : "FAILED", problem }, worked?.dry ?? []);
    } else await releaseRun(database, run, problem);
    throw error;
  }
}

type Failure = { readonly partition: Partition; readonly error: unknown };

type Worked = {
  readonly planned: number;
  readonly failures: readonly Failure[];
  readonly cancelledBy: string | undefined;
  readonly done: number;
  readonly dry: readonly DryPartition[];
};

async function workPartitions(services: ReconciliationServices, run: Run): Promise<Worked> {
  const { database } = services;
  const log = services.log.child({ runId: run.id, merchantId: run.merchantId });
  const { open, planned } = await planPartitions(database, run);
  const dry: DryPartition[] = [];
  const failures: Failure[] = [];
  let done = planned - open.length;
  for (const partition of open) {
    const cancelledBy = await cancellationOf(database, run);
    if (cancelledBy) return { planned, failures: [], cancelledBy, done, dry };
    try {
      const matched = await carryOut(services, run, partition);
      done += 1;
      if (run.mode === "DRY_RUN") {
        dry.push({ partition, matched });
        await renewDryRun(database, run, dry);
      }
      log.info({ ...partition, ...matched.counts, mode: run.mode }, "partition matched");
    } catch (error) {
      if (error instanceof AppError && error.code === "LEASE_LOST") throw error;
      log.warn({ err: error, ...partition }, "a partition could not be matched");
      failures.push({ partition, error });
    }
  }
  // Asked for while the last partition was at work, it came too late to stop anything.
  const cancelledBy = open.length === 0 ? await cancellationOf(database, run) : undefined;
  return { planned, failures, cancelledBy, done, dry };
}

function planPartitions(database: DataSource, run: Run) {
  return inScope(
    database,
    run.scope,
    async (transaction) => {
      const found = await findPartitions(transaction, run.merchantId, run.provider, run.watermark);
      return planRun(transaction, run, found);
    },
    JOB_LIMITS,
  );
}

async function carryOut(services: ReconciliationServices, run: Run, partition: Partition): Promise<MatchedPartition> {
  const transaction = await begin(services.database, run.scope, JOB_LIMITS);
  try {
    await holdRun(transaction, run);
    await lockMerchants(transaction, [run.merchantId]);
    crashPoint("after_partition_lock");
    const began = await beginning(transaction);
    const matched = await matchPartition(transaction, partition, run, services.families);
    if (run.mode === "DRY_RUN") {
      await transaction.rollback();
      return matched;
    }
    await completePartition(transaction, run, partition, { matched, began });
    crashPoint("before_partition_commit");
    await transaction.commit();
    crashPoint("after_partition_commit_before_ack");
    return matched;
  } catch (error) {
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}

/** After all partitions, since a batch of any of them may be what a payout paid; then what is still open is judged. */
async function matchPayouts({ database, asOf }: ReconciliationServices, run: Run): Promise<void> {
  await inScope(
    database,
    run.scope,
    async (transaction) => {
      await holdRun(transaction, run);
      await matchCredits(transaction, run.merchantId, run.id);
      await assess(transaction, { merchantId: run.merchantId, runId: run.id, asOf });
    },
    JOB_LIMITS,
  );
}

function endingOf({ planned, failures, cancelledBy, done }: Worked): Ending {
  const parts = `${done} of ${planned} parts`;
  if (cancelledBy !== undefined) {
    const problem = `stopped by ${cancelledBy} after ${parts}; what those matched stands`;
    return { status: "CANCELLED", problem };
  }
  if (failures.length === 0) return { status: "SUCCEEDED", problem: null };
  const reasons = failures.map(
    ({ partition: { provider, currency }, error }) => `${provider} ${currency}: ${sentenceOf(error)}`,
  );
  const problem = masked(`${parts} were matched and stand; the others were not: ${reasons.join("; ")}`);
  return { status: done === 0 ? "FAILED" : "PARTIAL", problem };
}

const masked = (sentence: string) => maskCards(sentence).text;
