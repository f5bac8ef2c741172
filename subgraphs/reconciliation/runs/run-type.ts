import { Field, ID, Int } from "type-graphql";
import { BigIntScalar, DateScalar, DateTimeScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";

const RUN_MODES = ["DRY_RUN", "COMMIT"] as const;
export type RunMode = (typeof RUN_MODES)[number];
export const RunModeEnum = enumOf("ReconciliationMode", "Whether a run changes anything.", RUN_MODES, {
  DRY_RUN: "Counts what it would match and writes nothing.",
  COMMIT: "Matches.",
});

const RUN_TRIGGERS = ["USER", "FILE", "WEBHOOK", "SCHEDULE"] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];
const RunTriggerEnum = enumOf("ReconciliationTrigger", "What started a run.", RUN_TRIGGERS);

const RUN_STATUSES = ["QUEUED", "RUNNING", "SUCCEEDED", "PARTIAL", "FAILED", "CANCELLED"] as const;
type RunStatus = (typeof RUN_STATUSES)[number];
const RunStatusEnum = enumOf("ReconciliationRunStatus", "How far a run is.", RUN_STATUSES, {
  PARTIAL: "Ended, without some parts that could not be matched; `problem` names them.",
  FAILED: "Ended, and nothing was matched.",
  CANCELLED: "Stopped by a person; what was matched before stands.",
});

/** Whether nothing more will come of the run. */
export function isFinished({ status }: { readonly status: RunStatus }): boolean {
  return status !== "QUEUED" && status !== "RUNNING";
}

@Output("StageCount", "How many lines one stage of matching settled.")
export class StageCount {
  @Field(() => String, { description: "The stage, named for the key it compares." })
  stage!: string;

  @Field(() => BigIntScalar, { description: "Lines it matched." })
  lines!: bigint;
}

@Output("ReconciliationRun", "One run of matching over one merchant's open settlement lines.")
export class ReconciliationRun {
  readonly __typename!: "ReconciliationRun";

  @Field(() => ID, { description: "Stable id, `run_…`, made from the merchant and the idempotency key." })
  id!: string;

  @Field(() => ID, { description: "The merchant it is for." })
  merchantId!: string;

  @Field(() => RunModeEnum, { description: "Whether it changes anything." })
  mode!: RunMode;

  @Field(() => RunTriggerEnum, { description: "What started it." })
  trigger!: RunTrigger;

  @Field(() => String, { nullable: true, description: "The one provider it is limited to; null for all." })
  provider!: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: "First day of the period it is limited to; null for no limit.",
  })
  from!: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Last day of that period, which is part of it." })
  to!: string | null;

  @Field(() => ID, { nullable: true, description: "The schedule that started it; null for what a schedule did not." })
  scheduleId!: string | null;

  @Field(() => RunStatusEnum, { description: "How far it is." })
  status!: RunStatus;

  @Field(() => String, {
    nullable: true,
    description: "Why it ended without doing all, or what went wrong so far, as a sentence in English.",
  })
  problem!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When someone asked for it to be stopped; it stops after the parts at work.",
  })
  cancelRequestedAt!: Date | null;

  @Field(() => Int, { description: "How much is done, in whole percent of its lines; 100 only once all of it is." })
  percentage!: number;

  @Field(() => BigIntScalar, { nullable: true, description: "Open lines it found; null until it starts." })
  linesTotal!: bigint | null;

  @Field(() => BigIntScalar, { description: "Of those, the lines of parts that are done." })
  linesDone!: bigint;

  @Field(() => Int, { nullable: true, description: "Version of the rules it goes by; null until it starts." })
  ruleSetVersion!: number | null;

  @Field(() => String, { nullable: true, description: "Hash of those rules, which each of its claims carries." })
  ruleSetHash!: string | null;

  @Field(() => String, { nullable: true, description: "Version of the matcher; null until it starts." })
  engineVersion!: string | null;

  @Field(() => BigIntScalar, {
    nullable: true,
    description: "The last ingest number it looks at; whatever came later waits for the next run.",
  })
  inputWatermark!: bigint | null;

  @Field(() => String, {
    nullable: true,
    description: "Digest of what it was given, whatever the order: 32 hex digits; null until it ends.",
  })
  inputDigest!: string | null;

  @Field(() => String, { nullable: true, description: "Digest of what it decided, as `inputDigest`." })
  outputDigest!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "Parts it has (one per provider and currency); null until it starts.",
  })
  partitionsTotal!: number | null;

  @Field(() => Int, { description: "Parts that are done." })
  partitionsDone!: number;

  @Field(() => BigIntScalar, { description: "Settlement lines it looked at." })
  linesSeen!: bigint;

  @Field(() => BigIntScalar, { description: "Lines it matched." })
  linesMatched!: bigint;

  @Field(() => BigIntScalar, { description: "Lines that several transactions fit equally well." })
  linesAmbiguous!: bigint;

  @Field(() => BigIntScalar, { description: "Lines whose transaction says another amount or currency." })
  linesMismatched!: bigint;

  @Field(() => BigIntScalar, { description: "Lines that told of a transaction nobody had reported." })
  linesPromoted!: bigint;

  @Field(() => [StageCount], { description: "Lines matched by each stage." })
  matchedByStage!: readonly StageCount[];

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  requestedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it started; null before." })
  startedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null before." })
  finishedAt!: Date | null;
}

@Output("ReconciliationRunConnection", "A page of runs, the latest first.")
export class ReconciliationRunConnection extends connectionOf("ReconciliationRun", ReconciliationRun) {}

export type RunRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly mode: RunMode;
  readonly trigger: RunTrigger;
  readonly provider: string | null;
  readonly period_from: string | null;
  readonly period_to: string | null;
  readonly schedule_id: string | null;
  readonly status: RunStatus;
  readonly problem: string | null;
  readonly cancel_requested_at: Date | null;
  readonly lines_total: bigint | null;
  readonly lines_done: bigint;
  readonly rule_set_version: number | null;
  readonly rule_set_hash: string | null;
  readonly engine_version: string | null;
  readonly input_watermark: bigint | null;
  readonly input_digest: string | null;
  readonly output_digest: string | null;
  readonly partitions_total: number | null;
  readonly partitions_done: number;
  readonly lines_seen: bigint;
  readonly lines_matched: bigint;
  readonly lines_ambiguous: bigint;
  readonly lines_mismatched: bigint;
  readonly lines_promoted: bigint;
  readonly matched_by_stage: Readonly<Record<string, number | string>>;
  readonly requested_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
};

export const RUN_COLUMNS = `t.id, t.merchant_id, t.mode, t.trigger, t.provider, t.period_from, t.period_to,
  t.schedule_id, t.status, t.problem, t.lines_total, t.lines_done, t.rule_set_version, t.rule_set_hash,
  t.engine_version, t.input_watermark, t.input_digest, t.output_digest,
  (select c.requested_at from reconciliation.run_cancellation c
    where c.merchant_id = t.merchant_id and c.run_id = t.id) as cancel_requested_at,
  t.partitions_total, t.partitions_done, t.lines_seen, t.lines_matched, t.lines_ambiguous, t.lines_mismatched,
  t.lines_promoted, t.matched_by_stage, t.requested_at, t.started_at, t.finished_at`;

export function runOf(row: RunRow): ReconciliationRun {
  return {
    __typename: "ReconciliationRun",
    id: row.id,
    merchantId: row.merchant_id,
    mode: row.mode,
    trigger: row.trigger,
    provider: row.provider,
    from: row.period_from,
    to: row.period_to,
    scheduleId: row.schedule_id,
    status: row.status,
    problem: row.problem,
    cancelRequestedAt: row.cancel_requested_at,
    percentage: percentageOf(row),
    linesTotal: row.lines_total,
    linesDone: row.lines_done,
    ruleSetVersion: row.rule_set_version,
    ruleSetHash: row.rule_set_hash,
    engineVersion: row.engine_version,
    inputWatermark: row.input_watermark,
    inputDigest: row.input_digest,
    outputDigest: row.output_digest,
    partitionsTotal: row.partitions_total,
    partitionsDone: row.partitions_done,
    linesSeen: row.lines_seen,
    linesMatched: row.lines_matched,
    linesAmbiguous: row.lines_ambiguous,
    linesMismatched: row.lines_mismatched,
    linesPromoted: row.lines_promoted,
    matchedByStage: Object.entries(row.matched_by_stage).map(([stage, lines]) => ({ stage, lines: BigInt(lines) })),
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** The last percent is for what comes after the lines: payouts, and the run's own end. */
function percentageOf(row: RunRow): number {
  if (row.status === "SUCCEEDED") return 100;
  if (row.lines_total === null || row.lines_total === 0n) return 0;
  return Math.min(99, Number((row.lines_done * 100n) / row.lines_total));
}
