import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import type { ChangeFeed, Changes } from "../../shared/changes/change-feed.ts";
import { inScope } from "../../shared/database/scope.ts";
import { listConditions } from "../list-conditions.ts";
import { sumsOf, type Totals } from "../totals.ts";
import type { TransactionFilter } from "../transaction-filter.ts";
import { createInbox } from "./inbox.ts";
import { filterKey, type LiveScope } from "./live-scope.ts";
import { type Matched, matchedOf } from "./matched.ts";
import { createSharing } from "./sharing.ts";

type Live = { readonly feed: ChangeFeed; readonly database: DataSource };

/**
 * What subscriptions of a process share: one reading of the changes for all who see the same merchants and places, and
 * one query for all of them with the same filter. Ten thousand who watch one list cost the database what one costs.
 */
export function liveHub(live: Live): Hub {
  let hub = hubs.get(live.feed);
  if (!hub) {
    hub = createHub(live);
    hubs.set(live.feed, hub);
  }
  return hub;
}

const hubs = new WeakMap<ChangeFeed, Hub>();

type Hub = ReturnType<typeof createHub>;

function createHub(live: Live) {
  const changes = createSharing<Changes>();
  const matches = createSharing<Matched>();
  const totals = createSharing<readonly Totals[]>({ replay: true });

  async function* changesIn({ scope, key }: LiveScope, signal: AbortSignal): AsyncGenerator<Changes> {
    const inbox = createInbox<Changes>((earlier, later) => ({
      ids: [...earlier.ids, ...later.ids],
      from: earlier.from,
      at: later.at,
    }));
    const leave = changes.join(key, (until) => live.feed.listen(scope, until), inbox);
    try {
      yield* inbox.values(signal);
    } finally {
      leave();
    }
  }

  return {
    /** Joins those who watch this list; `taker` is told of each change until what is answered is called. */
    matches: (of: LiveScope, filter: TransactionFilter, taker: Parameters<typeof matches.join>[2]) =>
      matches.join(
        `${of.key} ${filterKey(filter)}`,
        async function* (signal) {
          for await (const changes of changesIn(of, signal)) yield await matchedOf(live.database, of, changes, filter);
        },
        taker,
      ),
    /** Resolves once whatever changes in this scope from now on is sure to be told. */
    isListening: (of: LiveScope) => changes.ready(of.key),
    /** The same for its totals, at once and then at most about once a second; a costly sum is asked for less often. */
    totals: (of: LiveScope, filter: TransactionFilter, taker: Parameters<typeof totals.join>[2]) =>
      totals.join(
        `${of.key} ${filterKey(filter)}`,
        async function* (signal) {
          const began = performance.now();
          let shown = await totalsOf(live, of, filter);
          yield shown;
          let pause = pauseAfter(began);
          for await (const { ids } of changesIn(of, signal)) {
            if (ids.length === 0) continue;
            await delay(pause, undefined, { signal }).catch(() => undefined);
            if (signal.aborted) return;
            const from = performance.now();
            const next = await totalsOf(live, of, filter);
            pause = pauseAfter(from);
            if (textOf(next) !== textOf(shown)) yield next;
            shown = next;
          }
        },
        taker,
      ),
  };
}

async function totalsOf({ database }: Live, { scope, reach }: LiveScope, filter: TransactionFilter) {
  const sums = await inScope(database, scope, async (transaction) => {
    return sumsOf(transaction, await listConditions(transaction, reach, filter));
  });
  return sums.totals;
}

function textOf(totals: readonly Totals[]): string {
  return JSON.stringify(totals, (_, value) => (typeof value === "bigint" ? `${value}` : value));
}

/** A second, and more where the sum took long: it must not be all that the database does. */
function pauseAfter(began: number): number {
  return Math.max(SECOND, (performance.now() - began) * 4);
}

const SECOND = 1_000;
