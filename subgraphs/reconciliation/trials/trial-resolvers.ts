import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { RulePreview } from "./rule-preview-type.ts";
import { RunReplay } from "./run-replay-type.ts";
import {
  PreviewRulesInput,
  PreviewRulesResult,
  previewById,
  ReplayReconciliationRunResult,
  replayById,
  requestPreview,
  requestReplay,
} from "./trial-requests.ts";

@Resolver()
export class TrialResolver {
  @Query(() => RulePreview, {
    nullable: true,
    description: "A preview of rules; null if there is none that you may see.",
  })
  rulePreview(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "Its id." }) id: string) {
    return previewById(context, id);
  }

  @Query(() => RunReplay, { nullable: true, description: "A replay of a run; null if there is none that you may see." })
  runReplay(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "Its id." }) id: string) {
    return replayById(context, id);
  }

  @Mutation(() => PreviewRulesResult, {
    nullable: true,
    description:
      "Finds out what other rules would have made of the recent history, and changes nothing. Answers at once; follow `rulePreview`. Needs `reconciliation:run`.",
  })
  previewRules(
    @Ctx() context: RequestContext,
    @Arg("input", () => PreviewRulesInput, { description: "Which rules, and how many days." }) input: PreviewRulesInput,
  ) {
    return requestPreview(context, input);
  }

  @Mutation(() => ReplayReconciliationRunResult, {
    nullable: true,
    description:
      "Carries a run out again over what it had before it, and changes nothing: does the same input give the same output? Answers at once; follow `runReplay`. Needs `reconciliation:run`.",
  })
  replayReconciliationRun(
    @Ctx() context: RequestContext,
    @Arg("id", () => ID, { description: "The run." }) id: string,
  ) {
    return requestReplay(context, id);
  }
}
