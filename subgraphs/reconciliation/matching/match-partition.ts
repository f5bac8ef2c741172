import { recordChanges } from "../../shared/changes/record-changes.ts";
import { type Transaction, takeTurns } from "../../shared/database/scope.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { deriveStatuses } from "../../shared/store/derive-statuses.ts";
import { observeDelays } from "../expectations/delays.ts";
import { type Digest, digestOf } from "../runs/digest.ts";
import { keepToPeriod, type Period } from "../runs/period.ts";
import { matchCaptures } from "./captures.ts";
import { writeClaims } from "./claims.ts";
import { reportDiscrepancies } from "./discrepancies.ts";
import { inferTransactions, noteInferred } from "./infer-transactions.ts";
import { loadLoose, loadOpenLines, loadUnpaired, type Partition, refuseToReachFurther } from "./open-work.ts";
import type { Rules } from "./rules.ts";
import { changesOfSettling } from "./settle-transactions.ts";
import { findMismatches, matchReferences, matchReversals, matchStages } from "./stages.ts";
import { withdrawInferred } from "./withdraw-inferred.ts";

/** What became of a partition's open lines: seen = matched + inferred + ambiguous + mismatched + waiting. */
export type PartitionCounts = {
  readonly seen: number;
  readonly matched: number;
  readonly inferred: number;
  readonly ambiguous: number;
  readonly mismatched: number;
  readonly byStage: Readonly<Record<string, number>>;
};

/** What was done, with the digests of what the matcher was given and of what it decided. */
export type MatchedPartition = {
  readonly counts: PartitionCounts;
  readonly digests: { readonly lines: Digest; readonly transactions: Digest; readonly output: Digest };
};

/** What a partition is matched for and by. */
export type MatchingRun = {
  readonly id: string;
  readonly watermark: bigint;
  readonly period: Period;
  readonly rules: Rules;
  readonly rulesHash: string;
  readonly besideOthers?: boolean;
};

/**
 * Matches one partition inside the caller's transaction, which commits all of it or nothing. Runs under `lockMerchants`,
 * or under `lockShare` by `besideOthers`; then it throws where the partition reaches into another one.
 */
export async function matchPartition(
  transaction: Transaction,
  partition: Partition,
  run: MatchingRun,
  families: FamilyModules,
): Promise<MatchedPartition> {
  const { merchantId } = partition;
  await setForBulk(transaction);
  await loadOpenLines(transaction, partition, run.watermark);
  const lines = await digestOf(transaction, [GIVEN_LINES, "table rejected"]);
  await matchReferences(transaction);
  const loose = await loadLoose(transaction, partition, run.rules);
  if (run.besideOthers) await refuseToReachFurther(transaction, partition);
  if (loose > 0) {
    await matchCaptures(transaction);
    await findMismatches(transaction);
  }
  const transactions = await digestOf(transaction, [GIVEN_TRANSACTIONS]);
  if (loose > 0) await matchStages(transaction, run.rules);
  await keepToPeriod(transaction, run.period);
  await loadUnpaired(transaction);
  await withdrawInferred(transaction, merchantId);
  await inferTransactions(transaction, merchantId, families);
  await matchReversals(transaction);
  await writeClaims(transaction, merchantId, run);
  await transaction.query("insert into touched select $1, family, transaction_id from withdrawn", [merchantId]);
  await reportDiscrepancies(transaction, merchantId, run.id);
  await deriveStatuses(transaction);
  const output = await digestOf(transaction, [OUTPUT]);
  await takeTurns(transaction, merchantId);
  await noteInferred(transaction, merchantId);
  await observeDelays(transaction, merchantId);
  await recordChanges(transaction, changesOfSettling(merchantId));
  return { counts: await countOutcomes(transaction), digests: { lines, transactions, output } };
}

/**
 * For whole tables and not for pages: room to sort and to join in memory, and statistics that are good enough for tables
 * made a moment ago, at a tenth of the time.
 */
async function setForBulk(transaction: Transaction): Promise<void> {
  await transaction.query(
    `select set_config('work_mem', '128MB', true), set_config('default_statistics_target', '10', true)`,
  );
}

/** A line never changes, so its content is told by its hash; what it leads to may. */
const GIVEN_LINES = "select id, content_hash, resolved_id, inferred_transaction from open_line";
const GIVEN_TRANSACTIONS = `
  select o::text from open_transaction o
  union all select transaction_id || ' ' || prior_base from pair`;

/** Pairs, contradictions and doubts: all that a person would see of it. */
const OUTPUT = `
  select stage as outcome, line_id, transaction_id, part::text as part from pair
  union all select type, line_id, transaction_id, '' from mismatch
  union all select distinct 'AMBIGUOUS', c.line_id, c.transaction_id, '' from candidate c
    join unpaired_line l on l.id = c.line_id and l.inferred_claim is null`;

async function countOutcomes(transaction: Transaction): Promise<PartitionCounts> {
  const [counts] = await transaction.query<Omit<PartitionCounts, "matched" | "inferred">>(COUNTS);
  const { byStage = {}, seen = 0, ambiguous = 0, mismatched = 0 } = counts ?? {};
  const inferred = byStage.SETTLEMENT_ONLY ?? 0;
  const paired = Object.values(byStage).reduce((sum, lines) => sum + lines, 0);
  return { seen, ambiguous, mismatched, matched: paired - inferred, inferred, byStage };
}

const COUNTS = `
  select
    (select coalesce(json_object_agg(stage, lines order by stage), '{}')
      from (select stage, count(*) as lines from pair group by stage) s) as "byStage",
    (select count(*)::int from open_line where inferred_claim is null or id in (select line_id from pair)) as seen,
    (select count(distinct c.line_id)::int from candidate c join unpaired_line l on l.id = c.line_id
      where l.inferred_claim is null) as ambiguous,
    (select count(distinct line_id)::int from mismatch) as mismatched`;
