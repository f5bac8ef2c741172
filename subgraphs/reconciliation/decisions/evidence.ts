import { Field, ID, Int, ObjectType } from "type-graphql";
import { Output } from "../../shared/subgraph/output.ts";

@Output("RunnerUp", "Another transaction that a line might have been the money of.")
export class RunnerUp {
  @Field(() => ID, { description: "The transaction." })
  transactionId!: string;

  @Field(() => Int, { description: "The evidence for it in points." })
  points!: number;
}

/** Base class of what a run may have weighed; it is no type of the schema itself. */
@ObjectType({ simpleResolvers: true })
export abstract class Weighed {
  @Field(() => Int, { nullable: true, description: "The evidence in points, where a run weighed it." })
  points!: number | null;

  @Field(() => Int, { nullable: true, description: "By how many points it beat the best assignment without it." })
  margin!: number | null;

  @Field(() => RunnerUp, {
    nullable: true,
    description: "The strongest other candidate of the line, if there was one.",
  })
  runnerUp!: RunnerUp | null;
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
