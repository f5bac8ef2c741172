import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { DataSource } from "typeorm";
import { clientOptions, type DatabaseAddress } from "../database/connection.ts";
import { inScope, type Scope } from "../database/scope.ts";
import type { Log } from "../log.ts";
import { CHANGE_CHANNEL } from "./record-changes.ts";
import { PROGRESS_CHANNEL } from "./tell-progress.ts";

/** Ids of transactions that changed, oldest first; null means that more changed than can be named. */
export type Changes = readonly (string | null)[];

export type ChangeFeed = {
  /** What changes in the scope's merchants from now on, until aborted. Each listener reads at its own pace. */
  readonly listen: (scope: Scope, signal: AbortSignal) => AsyncGenerator<Changes>;
  /** Once at the start, and then whenever something that is under way may have come further, until aborted. */
  readonly progress: (signal: AbortSignal) => AsyncGenerator<void>;
  readonly close: () => Promise<void>;
};

/**
 * Follows changes that any process commits. A notification only wakes: what changed is read from the table, in the
 * listener's own scope, so that nothing is missed while a connection is lost and nobody hears of another's rows.
 */
export function openChangeFeed(address: DatabaseAddress, database: DataSource, log: Log): ChangeFeed {
  const wakers = new Set<() => void>();
  const followers = new Set<() => void>();
  const wake = (channel?: string) => {
    if (channel !== PROGRESS_CHANNEL) for (const ring of wakers) ring();
    if (channel !== CHANGE_CHANNEL) for (const ring of followers) ring();
  };
  const connection = keepListening(address, wake, log);
  return {
    listen: (scope, signal) => listen({ database, wakers }, scope, signal),
    progress: (signal) => rings(followers, signal),
    close: () => connection.close(),
  };
}

type Listeners = { readonly database: DataSource; readonly wakers: Set<() => void> };

async function* listen({ database, wakers }: Listeners, scope: Scope, signal: AbortSignal): AsyncGenerator<Changes> {
  const bell = createBell();
  wakers.add(bell.ring);
  signal.addEventListener("abort", bell.ring);
  try {
    // A position for each merchant: only within one do positions follow the order of commit.
    const seen = new Map(scope.merchants.map((merchant) => [merchant, 0n]));
    for (const row of await inScope(database, scope, ({ query }) => query<ChangeRow>(LATEST))) {
      seen.set(row.merchant_id, row.position);
    }
    while (!signal.aborted) {
      const rung = bell.next(LOOK_MS);
      const parameters = [[...seen.keys()], [...seen.values()].map(String), PAGE];
      const rows = await inScope(database, scope, ({ query }) => query<ChangeRow>(SINCE, parameters));
      for (const row of rows) seen.set(row.merchant_id, row.position);
      if (rows.length === 0) await rung;
      else yield rows.map((row) => row.transaction_id);
    }
  } finally {
    wakers.delete(bell.ring);
    signal.removeEventListener("abort", bell.ring);
  }
}

async function* rings(followers: Set<() => void>, signal: AbortSignal): AsyncGenerator<void> {
  const bell = createBell();
  followers.add(bell.ring);
  signal.addEventListener("abort", bell.ring);
  try {
    while (!signal.aborted) {
      const rung = bell.next(LOOK_MS);
      yield;
      if (!signal.aborted) await rung;
    }
  } finally {
    followers.delete(bell.ring);
    signal.removeEventListener("abort", bell.ring);
  }
}

type ChangeRow = { readonly merchant_id: string; readonly position: bigint; readonly transaction_id: string | null };

/** Something to wait for that may ring before anyone waits. */
function createBell() {
  let ring = () => {};
  return {
    ring: () => ring(),
    /** Resolves at the next ring from now, or after `limitMs`: a ring may be lost with its connection. */
    next: (limitMs: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

/** One connection that listens, opened again when it is lost; listeners look for themselves after a gap. */
function keepListening(address: DatabaseAddress, wake: (channel?: string) => void, log: Log) {
  const stop = new AbortController();
  let client: pg.Client | undefined;
  const running = (async () => {
    while (!stop.signal.aborted) {
      client = new pg.Client(clientOptions(address, "app"));
      const lost = new Promise<void>((resolve) => client?.once("end", resolve));
      client.on("error", (error) => log.warn({ err: error }, "the change feed lost its connection"));
      client.on("notification", ({ channel }) => wake(channel));
      try {
        await client.connect();
        for (const channel of [CHANGE_CHANNEL, PROGRESS_CHANNEL]) await client.query(`listen ${channel}`);
        wake();
        await lost;
      } catch (error) {
        log.warn({ err: error }, "the change feed cannot connect; it is tried again");
      }
      await delay(RECONNECT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      stop.abort();
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}

const LATEST = "select merchant_id, max(position) as position from delivery.transaction_change group by merchant_id";

const SINCE = `
  select c.merchant_id, c.position, c.transaction_id
  from unnest($1::text[], $2::bigint[]) seen (merchant_id, position)
  join delivery.transaction_change c on c.merchant_id = seen.merchant_id and c.position > seen.position
  order by c.merchant_id, c.position
  limit $3`;

const PAGE = 500;
const LOOK_MS = 10_000;
const RECONNECT_MS = 1_000;
