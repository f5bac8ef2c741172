import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import {
  ActivateRuleSetInput,
  AddRuleSetInput,
  activateRules,
  addRules,
  RuleSetResult,
  ruleSets,
} from "./rule-set-requests.ts";
import { RuleSet } from "./rule-set-type.ts";

@Resolver()
export class RuleSetResolver {
  @Query(() => [RuleSet], {
    nullable: true,
    description: "A merchant's rule sets and the built-in ones, the latest first.",
  })
  ruleSets(
    @Ctx() context: RequestContext,
    @Arg("merchantId", () => ID, { nullable: true, description: "May be left out by who sees one merchant only." })
    merchantId?: string | null,
  ) {
    return ruleSets(context, merchantId);
  }

  @Mutation(() => RuleSetResult, {
    nullable: true,
    description: "Adds a version of the rules; the same content is found again. Needs `rules:manage`.",
  })
  addRuleSet(
    @Ctx() context: RequestContext,
    @Arg("input", () => AddRuleSetInput, { description: "The rules." }) input: AddRuleSetInput,
  ) {
    return addRules(context, input);
  }

  @Mutation(() => RuleSetResult, {
    nullable: true,
    description: "Puts rules in force for runs that begin from then on. Needs `rules:manage`.",
  })
  activateRuleSet(
    @Ctx() context: RequestContext,
    @Arg("input", () => ActivateRuleSetInput, { description: "Which rules." }) input: ActivateRuleSetInput,
  ) {
    return activateRules(context, input);
  }
}
