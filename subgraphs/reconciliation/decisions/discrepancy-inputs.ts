import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { NotFound, VersionConflict } from "../../shared/subgraph/refusals.ts";
import { Discrepancy } from "../discrepancy-type.ts";
import {
  DiscrepancyResolved,
  NotAssignable,
  NothingProposed,
  ReasonRequired,
  SecondPersonRequired,
} from "./refusals.ts";
import { type Resolution, ResolutionEnum } from "./resolutions.ts";

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

@InputType("DecideResolutionInput", { description: "The proposed resolution that a second person decides about." })
export class DecideResolutionInput extends DiscrepancyInput {
  @Field(() => String, {
    nullable: true,
    description: "Why; up to 1,000 characters, noted as a comment. Must be given to reject.",
  })
  reason?: string | null;
}

export const DecideResolutionResult = createUnionType({
  name: "DecideResolutionResult",
  description: "The discrepancy, resolved or open as before; or why the proposal still waits.",
  types: () =>
    [
      Discrepancy,
      SecondPersonRequired,
      NothingProposed,
      DiscrepancyResolved,
      VersionConflict,
      ReasonRequired,
      NotFound,
      IdempotencyConflict,
    ] as const,
  resolveType: ({ __typename }) => __typename,
});

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
