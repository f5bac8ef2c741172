import { Field, ID, Int } from "type-graphql";
import { Output } from "../../shared/subgraph/output.ts";

@Output("RunnerUp", "Another transaction that a line might have been the money of.")
export class RunnerUp {
  @Field(() => ID, { description: "The transaction." })
  transactionId!: string;

  @Field(() => Int, { description: "The evidence for it in points." })
  points!: number;
}

/** What weighed evidence leaves in the column `compared` of a claim (`matching/scored.ts`); nothing where a key decided. */
export type Evidence = {
  readonly points?: number;
  readonly margin?: number;
  readonly runnerUp?: { readonly transaction: string; readonly points: number };
};

export function evidenceOf({ points, margin, runnerUp }: Evidence) {
  return {
    points: points ?? null,
    margin: margin ?? null,
    runnerUp: runnerUp ? { transactionId: runnerUp.transaction, points: runnerUp.points } : null,
  };
}
