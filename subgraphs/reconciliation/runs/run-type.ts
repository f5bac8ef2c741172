import { Field, ID, Int } from "type-graphql";
import { BigIntScalar, DateTimeScalar } from "../../shared/scalars.ts";
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

const RUN_STATUSES = ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
const RunStatusEnum = enumOf("ReconciliationRunStatus", "How far a run is.", RUN_STATUSES);

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

  @Field(() => RunStatusEnum, { description: "How far it is." })
  status!: RunStatus;

  @Field(() => String, { nullable: true, description: "Why it failed, as a sentence in English." })
  problem!: string | null;

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
  readonly status: RunStatus;
  readonly problem: string | null;
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

export const RUN_COLUMNS = `t.id, t.merchant_id, t.mode, t.trigger, t.provider, t.status, t.problem,
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
    status: row.status,
    problem: row.problem,
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
