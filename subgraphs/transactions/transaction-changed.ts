import { Arg, Ctx, Resolver, Root, Subscription } from "type-graphql";
import type { SubscriptionContext } from "../shared/subgraph/execute-subscription.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { listConditions } from "./list-conditions.ts";
import { TransactionFilter } from "./transaction-filter.ts";
import { transactionById } from "./transaction-loads.ts";
import { Transaction } from "./transaction-type.ts";

/** An event of the stream: the id of what changed, or null where too much did to name it. */
type Changed = { readonly id: string | null };

@Resolver(() => Transaction)
export class TransactionChangedResolver {
  @Subscription(() => Transaction, {
    nullable: true,
    description:
      "Each transaction of the list with this filter when it is new or has changed; null when so many have that the list should be asked for again.",
    subscribe: ({ context, args }) => changesOf(context as SubscriptionContext, args as { filter?: TransactionFilter }),
  })
  transactionChanged(
    @Ctx() context: RequestContext,
    @Root() { id }: Changed,
    @Arg("filter", () => TransactionFilter, { nullable: true, description: "As for the list." }) _filter?: unknown,
  ) {
    return id === null ? null : transactionById(context, id);
  }
}

async function* changesOf(context: SubscriptionContext, { filter }: { filter?: TransactionFilter }) {
  for await (const ids of context.changes()) {
    const named = ids.filter((id) => id !== null);
    const listed = named.length === 0 ? [] : await context.fresh((request) => inList(request, filter ?? {}, named));
    for (const id of listed) yield { id } satisfies Changed;
    if (named.length < ids.length) yield { id: null } satisfies Changed;
  }
}

/** Which of the transactions the list with this filter would show. */
async function inList(
  context: RequestContext,
  filter: TransactionFilter,
  ids: readonly string[],
): Promise<readonly string[]> {
  const where = listConditions(context.requireReach("transactions:view"), filter).add("t.id = any(?::text[])", ids);
  const rows = await context.query<{ id: string }>(
    `select t.id from transactions.transaction t where t.merchant_id = any($1::text[]) and ${where.text()} order by t.id`,
    where.values(),
  );
  return rows.map(({ id }) => id);
}
