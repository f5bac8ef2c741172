import { Arg, Ctx, Resolver, Root, Subscription } from "type-graphql";
import type { SubscriptionContext } from "../../shared/subgraph/execute-subscription.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { TransactionFilter } from "../transaction-filter.ts";
import { Transaction } from "../transaction-type.ts";
import { createInbox } from "./inbox.ts";
import { liveHub, type Matched, matchedOf } from "./live-hub.ts";
import { type LiveScope, liveScopeOf } from "./live-scope.ts";
import { openToken, sealToken } from "./resume-token.ts";

/** An event of the stream; null where too much changed to name it. */
type Changed = { readonly transaction: Transaction | null };
type Given = { readonly filter?: TransactionFilter | null; readonly since?: string | null };

@Resolver(() => Transaction)
export class TransactionChangedResolver {
  @Subscription(() => Transaction, {
    nullable: true,
    description:
      "Each transaction of the list with this filter when it is new or has changed; null when so many have that the list should be asked for again. Changes of one within a moment come as one. To go on after a lost connection give the last `resumeToken` as `since`.",
    subscribe: ({ context, args }) => changesOf(context as SubscriptionContext, args as Given),
  })
  transactionChanged(
    @Ctx() _context: RequestContext,
    @Root() { transaction }: Changed,
    @Arg("filter", () => TransactionFilter, { nullable: true, description: "As for the list." }) _filter?: unknown,
    @Arg("since", () => String, {
      nullable: true,
      description:
        "A `resumeToken` of the list or of an event: what changed since comes first, or null when that is too much or no longer kept, as after an hour. INVALID_CURSOR if it is not ours.",
    })
    _since?: unknown,
  ) {
    return transaction;
  }
}

async function* changesOf(context: SubscriptionContext, { filter, since }: Given): AsyncGenerator<Changed> {
  const { fresh, signal } = context;
  let from = since ?? null;
  // Once around for each change of what the caller may see.
  while (!signal.aborted) {
    const { of, token } = await fresh(async (request) => ({ of: liveScopeOf(request), token: from }));
    yield* watch(context, of, filter ?? {}, token);
    if (!signal.aborted) yield { transaction: null };
    from = null;
  }
}

/** Until the subscription ends or the caller sees something else than at the start. */
async function* watch(
  { fresh, live, signal }: SubscriptionContext,
  of: LiveScope,
  filter: TransactionFilter,
  since: string | null,
): AsyncGenerator<Changed> {
  const inbox = createInbox<Matched>(together);
  const leave = liveHub(live).matches(of, filter, inbox);
  try {
    let heard: string | null = since;
    if (since !== null) {
      // Looked for before it is listened to, what changes in between would be lost.
      await liveHub(live).isListening(of);
      const missed = await missedOf(live, of, filter, await fresh(async ({ cursors }) => openToken(cursors, since)));
      inbox.put(missed ?? { transactions: new Map(), tooMany: true, at: await live.feed.positions(of.scope) });
    }
    for await (const { transactions, tooMany, at } of inbox.values(signal)) {
      if (transactions.size === 0 && !tooMany) continue;
      const now = await fresh(async (request) => ({
        key: liveScopeOf(request).key,
        token: sealToken(request.cursors, at),
      }));
      if (now.key !== of.key) return;
      const all = [...transactions.values()];
      for (const [index, transaction] of all.entries()) {
        // Who goes on from the middle of these is to hear the rest.
        const isLast = index === all.length - 1 && !tooMany;
        yield { transaction: { ...transaction, resumeToken: isLast ? now.token : heard } };
      }
      if (tooMany) yield { transaction: null };
      heard = now.token;
    }
  } finally {
    leave();
  }
}

async function missedOf(
  live: SubscriptionContext["live"],
  of: LiveScope,
  filter: TransactionFilter,
  positions: ReadonlyMap<string, bigint>,
): Promise<Matched | null> {
  // A merchant that has come since is wholly new to the caller.
  if (of.reach.merchants.some((merchant) => !positions.has(merchant))) return null;
  const own = new Map([...positions].filter(([merchant]) => of.reach.merchants.includes(merchant)));
  const missed = await live.feed.since(of.scope, own, MOST);
  return missed && matchedOf(live, of, filter, missed);
}

/** What one who reads slowly finds: each transaction once, as it was last; or that there is too much. */
function together(earlier: Matched, later: Matched): Matched {
  const transactions = new Map([...earlier.transactions, ...later.transactions]);
  const tooMany = earlier.tooMany || later.tooMany || transactions.size > MOST;
  return { transactions: tooMany ? new Map() : transactions, tooMany, at: later.at };
}

const MOST = 200;
