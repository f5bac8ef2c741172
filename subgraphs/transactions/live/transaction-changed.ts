import { Arg, Ctx, Resolver, Root, Subscription } from "type-graphql";
import type { Positions } from "../../shared/changes/change-feed.ts";
import type { Cursors } from "../../shared/subgraph/cursors.ts";
import type { SubscriptionContext } from "../../shared/subgraph/execute-subscription.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { TransactionFilter } from "../transaction-filter.ts";
import { Transaction } from "../transaction-type.ts";
import { createInbox } from "./inbox.ts";
import { liveHub } from "./live-hub.ts";
import { type LiveScope, liveScopeOf } from "./live-scope.ts";
import { type Matched, matchedOf } from "./matched.ts";
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
  const { caller, signal } = context;
  let from = since ?? null;
  // Once around for each change of what the caller may see.
  while (!signal.aborted) {
    const of = liveScopeOf(await caller());
    yield* watch(context, of, filter ?? {}, from);
    if (!signal.aborted) yield { transaction: null };
    from = null;
  }
}

/** Until the subscription ends or the caller sees something else than at the start. */
async function* watch(
  { caller, cursors, live, signal }: SubscriptionContext,
  of: LiveScope,
  filter: TransactionFilter,
  since: string | null,
): AsyncGenerator<Changed> {
  const inbox = createInbox<Matched>(together);
  const leave = liveHub(live).matches(of, filter, inbox);
  try {
    if (since !== null) {
      // Looked for before it is listened to, what changes in between would be lost.
      await liveHub(live).isListening(of);
      inbox.put(await missedOf(live, of, filter, openToken(cursors, since)));
    }
    for await (const matched of inbox.values(signal)) {
      if (matched.transactions.size === 0 && !matched.tooMany) continue;
      if (liveScopeOf(await caller()).key !== of.key) return;
      yield* eventsOf(matched, cursors);
    }
  } finally {
    leave();
  }
}

/** The same objects for all who are told of the same: what is answered to one of them is answered to all. */
function eventsOf(matched: Matched, cursors: Cursors): readonly Changed[] {
  const known = events.get(matched);
  if (known) return known;
  const { tooMany, from, at } = matched;
  const all = [...matched.transactions.values()];
  const named = all.map((transaction, index): Changed => {
    // Who goes on from the middle of these is to hear the rest.
    const isLast = index === all.length - 1 && !tooMany;
    return { transaction: { ...transaction, resumeToken: sealToken(cursors, isLast ? at : from) } };
  });
  const told = tooMany ? [...named, { transaction: null }] : named;
  events.set(matched, told);
  return told;
}

const events = new WeakMap<Matched, readonly Changed[]>();

async function missedOf(
  live: SubscriptionContext["live"],
  of: LiveScope,
  filter: TransactionFilter,
  from: Positions,
): Promise<Matched> {
  const own = new Map([...from].filter(([merchant]) => of.reach.merchants.includes(merchant)));
  // A merchant that has come since is wholly new to the caller.
  const isKnown = of.reach.merchants.every((merchant) => from.has(merchant));
  const missed = isKnown ? await live.feed.since(of.scope, own, MOST) : null;
  if (missed) return matchedOf(live.database, of, missed, filter);
  const at = await live.feed.positions(of.scope);
  return { transactions: new Map(), tooMany: true, from: at, at };
}

/**
 * What one who reads slowly finds: each transaction once, as it was last; or that there is too much. What was missed
 * before is put in after the first that is heard, so that neither of the two begins or ends the whole by its place.
 */
function together(earlier: Matched, later: Matched): Matched {
  const transactions = new Map([...earlier.transactions, ...later.transactions]);
  const tooMany = earlier.tooMany || later.tooMany || transactions.size > MOST;
  const from = eachOf(earlier.from, later.from, earliest);
  const at = eachOf(earlier.at, later.at, latest);
  return { transactions: tooMany ? new Map() : transactions, tooMany, from, at };
}

const earliest = (a: bigint, b: bigint) => (b < a ? b : a);
const latest = (a: bigint, b: bigint) => (b > a ? b : a);

function eachOf(some: Positions, others: Positions, choose: (a: bigint, b: bigint) => bigint): Positions {
  return new Map(
    [...some].map(([merchant, position]) => [merchant, choose(position, others.get(merchant) ?? position)]),
  );
}

const MOST = 200;
