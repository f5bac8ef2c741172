import { Field, ID, Int } from "type-graphql";
import { PLATFORM } from "../../shared/database/scope.ts";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";

@Output("RuleSet", "One version of the rules by which lines are matched; a version never changes.")
export class RuleSet {
  readonly __typename!: "RuleSet";

  @Field(() => ID, { description: "Hash of the content, which every run and claim that went by it carries." })
  hash!: string;

  @Field(() => Int, { description: "Its number; a merchant's own go on from the built-in ones." })
  version!: number;

  @Field(() => Boolean, { description: "Whether it came with the program and is everybody's." })
  isBuiltIn!: boolean;

  @Field(() => String, { description: "The rules as JSON: stages, windows, points, thresholds, tolerance." })
  content!: string;

  @Field(() => String, { description: "What it is for, in the words of who added it." })
  note!: string;

  @Field(() => String, { description: "Who added it." })
  addedBy!: string;

  @Field(() => DateTimeScalar, { description: "When it was added." })
  addedAt!: Date;

  @Field(() => Boolean, { description: "Whether runs that begin now go by it." })
  isActive!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "From when on it was, is or will be in force by its latest activation; null if it never was activated.",
  })
  activeFrom!: Date | null;
}

export type RuleSetRow = {
  readonly hash: string;
  readonly version: number;
  readonly merchant_id: string;
  readonly content: string;
  readonly note: string;
  readonly added_by: string;
  readonly added_at: Date;
  readonly active_from: Date | null;
};

export function ruleSetOf(row: RuleSetRow, activeHash: string): RuleSet {
  return {
    __typename: "RuleSet",
    hash: row.hash,
    version: row.version,
    isBuiltIn: row.merchant_id === PLATFORM,
    content: row.content,
    note: row.note,
    addedBy: row.added_by,
    addedAt: row.added_at,
    isActive: row.hash === activeHash,
    activeFrom: row.active_from,
  };
}
