import { Arg, Ctx, Resolver, Root, Subscription } from "type-graphql";
import type { SubscriptionContext } from "../../shared/subgraph/execute-subscription.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { Totals } from "../totals.ts";
import { TransactionFilter } from "../transaction-filter.ts";
import { createInbox } from "./inbox.ts";
import { liveHub } from "./live-hub.ts";
import { liveScopeOf } from "./live-scope.ts";

type Told = { readonly totals: readonly Totals[] };

@Resolver(() => Totals)
export class TotalsChangedResolver {
  @Subscription(() => [Totals], {
    nullable: true,
    description:
      "The totals of the list with this filter: at once, and again when they have changed, at most about once a second.",
    subscribe: ({ context, args }) =>
      totalsOf(context as SubscriptionContext, (args as { filter?: TransactionFilter | null }).filter ?? {}),
  })
  totalsChanged(
    @Ctx() _context: RequestContext,
    @Root() { totals }: Told,
    @Arg("filter", () => TransactionFilter, { nullable: true, description: "As for the list." }) _filter?: unknown,
  ) {
    return totals;
  }
}

async function* totalsOf(
  { caller, live, signal }: SubscriptionContext,
  filter: TransactionFilter,
): AsyncGenerator<Told> {
  // Once around for each change of what the caller may see.
  while (!signal.aborted) {
    const of = liveScopeOf(await caller());
    const inbox = createInbox<readonly Totals[]>((_, later) => later);
    const leave = liveHub(live).totals(of, filter, inbox);
    try {
      for await (const totals of inbox.values(signal)) {
        if (liveScopeOf(await caller()).key !== of.key) break;
        yield { totals };
      }
    } finally {
      leave();
    }
  }
}
