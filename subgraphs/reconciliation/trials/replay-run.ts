import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import { begin, lockMerchants, type Scope, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { ENGINE_VERSION } from "../matching/engine-version.ts";
import { type MatchedPartition, matchPartition } from "../matching/match-share.ts";
import { MERCHANT_LIMITS } from "../merchant-limits.ts";
import { type RuleSet, ruleSetByHash } from "../rule-sets/rule-sets.ts";
import { addDigests, type Digest } from "../runs/digest.ts";
import type { Period } from "../runs/period.ts";
import { goBackTo } from "./go-back.ts";
import { MOST_EXAMPLES, type TrialServices, type TrialWork } from "./trial-work.ts";

/** How a pair that only one of the two has looks; `stage` is that of the side that has it. */
export type ReplayedClaim = {
  readonly provider: string;
  readonly lineId: string;
  readonly transactionId: string;
  readonly stage: string;
};

export type ReplayedPartition = {
  readonly provider: string;
  readonly currency: string;
  readonly linesEqual: boolean;
  readonly transactionsEqual: boolean;
  readonly outputEqual: boolean;
};

/** What a run decides when it is given again what it was given; digests as the run has them. */
export type Replay = {
  readonly runId: string;
  readonly inputEqual: boolean;
  readonly outputEqual: boolean;
  readonly recordedInputDigest: Digest;
  readonly recordedOutputDigest: Digest;
  readonly inputDigest: Digest;
  readonly outputDigest: Digest;
  readonly engineVersion: string;
  readonly recordedEngineVersion: string;
  readonly partitions: readonly ReplayedPartition[];
  /** Claims that the run made and its replay does not. */
  readonly missing: { readonly count: number; readonly examples: readonly ReplayedClaim[] };
  /** Claims that the replay makes and the run did not. */
  readonly extra: { readonly count: number; readonly examples: readonly ReplayedClaim[] };
  /** What happened since that may be why, as sentences in English; empty where nothing differs. */
  readonly remarks: readonly string[];
};

/** Carries a finished run out again over what it had before it, each partition in a transaction that is rolled back. */
export async function replayRun(services: TrialServices, work: TrialWork, runId: string): Promise<Replay> {
  const { merchantId, scope } = work;
  const facts = await reading(services, scope, (transaction) => factsOf(transaction, merchantId, runId));
  await work.progress(0, facts.partitions.length);
  const replayed: PartitionReplay[] = [];
  for (const partition of facts.partitions) {
    replayed.push(await replayPartition(services, work, facts, partition));
    await work.progress(replayed.length, facts.partitions.length);
  }
  const inputDigest = addDigests(replayed.flatMap(({ digests }) => [digests.lines, digests.transactions]));
  const outputDigest = addDigests(replayed.map(({ digests }) => digests.output));
  const inputEqual = inputDigest === facts.run.input_digest;
  const outputEqual = outputDigest === facts.run.output_digest;
  const differs = !inputEqual || !outputEqual;
  return {
    runId,
    inputEqual,
    outputEqual,
    recordedInputDigest: facts.run.input_digest,
    recordedOutputDigest: facts.run.output_digest,
    inputDigest,
    outputDigest,
    engineVersion: ENGINE_VERSION,
    recordedEngineVersion: facts.run.engine_version,
    partitions: replayed.map(({ compared }) => compared),
    missing: together(replayed.map(({ missing }) => missing)),
    extra: together(replayed.map(({ extra }) => extra)),
    remarks: differs ? await reading(services, scope, (transaction) => remarksOf(transaction, merchantId, facts)) : [],
  };
}

type RunFacts = {
  readonly input_digest: string;
  readonly output_digest: string;
  readonly engine_version: string;
  readonly rule_set_hash: string;
  readonly input_watermark: bigint;
  readonly period_from: string | null;
  readonly period_to: string | null;
};

type PartitionFacts = {
  readonly provider: string;
  readonly currency: string;
  readonly at: string;
  readonly watermark: bigint;
  readonly lines: string;
  readonly transactions: string;
  readonly output: string;
};

type Facts = {
  readonly run: RunFacts;
  readonly runId: string;
  readonly ruleSet: RuleSet;
  readonly partitions: readonly PartitionFacts[];
};

async function factsOf(transaction: Transaction, merchantId: string, runId: string): Promise<Facts> {
  const [run] = await transaction.query<RunFacts>(RUN, [merchantId, runId]);
  const ruleSet = run && (await ruleSetByHash(transaction, merchantId, run.rule_set_hash));
  if (!run || !ruleSet) throw new AppError("NOT_FOUND", `There is no finished run ${runId} whose rules are known.`);
  return {
    run,
    runId,
    ruleSet,
    partitions: await transaction.query<PartitionFacts>(PARTITIONS, [merchantId, runId]),
  };
}

type Examples = { readonly count: number; readonly examples: readonly ReplayedClaim[] };
type PartitionReplay = {
  readonly digests: MatchedPartition["digests"];
  readonly compared: ReplayedPartition;
  readonly missing: Examples;
  readonly extra: Examples;
};

async function replayPartition(
  { database, families }: TrialServices,
  { merchantId, scope, id }: TrialWork,
  { run, runId, ruleSet }: Facts,
  { provider, currency, at, watermark, ...recorded }: PartitionFacts,
): Promise<PartitionReplay> {
  const transaction = await begin(database, scope, MERCHANT_LIMITS);
  try {
    await lockMerchants(transaction, [merchantId]);
    await goBackTo(transaction, merchantId, { at, watermark });
    const period: Period = { from: run.period_from, to: run.period_to };
    const matching = { id, watermark: run.input_watermark, period, rules: ruleSet.rules, rulesHash: ruleSet.hash };
    const partition = { merchantId, provider, currency, lines: 0n };
    const { digests } = await matchPartition(transaction, partition, matching, families);
    const only = async (one: string, other: string) => {
      const rows = await transaction.query<ReplayedClaim & { count: bigint }>(ONLY, [
        merchantId,
        provider,
        currency,
        one,
        other,
        MOST_EXAMPLES,
      ]);
      const examples = rows.map(({ count: _, ...claim }) => claim);
      return { count: Number(rows[0]?.count ?? 0), examples };
    };
    return {
      digests,
      compared: {
        provider,
        currency,
        linesEqual: digests.lines === recorded.lines,
        transactionsEqual: digests.transactions === recorded.transactions,
        outputEqual: digests.output === recorded.output,
      },
      missing: await only(runId, id),
      extra: await only(id, runId),
    };
  } finally {
    await transaction.rollback().catch(() => undefined);
  }
}

function together(parts: readonly Examples[]): Examples {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    examples: parts.flatMap(({ examples }) => examples).slice(0, MOST_EXAMPLES),
  };
}

/** What was done since to what took part. Each is counted, since any one of them may be why the input differs. */
async function remarksOf(transaction: Transaction, merchantId: string, facts: Facts): Promise<string[]> {
  const [since] = await transaction.query<{ reported: bigint; released: bigint; manual: bigint }>(SINCE, [
    merchantId,
    facts.runId,
    facts.run.input_watermark,
  ]);
  const remarks = [
    facts.run.engine_version === ENGINE_VERSION
      ? undefined
      : `the run was made by version ${facts.run.engine_version} of the matcher, the replay by ${ENGINE_VERSION}`,
    since?.reported
      ? `${since.reported} transactions that were there before the run were reported on again since; what a report writes over cannot be put back`
      : undefined,
    since?.released ? `${since.released} claims of the run were taken back since` : undefined,
    since?.manual ? `${since.manual} claims were made by hand since` : undefined,
  ];
  return remarks.filter((remark) => remark !== undefined);
}

async function reading<T>(
  { database }: TrialServices,
  scope: Scope,
  read: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = await begin(database, scope, MERCHANT_LIMITS);
  try {
    return await read(transaction);
  } finally {
    await transaction.rollback().catch(() => undefined);
  }
}

const RUN = `
  select input_digest, output_digest, engine_version, rule_set_hash, input_watermark, period_from, period_to
  from reconciliation.run
  where merchant_id = $1 and id = $2 and mode = 'COMMIT' and output_digest is not null`;

const PARTITIONS = `
  select provider, currency, began_at::text as at, watermark, lines_digest as lines,
    transactions_digest as transactions, output_digest as output
  from reconciliation.run_partition
  where merchant_id = $1 and run_id = $2
  order by began_at, provider, currency`;

const CLAIMS_OF = (run: string) => `
  select c.line_id, c.transaction_id, c.stage
  from reconciliation.claim c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  where c.merchant_id = $1 and c.run_id = ${run} and l.provider = $2 and l.currency = $3`;

const ONLY = `
  select $2::text as provider, line_id as "lineId", transaction_id as "transactionId", stage, count(*) over () as count
  from (${CLAIMS_OF("$4")} except ${CLAIMS_OF("$5")}) o
  order by line_id, transaction_id
  limit $6`;

const SINCE = `
  select
    (select count(distinct e.transaction_id) from transactions.transaction_event e
      join transactions.transaction t on t.merchant_id = e.merchant_id
        and ${inAnyFamily("t")} and t.id = e.transaction_id
      where e.merchant_id = $1 and e.ingest_seq > $3 and e.source <> 'RECONCILER' and t.ingest_seq <= $3) as reported,
    (select count(*) from reconciliation.claim
      where merchant_id = $1 and run_id = $2 and released_at is not null) as released,
    (select count(*) from reconciliation.claim c
      where c.merchant_id = $1 and c.method <> 'AUTO' and c.made_at >= (
        select started_at from reconciliation.run where merchant_id = $1 and id = $2)) as manual`;
