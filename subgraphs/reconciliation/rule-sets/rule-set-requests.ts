import { createUnionType, Field, ID, InputType } from "type-graphql";
import { PLATFORM } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { chooseMerchant, MerchantRequired } from "../runs/merchant-choice.ts";
import { activateRuleSet, addRuleSet, type Change, rulesOfText } from "./change-rules.ts";
import { RuleSet, type RuleSetRow, ruleSetOf } from "./rule-set-type.ts";
import { activeRuleSet } from "./rule-sets.ts";

@InputType("AddRuleSetInput", { description: "A version of the rules, which changes nothing until it is activated." })
export class AddRuleSetInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who manages one only." })
  merchantId?: string | null;

  @Field(() => String, { description: "The rules as JSON, as `content` of a rule set gives them." })
  content!: string;

  @Field(() => String, { description: "What it is for, 1 to 500 characters." })
  note!: string;
}

@InputType("ActivateRuleSetInput", { description: "Which rules to put in force, and from when on." })
export class ActivateRuleSetInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who manages one only." })
  merchantId?: string | null;

  @Field(() => ID, { description: "Hash of the rule set, the merchant's own or a built-in one." })
  hash!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "From when on, not in the past; at once when not given.",
  })
  activeFrom?: Date | null;
}

@Output("RulesRefused", "Nothing was done: these are no rules, or not of this merchant.")
export class RulesRefused {
  readonly __typename!: "RulesRefused";

  @Field(() => String, { description: "Why, and what to do, in English; it names each member that is wrong." })
  message!: string;
}

export const RuleSetResult = createUnionType({
  name: "RuleSetResult",
  description: "The rule set as it is now; or why nothing was done.",
  types: () => [RuleSet, RulesRefused, MerchantRequired] as const,
  resolveType: ({ __typename }) => __typename,
});

type Outcome = RuleSet | RulesRefused | MerchantRequired;

export function addRules(context: RequestContext, input: AddRuleSetInput): Promise<Outcome> {
  return change(context, input.merchantId, async (who) => {
    const rules = rulesOfText(input.content);
    if (!/^.{1,500}$/s.test(input.note)) throw new AppError("INVALID_INPUT", "`note` must be 1 to 500 characters.");
    return context.run((transaction) => addRuleSet(transaction, who, { rules, note: input.note }));
  });
}

export function activateRules(context: RequestContext, input: ActivateRuleSetInput): Promise<Outcome> {
  return change(context, input.merchantId, async (who) => {
    const activation = { hash: input.hash, activeFrom: input.activeFrom ?? null };
    const hash = await context.run((transaction) => activateRuleSet(transaction, who, activation));
    if (hash === undefined)
      throw new AppError("NOT_FOUND", `There are no rules of hash "${input.hash}": add them first.`);
    return hash;
  });
}

/** The merchant's rule sets and the built-in ones, the latest first. */
export async function ruleSets(context: RequestContext, given: string | null | undefined): Promise<readonly RuleSet[]> {
  const merchantId = chooseMerchant(context, "reconciliation:view", given);
  if (typeof merchantId !== "string") throw new AppError("INVALID_INPUT", merchantId.message);
  return listOf(context, merchantId);
}

async function listOf(context: RequestContext, merchantId: string): Promise<RuleSet[]> {
  const { hash } = await context.run((transaction) => activeRuleSet(transaction, merchantId));
  const rows = await context.query<RuleSetRow>(LIST, [merchantId, PLATFORM]);
  return rows.map((row) => ruleSetOf(row, hash));
}

/** Refusals that the caller can do something about are answers; nothing was written before they were found. */
async function change(
  context: RequestContext,
  given: string | null | undefined,
  work: (who: Change) => Promise<string>,
): Promise<Outcome> {
  const merchantId = chooseMerchant(context, "rules:manage", given);
  if (typeof merchantId !== "string") return merchantId;
  try {
    const hash = await work({ merchantId, actorId: context.identity.userId });
    return (await listOf(context, merchantId)).find((ruleSet) => ruleSet.hash === hash)!;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { __typename: "RulesRefused", message: error.message };
  }
}

const LIST = `
  select s.hash, s.version, s.merchant_id, s.content, s.note, s.added_by, s.added_at,
    (select a.active_from from reconciliation.rule_activation a
      where a.merchant_id in ($1, $2) and a.hash = s.hash
      order by a.merchant_id = $1 desc, a.position desc limit 1) as active_from
  from reconciliation.rule_set s
  where s.merchant_id in ($1, $2)
  order by s.version desc, s.merchant_id limit 1000`;
