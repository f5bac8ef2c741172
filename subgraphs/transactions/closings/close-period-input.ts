import { createUnionType, Field, ID, InputType } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { NotFound } from "../../shared/subgraph/refusals.ts";
import { Closing, type ClosingKind, ClosingKindEnum } from "./closing-type.ts";

@InputType("ClosePeriodInput", { description: "Which period of which place is closed." })
export class ClosePeriodInput {
  @Field(() => ID, { description: "Whose." })
  merchantId!: string;

  @Field(() => ID, { nullable: true, description: "Of one location; of the whole merchant without it." })
  locationId?: string | null;

  @Field(() => ID, { nullable: true, description: "Of one terminal; `locationId` may then be left out." })
  terminalId?: string | null;

  @Field(() => ClosingKindEnum, { description: "What is closed; each kind has a chain of its own at each place." })
  kind!: ClosingKind;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "From when; where the last closing of the kind ended, when not given. The first needs it, but for a DAY.",
  })
  from?: Date | null;

  @Field(() => DateTimeScalar, { description: "Up to when; not later than now." })
  to!: Date;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it answers the same closing." })
  idempotencyKey!: string;
}

const REASONS = {
  NOT_OVER: "The period is not over yet: close it when it is.",
  NO_BEGINNING: "The first closing of its kind at a place needs `from`.",
  ENDS_FIRST: "The period ends before it begins: give a later `to`.",
  OVERLAPS: "It begins before the last closing of this kind ended: begin there, or leave `from` out.",
  NOT_A_DAY: "A DAY begins and ends at midnight by the clock of the place, one day apart.",
} as const;
type Reason = keyof typeof REASONS;

const ReasonEnum = enumOf("ClosingRefusalReason", "Why nothing was closed.", Object.keys(REASONS) as Reason[]);

@Output("ClosingRefused", "Nothing was closed, and why.")
export class ClosingRefused {
  readonly __typename!: "ClosingRefused";

  @Field(() => ReasonEnum, { description: "The reason, for programs." })
  reason!: Reason;

  @Field(() => String, { description: "The reason and what to do, as a sentence in English." })
  message!: string;
}

export const refusedClosing = (reason: Reason): ClosingRefused => ({
  __typename: "ClosingRefused",
  reason,
  message: REASONS[reason],
});

export const ClosePeriodResult = createUnionType({
  name: "ClosePeriodResult",
  description: "The closing; or why there is none.",
  types: () => [Closing, ClosingRefused, NotFound, IdempotencyConflict] as const,
  resolveType: ({ __typename }) => __typename,
});
