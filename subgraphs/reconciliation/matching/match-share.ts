import { recordChanges } from "../../shared/changes/record-changes.ts";
import { setForBulk } from "../../shared/database/bulk.ts";
import { type Transaction, takeTurns } from "../../shared/database/scope.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { deriveStatuses } from "../../shared/store/derive-statuses.ts";
import { observeDelays } from "../expectations/delays.ts";
import type { Digest } from "../runs/digest.ts";
import { keepToPeriod, type Period } from "../runs/period.ts";
import { matchCaptures } from "./captures.ts";
import { writeClaims } from "./claims.ts";
import { reportDiscrepancies } from "./discrepancies.ts";
import { inferTransactions, noteInferred } from "./infer-transactions.ts";
import { loadLoose, loadOpenLines, loadUnpaired, refuseToReachFurther } from "./open-work.ts";
import { countOutcomes, digestLines, digestOutput, digestTransactions, type PartitionCounts } from "./outcome.ts";
import { linesOf, type Partition, type Share } from "./partitions.ts";
import type { Rules } from "./rules.ts";
import { CHANGES_OF_SETTLING } from "./settle-transactions.ts";
import { findMismatches, matchReferences, matchReversals, matchStages } from "./stages.ts";
import { withdrawInferred } from "./withdraw-inferred.ts";

/** What was done, with the digests of what the matcher was given and of what it decided. */
export type MatchedPartition = {
  readonly partition: Partition;
  readonly counts: PartitionCounts;
  readonly digests: { readonly lines: Digest; readonly transactions: Digest; readonly output: Digest };
};

/** What a share is matched for and by. */
export type MatchingRun = {
  readonly id: string;
  readonly watermark: bigint;
  readonly period: Period;
  readonly rules: Rules;
  readonly rulesHash: string;
  readonly besideOthers?: boolean;
};

/**
 * Matches the partitions of a share, as each would be alone, inside the caller's transaction, which commits all of it or
 * nothing. Runs under `lockMerchants`, and then over one partition; or under `lockShare` by `besideOthers`, where it throws if
 * one of them reaches into another.
 */
export async function matchShare(
  transaction: Transaction,
  merchantId: string,
  share: Share,
  run: MatchingRun,
  families: FamilyModules,
): Promise<readonly MatchedPartition[]> {
  await setForBulk(transaction, linesOf(share));
  await loadOpenLines(transaction, merchantId, share, run.watermark);
  const lines = await digestLines(transaction, share);
  await matchReferences(transaction, run.besideOthers ?? false);
  const loose = await loadLoose(transaction, merchantId, run.rules);
  if (run.besideOthers) await refuseToReachFurther(transaction, merchantId, share);
  if (loose > 0) {
    await matchCaptures(transaction);
    await findMismatches(transaction);
  }
  const transactions = await digestTransactions(transaction, share);
  if (loose > 0) await matchStages(transaction, run.rules);
  await keepToPeriod(transaction, run.period);
  const { hasReversals, hasInferred } = await loadUnpaired(transaction);
  const withdrawn = hasInferred ? await withdrawInferred(transaction, merchantId) : 0;
  await inferTransactions(transaction, merchantId, families);
  await matchReversals(transaction, hasReversals);
  await writeClaims(transaction, merchantId, run);
  if (withdrawn > 0) {
    await transaction.query("insert into touched select $1, family, transaction_id from withdrawn", [merchantId]);
  }
  await reportDiscrepancies(transaction, merchantId, run.id);
  await deriveStatuses(transaction);
  const output = await digestOutput(transaction, share);
  const counts = await countOutcomes(transaction, share);
  await takeTurns(transaction, merchantId);
  await noteInferred(transaction, merchantId);
  await observeDelays(transaction, merchantId);
  await recordChanges(transaction, CHANGES_OF_SETTLING, [merchantId]);
  return share.map((partition) => ({
    partition,
    counts: counts(partition),
    digests: { lines: lines(partition), transactions: transactions(partition), output: output(partition) },
  }));
}

/** A share of one partition. */
export async function matchPartition(
  transaction: Transaction,
  partition: Partition,
  run: MatchingRun,
  families: FamilyModules,
): Promise<MatchedPartition> {
  const [matched] = await matchShare(transaction, partition.merchantId, [partition], run, families);
  if (!matched) throw new Error("a share of one partition has one outcome");
  return matched;
}
