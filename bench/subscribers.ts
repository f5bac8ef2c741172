import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { pino } from "pino";
import { openChangeFeed } from "../subgraphs/shared/changes/change-feed.ts";
import { recordChanges } from "../subgraphs/shared/changes/record-changes.ts";
import { openDatabase } from "../subgraphs/shared/database/connection.ts";
import { migrate } from "../subgraphs/shared/database/migrate.ts";
import { inScope, lockMerchants } from "../subgraphs/shared/database/scope.ts";
import { createGrantsReader } from "../subgraphs/shared/identity/grants.ts";
import { callInProcess } from "../subgraphs/shared/subgraph/call-in-process.ts";
import { subgraph } from "../subgraphs/transactions/subgraph.ts";

/**
 * How soon those who watch a list hear of a change, from before its commit to the answer for each of them, without the
 * gateway in between: `node --import tsx bench/subscribers.ts --server postgres://… --subscribers 10000 --rate 100`.
 */
const { values } = parseArgs({
  options: {
    /** A server where a database may be made, and is dropped at the end. */
    server: { type: "string", default: "postgres://postgres@127.0.0.1:5432/postgres" },
    subscribers: { type: "string", default: "10000" },
    rate: { type: "string", default: "100" },
    seconds: { type: "string", default: "30" },
    merchants: { type: "string", default: "100" },
    filters: { type: "string", default: "10" },
    sales: { type: "string", default: "200" },
    /** People of each merchant; by default nobody watches twice. */
    people: { type: "string" },
  },
});
const [subscribers, rate, seconds, merchants, filters, sales] = (
  ["subscribers", "rate", "seconds", "merchants", "filters", "sales"] as const
).map((name) => Number(values[name])) as [number, number, number, number, number, number];
const people = Number(values.people ?? Math.ceil(subscribers / merchants));

const COMING_MS = 30_000;
const QUERY = `subscription ($filter: TransactionFilter) {
  transactionChanged(filter: $filter) { id status statusOrigin amount { amountMinor currency } } }`;

const name = `bench_subscribers_${randomBytes(4).toString("hex")}`;
const server = new pg.Client(values.server);
await server.connect();
await server.query(`create database ${name}`);
const url = Object.assign(new URL(values.server), { pathname: `/${name}` }).href;
await migrate({ url });
const owner = new pg.Client(url);
await owner.connect();
await owner.query(
  `insert into accounts.merchant (merchant_id, name, zone)
   select 'mer_' || n, 'Shop ' || n, 'Europe/Brussels' from generate_series(1, $1::int) n`,
  [merchants],
);
await owner.query(
  `insert into accounts.membership
   select merchant_id, 'ann' || n || '@' || merchant_id, 'viewer' from accounts.merchant, generate_series(1, $1::int) n`,
  [people],
);
await owner.query(
  `insert into transactions.transaction (merchant_id, family, id, provider, type, base_status, status, status_rule,
     certainty, status_origin, occurred_at, business_date, currency, amount_minor, reconciliation_state, payment_type,
     payment_method, entry_mode, transaction_number, provider_reference)
   select m.merchant_id, 'ACQUIRER', 'acq_' || lpad(replace(m.merchant_id, 'mer_', '') || '-' || n, 20, '0'), 'adyen',
     'SALE', 'PROCESSING', 'PROCESSING', 7, 'INDETERMINATE', 'AUTOMATIC', now() - n * interval '1 minute', current_date,
     'EUR', 1000 + n, 'EXPECTED', 'CARD', 'visa', 'CHIP', n::text, n::text
   from accounts.merchant m cross join generate_series(1, $1::int) n`,
  [sales],
);
type Shop = { readonly id: string; readonly sales: readonly string[] };
const { rows: shops } = await owner.query<Shop>(
  "select merchant_id as id, array_agg(id order by id) as sales from transactions.transaction group by merchant_id",
);

const writer = await openDatabase({ url }, { role: "worker", maxConnections: 10, onError: () => undefined });
const database = await openDatabase({ url }, { role: "app", maxConnections: 10, onError: () => undefined });
const log = pino({ level: "silent" });
const changes = openChangeFeed({ url }, database, log);
const call = callInProcess(subgraph, {
  database,
  verifyToken: async (authorization = "") => ({ userId: authorization, name: authorization }),
  grantsOf: createGrantsReader(database),
  cursorKey: randomBytes(32),
  log,
  changes,
});

/** When the oldest change of a transaction that a subscriber has not heard of was committed. */
type Watcher = { readonly shop: Shop; readonly due: Map<string, number>; readonly stop: AbortController };
const watchers: Watcher[] = Array.from({ length: subscribers }, (_, index) => ({
  shop: shops[index % shops.length]!,
  due: new Map(),
  stop: new AbortController(),
}));
const latencies: number[] = [];
let askAgain = 0;
const following = watchers.map(async ({ shop, due, stop: { signal } }, index) => {
  // As people come, and not all in one moment.
  await delay((index * COMING_MS) / watchers.length);
  const filter = { amount: { currency: "EUR", minimumMinor: BigInt(index % filters).toString() } };
  const person = 1 + (Math.floor(index / shops.length) % people);
  const headers = { authorization: `ann${person}@${shop.id}` };
  for await (const { data } of call.subscribe({ query: QUERY, variables: { filter }, headers, signal })) {
    const told = data?.["transactionChanged"] as { readonly id: string } | null | undefined;
    const heard = told ? [told.id] : [...due.keys()];
    if (!told) askAgain += 1;
    for (const id of heard) {
      const at = due.get(id);
      if (at !== undefined) latencies.push(performance.now() - at);
      due.delete(id);
    }
  }
});
const byShop = new Map(shops.map((shop) => [shop, watchers.filter((watcher) => watcher.shop === shop)]));

async function change(shop: Shop, id: string, isMeasured: boolean): Promise<void> {
  await inScope(writer, { merchants: [shop.id], user: "bench" }, async (transaction) => {
    await lockMerchants(transaction, [shop.id]);
    await transaction.query(
      "create temporary table touched on commit drop as select $1::text as merchant_id, $2::text as id",
      [shop.id, id],
    );
    await recordChanges(transaction);
    if (!isMeasured) return;
    for (const { due } of byShop.get(shop) ?? []) if (!due.has(id)) due.set(id, performance.now());
  });
}

// Everybody listens once all of a shop have heard something.
await delay(COMING_MS + 2_000);
for (const shop of shops) await change(shop, shop.sales[0]!, false);
await delay(2_000);

const cpu = process.cpuUsage();
const began = performance.now();
const inFlight = new Set<Promise<void>>();
const events = rate * seconds;
for (let event = 0; event < events; event += 1) {
  await delay(Math.max(0, began + (event * 1_000) / rate - performance.now()));
  const shop = shops[event % shops.length]!;
  const ids = shop.sales;
  const work = change(shop, ids[Math.floor(event / shops.length) % ids.length]!, true);
  inFlight.add(work);
  void work.finally(() => inFlight.delete(work));
}
await Promise.all(inFlight);
const tookMs = performance.now() - began;
for (let waited = 0; waited < 10_000 && watchers.some(({ due }) => due.size > 0); waited += 100) await delay(100);
const used = process.cpuUsage(cpu);
const unheard = watchers.reduce((sum, { due }) => sum + due.size, 0);
for (const { stop } of watchers) stop.abort();
await Promise.all(following);
await changes.close();
await database.destroy();
await writer.destroy();
await owner.end();
await server.query(`drop database ${name} with (force)`);
await server.end();

latencies.sort((a, b) => a - b);
const percentile = (part: number) => Math.round(latencies[Math.floor(latencies.length * part)] ?? Number.NaN);
const report = {
  subscribers,
  people: people * merchants,
  merchants,
  filters,
  events,
  eventsPerSecond: Math.round((events * 1_000) / tookMs),
  heard: latencies.length,
  unheard,
  askAgain,
  latencyMs: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max: percentile(0.99999) },
  cpuCores: Number(((used.user + used.system) / 1_000 / tookMs).toFixed(2)),
  rssMb: Math.round(process.memoryUsage.rss() / 1e6),
  node: process.version,
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
