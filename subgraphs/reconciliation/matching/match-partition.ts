import { recordChanges } from "../../shared/changes/record-changes.ts";
import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { deriveStatuses } from "../../shared/store/derive-statuses.ts";
import { addDigests, type Digest, digestOf } from "../runs/digest.ts";
import { keepToPeriod, type Period } from "../runs/period.ts";
import { writeClaims } from "./claims.ts";
import { reportDiscrepancies } from "./discrepancies.ts";
import { inferTransactions } from "./infer-transactions.ts";
import { loadOpenWork, type Partition } from "./open-work.ts";
import type { Rules } from "./rules.ts";
import { matchReversals, matchStages } from "./stages.ts";
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
};

/** Matches one partition inside the caller's transaction, which commits all of it or nothing. */
export async function matchPartition(
  transaction: Transaction,
  partition: Partition,
  run: MatchingRun,
  families: FamilyModules,
): Promise<MatchedPartition> {
  const { merchantId } = partition;
  await lockMerchants(transaction, [merchantId]);
  await loadOpenWork(transaction, partition, run.watermark);
  const lines = addDigests([
    await digestOf(transaction, "table open_line"),
    await digestOf(transaction, "table rejected"),
  ]);
  const transactions = await digestOf(transaction, "table open_transaction");
  await matchStages(transaction, run.rules);
  await keepToPeriod(transaction, run.period);
  await withdrawInferred(transaction, merchantId);
  await inferTransactions(transaction, merchantId, families);
  await matchReversals(transaction);
  await transaction.query("analyze pair");
  await writeClaims(transaction, merchantId, run);
  await transaction.query("insert into touched select $1, family, transaction_id from withdrawn", [merchantId]);
  await reportDiscrepancies(transaction, merchantId, run.id);
  await deriveStatuses(transaction);
  await recordChanges(transaction);
  const output = await digestOf(transaction, OUTPUT);
  return { counts: await countOutcomes(transaction), digests: { lines, transactions, output } };
}

/** Pairs, contradictions and doubts: all that a person would see of it. */
const OUTPUT = `
  select stage as outcome, line_id, transaction_id, part::text as part from pair
  union all select type, line_id, transaction_id, '' from mismatch
  union all select distinct 'AMBIGUOUS', c.line_id, c.transaction_id, '' from candidate c
    where exists (select from open_line l where l.id = c.line_id and l.inferred_claim is null)
      and not exists (select from pair p where p.line_id = c.line_id)`;

async function countOutcomes(transaction: Transaction): Promise<PartitionCounts> {
  const stages = await transaction.query<{ stage: string; lines: number }>(
    "select stage, count(*)::int as lines from pair group by stage order by stage",
  );
  const [others] = await transaction.query<{ seen: number; ambiguous: number; mismatched: number }>(OTHERS);
  const byStage = Object.fromEntries(stages.map(({ stage, lines }) => [stage, lines]));
  const inferred = byStage.SETTLEMENT_ONLY ?? 0;
  const paired = stages.reduce((sum, { lines }) => sum + lines, 0);
  return { seen: 0, ambiguous: 0, mismatched: 0, ...others, matched: paired - inferred, inferred, byStage };
}

const OTHERS = `
  select
    (select count(*)::int from open_line where inferred_claim is null or id in (select line_id from pair)) as seen,
    (select count(distinct c.line_id)::int from candidate c join open_line l on l.id = c.line_id
      where l.inferred_claim is null and not exists (select from pair p where p.line_id = c.line_id)) as ambiguous,
    (select count(distinct line_id)::int from mismatch) as mismatched`;
