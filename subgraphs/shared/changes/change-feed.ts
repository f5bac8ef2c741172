import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { DataSource } from "typeorm";
import { clientOptions, type DatabaseAddress } from "../database/connection.ts";
import { inScope, type Scope } from "../database/scope.ts";
import type { Log } from "../log.ts";
import { CHANGE_CHANNEL } from "./record-changes.ts";
import { PROGRESS_CHANNEL } from "./tell-progress.ts";

/** How far a listener has read, by merchant: only within one do positions follow the order of commit. */
export type Positions = ReadonlyMap<string, bigint>;

export type Changes = {
  /** Of transactions that changed, oldest first; null means that more changed than can be named. */
  readonly ids: readonly (string | null)[];
  /** Where the listener stood before these, and where with them. */
  readonly from: Positions;
  readonly at: Positions;
};

export type ChangeFeed = {
  /**
   * What changes in the scope's merchants until aborted, once it has said without any where it begins; many changes at
   * once come a few times a second.
   */
  readonly listen: (scope: Scope, signal: AbortSignal) => AsyncGenerator<Changes>;
  /** How far the scope's merchants are by now. */
  readonly positions: (scope: Scope) => Promise<Positions>;
  /** What changed since, up to `most` of it; null where that is more, or where it is no longer kept. */
  readonly since: (scope: Scope, positions: Positions, most: number) => Promise<Changes | null>;
  /** Once at the start, and then whenever something that is under way may have come further, until aborted. */
  readonly progress: (signal: AbortSignal) => AsyncGenerator<void>;
  readonly close: () => Promise<void>;
};

/**
 * Follows changes that any process commits. A notification only wakes: what changed is read from the table, in the
 * listener's own scope, so that nothing is missed while a connection is lost and nobody hears of another's rows.
 */
export function openChangeFeed(address: DatabaseAddress, database: DataSource, log: Log): ChangeFeed {
  const wakers = new Set<Waker>();
  const followers = new Set<() => void>();
  const wake = (channel?: string, merchant?: string) => {
    if (channel !== PROGRESS_CHANNEL) {
      for (const { merchants, ring } of wakers) if (merchant === undefined || merchants.has(merchant)) ring();
    }
    if (channel !== CHANGE_CHANNEL) for (const ring of followers) ring();
  };
  const connection = keepListening(address, wake, log);
  return {
    listen: (scope, signal) => listen({ database, wakers }, scope, signal),
    positions: (scope) => positionsOf(database, scope),
    since: async (scope, positions, most) => {
      const { rows, at } = await readSince(database, scope, positions, most + 1);
      const isWhole = rows.length <= most && (await areKept(database, scope, positions));
      return isWhole ? { ids: rows.map((row) => row.transaction_id), from: positions, at } : null;
    },
    progress: (signal) => rings(followers, signal),
    close: () => connection.close(),
  };
}

type Waker = { readonly merchants: ReadonlySet<string>; readonly ring: () => void };
type Listeners = { readonly database: DataSource; readonly wakers: Set<Waker> };

async function* listen({ database, wakers }: Listeners, scope: Scope, signal: AbortSignal): AsyncGenerator<Changes> {
  const bell = createBell();
  const waker = { merchants: new Set(scope.merchants), ring: bell.ring };
  wakers.add(waker);
  signal.addEventListener("abort", bell.ring);
  try {
    let seen = await positionsOf(database, scope);
    yield { ids: [], from: seen, at: seen };
    while (!signal.aborted) {
      const rung = bell.next(LOOK_MS);
      const { rows, at } = await readSince(database, scope, seen, PAGE);
      const from = seen;
      seen = at;
      if (rows.length > 0) yield { ids: rows.map((row) => row.transaction_id), from, at };
      if (rows.length < PAGE) await rung;
      // What comes in a moment is read together, and so costs one look.
      if (!signal.aborted && rows.length < PAGE) await delay(TOGETHER_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    wakers.delete(waker);
    signal.removeEventListener("abort", bell.ring);
  }
}

async function positionsOf(database: DataSource, scope: Scope): Promise<Positions> {
  const parameters = [scope.merchants];
  const rows = await inScope(database, scope, ({ query }) =>
    query<PositionRow>(LATEST_CHANGES, parameters, "latest-change"),
  );
  return new Map(rows.map((row) => [row.merchant_id, row.position]));
}

async function readSince(database: DataSource, scope: Scope, seen: Positions, most: number) {
  const parameters = [[...seen.keys()], [...seen.values()].map(String), most];
  const rows = await inScope(database, scope, ({ query }) => query<ChangeRow>(SINCE, parameters, "changes-since"));
  const at = new Map(seen);
  for (const row of rows) at.set(row.merchant_id, row.position);
  return { rows, at };
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

/** Changes are forgotten oldest first: while the one at a position is there, so is all that came after it. */
async function areKept(database: DataSource, scope: Scope, seen: Positions): Promise<boolean> {
  const parameters = [[...seen.keys()], [...seen.values()].map(String)];
  const [row] = await inScope(database, scope, ({ query }) => query<{ gone: boolean }>(GONE, parameters));
  return row?.gone === false;
}

type PositionRow = { readonly merchant_id: string; readonly position: bigint };
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
function keepListening(address: DatabaseAddress, wake: (channel?: string, merchant?: string) => void, log: Log) {
  const stop = new AbortController();
  let client: pg.Client | undefined;
  const running = (async () => {
    while (!stop.signal.aborted) {
      client = new pg.Client(clientOptions(address, "app"));
      const lost = new Promise<void>((resolve) => client?.once("end", resolve));
      client.on("error", (error) => log.warn({ err: error }, "the change feed lost its connection"));
      client.on("notification", ({ channel, payload }) => wake(channel, payload));
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

/** $1: merchants. */
export const LATEST_CHANGES = `
  select m.merchant_id, coalesce(last.position, 0)::bigint as position from unnest($1::text[]) as m (merchant_id)
  left join lateral (
    select c.position from delivery.transaction_change c where c.merchant_id = m.merchant_id
    order by c.position desc limit 1) last on true`;

const SINCE = `
  select c.merchant_id, c.position, c.transaction_id
  from unnest($1::text[], $2::bigint[]) seen (merchant_id, position)
  join delivery.transaction_change c on c.merchant_id = seen.merchant_id and c.position > seen.position
  order by c.merchant_id, c.position
  limit $3`;

const GONE = `
  select exists (
    select from unnest($1::text[], $2::bigint[]) seen (merchant_id, position)
    where exists (select from delivery.transaction_change c where c.merchant_id = seen.merchant_id)
      and not exists (
        select from delivery.transaction_change c
        where c.merchant_id = seen.merchant_id and c.position = seen.position)) as gone`;

const PAGE = 500;
const TOGETHER_MS = 200;
const LOOK_MS = 10_000;
const RECONNECT_MS = 1_000;
