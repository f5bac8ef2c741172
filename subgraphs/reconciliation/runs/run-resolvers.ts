import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { ForwardPage } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { CancelReconciliationResult, cancelReconciliation } from "./cancel-reconciliation.ts";
import { runById, runPage } from "./run-lists.ts";
import { ReconciliationRun, ReconciliationRunConnection } from "./run-type.ts";
import { StartReconciliationInput, StartReconciliationResult, startReconciliation } from "./start-reconciliation.ts";

@Resolver(() => ReconciliationRun)
export class ReconciliationRunResolver {
  @Query(() => ReconciliationRunConnection, { nullable: true, description: "Runs, the latest first." })
  reconciliationRuns(@Ctx() context: RequestContext, @Args(() => ForwardPage) page: ForwardPage) {
    return runPage(context, page);
  }

  @Query(() => ReconciliationRun, { nullable: true, description: "One run; null if there is none that you may see." })
  reconciliationRun(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "Its id." }) id: string) {
    return runById(context, id);
  }

  @Mutation(() => StartReconciliationResult, {
    nullable: true,
    description: "Queues a run and answers at once; follow it with `reconciliationRun`. Needs `reconciliation:run`.",
  })
  startReconciliation(
    @Ctx() context: RequestContext,
    @Arg("input", () => StartReconciliationInput, { description: "Which run." }) input: StartReconciliationInput,
  ) {
    return startReconciliation(context, input);
  }

  @Mutation(() => CancelReconciliationResult, {
    nullable: true,
    description: "Stops a run after the parts at work; what was matched before stands. Needs `reconciliation:run`.",
  })
  cancelReconciliation(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "Which run." }) id: string) {
    return cancelReconciliation(context, id);
  }
}
