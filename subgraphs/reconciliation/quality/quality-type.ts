import { Field, Float } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar } from "../../shared/scalars.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";

@Output("MatchQuality", "What became of the automatic matches of one stage under one set of rules.")
export class MatchQuality {
  @Field(() => String, { description: "The stage that made them: `REFERENCE`, `ARN`, `SCORED`." })
  stage!: string;

  @Field(() => String, { description: "The hash of the rules they were made by." })
  ruleSetHash!: string;

  @Field(() => BigIntScalar, { description: "How many were made." })
  made!: bigint;

  @Field(() => BigIntScalar, { description: "How many of them a person took apart." })
  overturned!: bigint;

  @Field(() => Float, { description: "The share that stands, 0 to 1. It knows only what people looked at." })
  observedPrecision!: number;
}

@Output("ReconciliationQuality", "How good matching was, by what people did about it.")
export class ReconciliationQuality {
  @Field(() => BigIntScalar, { description: "Automatic matches with a reported transaction." })
  made!: bigint;

  @Field(() => BigIntScalar, { description: "Those that a person took apart." })
  overturned!: bigint;

  @Field(() => [MoneyType], { description: "The money of those that were taken apart, one amount a currency." })
  overturnedAmounts!: readonly Money[];

  @Field(() => Float, { nullable: true, description: "The share that stands, 0 to 1; null when none was made." })
  observedPrecision!: number | null;

  @Field(() => BigIntScalar, { description: "Matches that people made." })
  madeByPeople!: bigint;

  @Field(() => BigIntScalar, { description: "Lines that were left to people as ambiguous." })
  leftToPeople!: bigint;

  @Field(() => BigIntScalar, { description: "Pairs that people rejected and that matching keeps away from." })
  rejectedPairs!: bigint;

  @Field(() => [MatchQuality], { description: "The same by stage and rules, the most overturned first." })
  byStage!: readonly MatchQuality[];
}
