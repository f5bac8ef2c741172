import type { DataSource } from "typeorm";
import { crashPoint } from "../../shared/crash-point.ts";
import { begin, inScope, lockMerchants, lockShare } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { Log } from "../../shared/log.ts";
import { MERCHANT_LIMITS } from "../merchant-limits.ts";
import { beginning, completeShare, renewDryRun } from "../runs/finish-run.ts";
import { cancellationOf, holdRun, planRun, type Run } from "../runs/run-record.ts";
import { type MatchedPartition, matchShare } from "./match-share.ts";
import { ReachesFurther } from "./open-work.ts";
import { findPartitions, linesOf, nameOf, type Partition, type Share, sharesOf } from "./partitions.ts";

export type ReconciliationServices = {
  readonly database: DataSource;
  readonly families: FamilyModules;
  readonly log: Log;
  readonly leaseSeconds?: number;
  /** The day that delays are counted up to, `YYYY-MM-DD`; today's where none is given. */
  readonly asOf?: string | undefined;
  /** From how many lines on two shares are matched side by side; fewer are done before a second connection is. */
  readonly besideFrom?: bigint;
  /** Up to how many lines partitions are matched in one pass. */
  readonly togetherUpTo?: bigint;
};

type Failure = { readonly partition: Partition; readonly error: unknown };

/** What became of a run's partitions. */
export type Worked = {
  readonly planned: number;
  readonly failures: readonly Failure[];
  readonly cancelledBy: string | undefined;
  readonly done: number;
  readonly dry: readonly MatchedPartition[];
};

const BESIDE_FROM = 500n;
const SIDE_BY_SIDE = 2;

/** A pass over so many lines costs little more than they do; of more, too much would be undone where one of them fails. */
const TOGETHER_UP_TO = 5_000n;

/**
 * Carries out the partitions that are open. First large ones are matched side by side, and several small ones in one pass,
 * as long as they have no transaction in common; whatever keeps one from it, it is then matched alone, as the others are.
 */
export async function workPartitions(services: ReconciliationServices, run: Run): Promise<Worked> {
  const { database } = services;
  const log = services.log.child({ runId: run.id });
  const { open, planned } = await planPartitions(database, run);
  const tally: Tally = { done: planned - open.length, dry: [] };
  const failures: Failure[] = [];
  for (const partition of await workShares({ ...services, log }, run, open, tally)) {
    const cancelledBy = await cancellationOf(database, run);
    if (cancelledBy) return { planned, failures: [], cancelledBy, ...tally };
    try {
      await work({ ...services, log }, run, [partition], tally);
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
type Tally = { done: number; readonly dry: MatchedPartition[] };

/** A run that matches shares of a merchant's partitions beside others. */
type SharedRun = Run & { readonly besideOthers?: boolean };

async function work(services: ReconciliationServices, run: SharedRun, share: Share, tally: Tally): Promise<void> {
  const matched = await carryOut(services, run, share);
  tally.done += matched.length;
  if (run.mode === "DRY_RUN") {
    tally.dry.push(...matched);
    await renewDryRun(services.database, run, tally.dry);
  }
  for (const { partition, counts } of matched) {
    services.log.info({ ...partition, ...counts, mode: run.mode }, "partition matched");
  }
}

/** Answers which are left for one after the other: all of a dry run, which is about what it would have done alone. */
async function workShares(
  services: ReconciliationServices,
  run: Run,
  open: readonly Partition[],
  tally: Tally,
): Promise<readonly Partition[]> {
  const { database, log, besideFrom = BESIDE_FROM, togetherUpTo = TOGETHER_UP_TO } = services;
  if (run.mode === "DRY_RUN") return open;
  const shares = sharesOf(open, togetherUpTo);
  const atOnce = shares.filter((share) => linesOf(share) >= besideFrom).length < SIDE_BY_SIDE ? 1 : SIDE_BY_SIDE;
  // The largest first, or the others would be through when it begins.
  const queue = shares.filter((share) => share.length > 1 || (atOnce > 1 && linesOf(share) >= besideFrom));
  const left = new Set(open);
  await takenTogether(queue, atOnce, async (share) => {
    if (await cancellationOf(database, run)) return [];
    try {
      await work(services, { ...run, besideOthers: true }, share, tally);
      for (const partition of share) left.delete(partition);
      return [];
    } catch (error) {
      if (isLeaseLost(error)) throw error;
      const [aside, others] = apartOf(share, error);
      for (const partition of aside)
        log.info({ err: error, ...partition }, "a partition is matched alone after the others");
      return others;
    }
  });
  return open.filter((partition) => left.has(partition));
}

/** Those of a share that it failed for, which may be all of them, and the shares that the others still make. */
function apartOf(share: Share, error: unknown): readonly [Share, readonly Share[]] {
  if (!(error instanceof ReachesFurther)) return [share, []];
  const others = share.filter((partition) => !error.partitions.includes(nameOf(partition)));
  return others.length > 1 ? [share.filter((partition) => !others.includes(partition)), [others]] : [share, []];
}

/**
 * So many at a time, in the order given and then those that taking one left. Throws what the first to fail threw, once
 * nobody is at work any more.
 */
async function takenTogether(
  queue: Share[],
  atOnce: number,
  take: (share: Share) => Promise<readonly Share[]>,
): Promise<void> {
  const workers = Array.from({ length: atOnce }, async () => {
    try {
      for (let next = queue.shift(); next; next = queue.shift()) queue.push(...(await take(next)));
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
  run: SharedRun,
  share: Share,
): Promise<readonly MatchedPartition[]> {
  const { merchantId } = run;
  const transaction = await begin(services.database, run.scope, MERCHANT_LIMITS);
  try {
    await holdRun(transaction, run);
    if (run.besideOthers) await lockShare(transaction, merchantId, share.map(nameOf));
    else await lockMerchants(transaction, [merchantId]);
    crashPoint("after_partition_lock");
    const began = await beginning(transaction);
    const matched = await matchShare(transaction, merchantId, share, run, services.families);
    if (run.mode === "DRY_RUN") {
      await transaction.rollback();
      return matched;
    }
    await completeShare(transaction, run, matched, began);
    crashPoint("before_partition_commit");
    await transaction.commit();
    crashPoint("after_partition_commit_before_ack");
    return matched;
  } catch (error) {
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}
