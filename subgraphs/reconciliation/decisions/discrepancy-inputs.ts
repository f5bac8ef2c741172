import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { enumOf } from "../../shared/subgraph/output.ts";
import { Discrepancy } from "../discrepancy-type.ts";
import { IdempotencyConflict } from "../idempotency-conflict.ts";
import { DiscrepancyResolved, NotAssignable, NotFound, ReasonRequired, VersionConflict } from "./refusals.ts";

const RESOLUTIONS = ["WRITTEN_OFF", "ADJUSTED", "PROVIDER_CLAIM", "DUPLICATE", "ACCEPTED"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];
const ResolutionEnum = enumOf("Resolution", "How a person settles a discrepancy.", RESOLUTIONS, {
  WRITTEN_OFF: "The money is given up.",
  ADJUSTED: "It was corrected in the books.",
  PROVIDER_CLAIM: "The provider was asked to make it good.",
  DUPLICATE: "It is the same as another one.",
  ACCEPTED: "It is as it should be.",
});

@InputType({ description: "Which discrepancy, and the key of this request." })
abstract class DiscrepancyInput {
  @Field(() => ID, { description: "The discrepancy." })
  discrepancyId!: string;

  @Field(() => Int, { nullable: true, description: "Its version as you read it; refused if it has another by now." })
  expectedVersion?: number | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@InputType("AssignDiscrepancyInput", { description: "Who works on a discrepancy." })
export class AssignDiscrepancyInput extends DiscrepancyInput {
  @Field(() => ID, {
    nullable: true,
    description: "A user who may resolve discrepancies there; nobody when not given.",
  })
  assigneeId?: string | null;
}

@InputType("CommentDiscrepancyInput", { description: "What to note about a discrepancy." })
export class CommentDiscrepancyInput extends DiscrepancyInput {
  @Field(() => String, { description: "1 to 1,000 characters; card numbers are masked." })
  text!: string;
}

@InputType("SnoozeDiscrepancyInput", { description: "Until when a discrepancy can wait." })
export class SnoozeDiscrepancyInput extends DiscrepancyInput {
  @Field(() => DateTimeScalar, { description: "A time to come, at most a year away; then it is open again." })
  until!: Date;
}

@InputType("ResolveDiscrepancyInput", { description: "How a discrepancy is settled." })
export class ResolveDiscrepancyInput extends DiscrepancyInput {
  @Field(() => ResolutionEnum, { description: "How." })
  resolution!: Resolution;

  @Field(() => String, { description: "Why; up to 1,000 characters." })
  reason!: string;
}

export const DiscrepancyResult = createUnionType({
  name: "DiscrepancyResult",
  description: "The discrepancy as it is now; or why it was left alone.",
  types: () =>
    [
      Discrepancy,
      DiscrepancyResolved,
      VersionConflict,
      NotAssignable,
      ReasonRequired,
      NotFound,
      IdempotencyConflict,
    ] as const,
  resolveType: ({ __typename }) => __typename,
});
