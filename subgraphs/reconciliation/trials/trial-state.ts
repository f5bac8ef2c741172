import { Field, ID, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";

const TRIAL_STATUSES = ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"] as const;
type TrialStatus = (typeof TRIAL_STATUSES)[number];
const TrialStatusEnum = enumOf("TrialStatus", "How far the working out of a question is.", TRIAL_STATUSES);

/** What previews and replays have in common: they are asked for, worked out by a worker, and answered. */
@Output("TrialState", "How far it is.")
export class TrialState {
  @Field(() => TrialStatusEnum, { description: "How far it is." })
  status!: TrialStatus;

  @Field(() => String, { nullable: true, description: "Why it failed, as a sentence in English." })
  problem!: string | null;

  @Field(() => Int, { nullable: true, description: "Parts to match; null until it starts." })
  partitionsTotal!: number | null;

  @Field(() => Int, { description: "Parts that are matched." })
  partitionsDone!: number;

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  requestedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null before." })
  finishedAt!: Date | null;
}

@Output("ChangedMatch", "A pair that only one of two sides makes.")
export class ChangedMatch {
  @Field(() => String, { description: "The provider." })
  provider!: string;

  @Field(() => ID, { description: "The settlement line." })
  lineId!: string;

  @Field(() => ID, { description: "The transaction." })
  transactionId!: string;

  @Field(() => String, { description: "The stage that makes the pair." })
  stage!: string;
}

export type TrialRow<Input, Result> = {
  readonly id: string;
  readonly merchant_id: string;
  readonly input: Input;
  readonly result: Result | null;
  readonly status: TrialStatus;
  readonly problem: string | null;
  readonly steps_total: number | null;
  readonly steps_done: number;
  readonly requested_at: Date;
  readonly finished_at: Date | null;
};

export function trialStateOf(row: TrialRow<unknown, unknown>): TrialState {
  return {
    status: row.status,
    problem: row.problem,
    partitionsTotal: row.steps_total,
    partitionsDone: row.steps_done,
    requestedAt: row.requested_at,
    finishedAt: row.finished_at,
  };
}
