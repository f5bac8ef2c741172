import type { DataSource } from "typeorm";
import { crashPoint } from "../../shared/crash-point.ts";
import { begin, inScope, lockMerchants, lockShare } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { Log } from "../../shared/log.ts";
import { MERCHANT_LIMITS } from "../merchant-limits.ts";
import { beginning, completePartition, type DryPartition, renewDryRun } from "../runs/finish-run.ts";
import { cancellationOf, holdRun, planRun, type Run } from "../runs/run-record.ts";
import { type MatchedPartition, matchPartition } from "./match-partition.ts";
import { findPartitions, type Partition } from "./open-work.ts";

export type ReconciliationServices = {
  readonly database: DataSource;
  readonly families: FamilyModules;
  readonly log: Log;
  readonly leaseSeconds?: number;
  /** The day that delays are counted up to, `YYYY-MM-DD`; today's where none is given. */
  readonly asOf?: string | undefined;
  /** From how many lines on two partitions are matched side by side; fewer are done before a second connection is. */
  readonly besideFrom?: bigint;
};

type Failure = { readonly partition: Partition; readonly error: unknown };

/** What became of a run's partitions. */
export type Worked = {
  readonly planned: number;
  readonly failures: readonly Failure[];
  readonly cancelledBy: string | undefined;
  readonly done: number;
  readonly dry: readonly DryPartition[];
};

const BESIDE_FROM = 500n;
const SIDE_BY_SIDE = 2;

/**
 * Carries out the partitions that are open. Large ones are matched side by side first, as long as they have no transaction
 * in common; whatever keeps one from it, it is then matched alone, as the others are.
 */
export async function workPartitions(services: ReconciliationServices, run: Run): Promise<Worked> {
  const { database } = services;
  const log = services.log.child({ runId: run.id, merchantId: run.merchantId });
  const { open, planned } = await planPartitions(database, run);
  const tally: Tally = { done: planned - open.length, dry: [] };
  const failures: Failure[] = [];
  for (const partition of await workSideBySide({ ...services, log }, run, open, tally)) {
    const cancelledBy = await cancellationOf(database, run);
    if (cancelledBy) return { planned, failures: [], cancelledBy, ...tally };
    try {
      await work({ ...services, log }, run, partition, tally);
    } catch (error) {
      if (isLeaseLost(error)) throw error;
      log.warn({ err: error, ...partition }, "a partition could not be matched");
      failures.push({ partition, error });
    }
  }
  // Asked for while the last partition was at work, it came too late to stop anything.
  const cancelledBy = open.length === 0 ? await cancellationOf(database, run) : undefined;
  return { planned, failures, cancelledBy, ...tally };
}

/** What is done so far. */
type Tally = { done: number; readonly dry: DryPartition[] };

async function work(
  services: ReconciliationServices,
  run: Run & { readonly besideOthers?: boolean },
  partition: Partition,
  tally: Tally,
): Promise<void> {
  const matched = await carryOut(services, run, partition);
  tally.done += 1;
  if (run.mode === "DRY_RUN") {
    tally.dry.push({ partition, matched });
    await renewDryRun(services.database, run, tally.dry);
  }
  services.log.info({ ...partition, ...matched.counts, mode: run.mode }, "partition matched");
}

/** Answers which are left for one after the other: all of a dry run, which is about what it would have done alone. */
async function workSideBySide(
  services: ReconciliationServices,
  run: Run,
  open: readonly Partition[],
  tally: Tally,
): Promise<readonly Partition[]> {
  const { database, log, besideFrom = BESIDE_FROM } = services;
  const large = open.filter(({ lines }) => lines >= besideFrom);
  if (run.mode === "DRY_RUN" || large.length < SIDE_BY_SIDE) return open;
  const left = new Set(open);
  // The largest first, or the others would be through when it begins.
  const queue = large.sort((one, other) => Number(other.lines - one.lines));
  await takenTogether(queue, async (partition) => {
    if (await cancellationOf(database, run)) return;
    try {
      await work(services, { ...run, besideOthers: true }, partition, tally);
      left.delete(partition);
    } catch (error) {
      if (isLeaseLost(error)) throw error;
      log.info({ err: error, ...partition }, "a partition is matched alone and not beside others");
    }
  });
  return open.filter((partition) => left.has(partition));
}

/** Two at a time, in the order given. Throws what the first to fail threw, once nobody is at work any more. */
async function takenTogether(queue: Partition[], take: (partition: Partition) => Promise<void>): Promise<void> {
  const workers = Array.from({ length: SIDE_BY_SIDE }, async () => {
    try {
      for (let next = queue.shift(); next; next = queue.shift()) await take(next);
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  });
  for (const worked of await Promise.allSettled(workers)) if (worked.status === "rejected") throw worked.reason;
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof AppError && error.code === "LEASE_LOST";
}

function planPartitions(database: DataSource, run: Run) {
  return inScope(
    database,
    run.scope,
    async (transaction) => {
      const found = await findPartitions(transaction, run.merchantId, run.provider, run.watermark);
      return planRun(transaction, run, found);
    },
    MERCHANT_LIMITS,
  );
}

async function carryOut(
  services: ReconciliationServices,
  run: Run & { readonly besideOthers?: boolean },
  partition: Partition,
): Promise<MatchedPartition> {
  const transaction = await begin(services.database, run.scope, MERCHANT_LIMITS);
  try {
    await holdRun(transaction, run);
    if (run.besideOthers) await lockShare(transaction, run.merchantId, `${partition.provider} ${partition.currency}`);
    else await lockMerchants(transaction, [run.merchantId]);
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
