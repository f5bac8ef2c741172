import { Field, ID, Int } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar, DateScalar } from "../../shared/scalars.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { StageCount } from "../runs/run-type.ts";
import type { ChangedMatches, RuleOutcome, RulePreview as Worked } from "./preview-rules.ts";
import { ChangedMatch, type TrialRow, TrialState, trialStateOf } from "./trial-state.ts";

@Output("RuleOutcome", "What one set of rules makes of the history.")
class RuleOutcomeType {
  @Field(() => String, { description: "Hash of the rules." })
  ruleSetHash!: string;

  @Field(() => BigIntScalar, { description: "Lines that were open." })
  linesSeen!: bigint;

  @Field(() => BigIntScalar, { description: "Lines it matches with a reported transaction." })
  linesMatched!: bigint;

  @Field(() => BigIntScalar, { description: "Lines that several transactions fit equally well." })
  linesAmbiguous!: bigint;

  @Field(() => Int, {
    nullable: true,
    description: "Matched lines in ten-thousandths of those seen, rounded down; null where there are none.",
  })
  matchRateBps!: number | null;

  @Field(() => [StageCount], { description: "Lines matched by each stage." })
  matchedByStage!: readonly StageCount[];
}

@Output("ChangedMatches", "Pairs that only one set of rules makes.")
class ChangedMatchesType {
  @Field(() => BigIntScalar, { description: "How many." })
  count!: bigint;

  @Field(() => [MoneyType], { description: "Gross amounts of their lines, one sum for each currency." })
  money!: readonly Money[];

  @Field(() => [ChangedMatch], { description: "At most 100 of them." })
  examples!: readonly ChangedMatch[];
}

@Output("RulePreview", "What other rules would have made of the recent history; nothing of it was kept.")
export class RulePreview {
  readonly __typename!: "RulePreview";

  @Field(() => ID, { description: "Its id, `trl_…`." })
  id!: string;

  @Field(() => ID, { description: "The merchant whose history it is." })
  merchantId!: string;

  @Field(() => Int, { description: "How many days of booking were asked for." })
  days!: number;

  @Field(() => TrialState, { description: "How far it is; the rest is null until it has ended well." })
  state!: TrialState;

  @Field(() => DateScalar, { nullable: true, description: "First booking day that was matched again." })
  from!: string | null;

  @Field(() => RuleOutcomeType, { nullable: true, description: "By the rules that were active." })
  before!: RuleOutcomeType | null;

  @Field(() => RuleOutcomeType, { nullable: true, description: "By the rules that were given." })
  after!: RuleOutcomeType | null;

  @Field(() => ChangedMatchesType, { nullable: true, description: "Pairs that only the rules that were given make." })
  gained!: ChangedMatchesType | null;

  @Field(() => ChangedMatchesType, { nullable: true, description: "Pairs that only the active rules make." })
  lost!: ChangedMatchesType | null;
}

export function rulePreviewOf(row: TrialRow<{ readonly days: number }, Worked>): RulePreview {
  const { result } = row;
  return {
    __typename: "RulePreview",
    id: row.id,
    merchantId: row.merchant_id,
    days: row.input.days,
    state: trialStateOf(row),
    from: result?.from ?? null,
    before: result && outcomeOf(result.before),
    after: result && outcomeOf(result.after),
    gained: result && matchesOf(result.gained),
    lost: result && matchesOf(result.lost),
  };
}

function outcomeOf({ hash, seen, matched, ambiguous, byStage }: RuleOutcome): RuleOutcomeType {
  return {
    ruleSetHash: hash,
    linesSeen: BigInt(seen),
    linesMatched: BigInt(matched),
    linesAmbiguous: BigInt(ambiguous),
    matchRateBps: seen === 0 ? null : Math.floor((matched * 10_000) / seen),
    matchedByStage: Object.entries(byStage).map(([stage, lines]) => ({ stage, lines: BigInt(lines) })),
  };
}

function matchesOf({ count, money, examples }: ChangedMatches): ChangedMatchesType {
  return {
    count: BigInt(count),
    money: money.map(({ amountMinor, currency }) => ({ amountMinor: BigInt(amountMinor), currency })),
    examples,
  };
}
