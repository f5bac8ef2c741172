import { Arg, Ctx, ID, Resolver, Root, Subscription } from "type-graphql";
import type { SubscriptionContext } from "../../shared/subgraph/execute-subscription.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { runById } from "./run-lists.ts";
import { isFinished, ReconciliationRun } from "./run-type.ts";

/** An event of the stream: that there is something new about the run. */
type Progressed = { readonly id: string };

@Resolver(() => ReconciliationRun)
export class RunProgressResolver {
  @Subscription(() => ReconciliationRun, {
    nullable: true,
    description:
      "The run as it is, and again whenever it has come further; ends when the run has. To resume, subscribe again: nothing is missed, since each event is the whole state. Null, once, if there is no run that you may see.",
    subscribe: ({ context, args }) => progressOf(context as SubscriptionContext, args["id"] as string),
  })
  reconciliationRunProgress(
    @Ctx() context: RequestContext,
    @Root() { id }: Progressed,
    @Arg("id", () => ID, { description: "The run." }) _id: string,
  ) {
    return runById(context, id);
  }
}

async function* progressOf(context: SubscriptionContext, id: string) {
  let told: string | undefined;
  for await (const _ of context.progress()) {
    const run = await context.fresh((request) => runById(request, id));
    const state =
      run && [run.status, run.partitionsTotal, run.partitionsDone, run.problem, run.cancelRequestedAt].join();
    if (run && state === told) continue;
    told = state ?? undefined;
    yield { id } satisfies Progressed;
    if (!run || isFinished(run)) return;
  }
}
