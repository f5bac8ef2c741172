import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ChangeFeed, openChangeFeed } from "../../subgraphs/shared/changes/change-feed.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { createGrantsReader } from "../../subgraphs/shared/identity/grants.ts";
import { callInProcess, type InProcessCaller } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Answer } from "../../subgraphs/shared/subgraph/execute-operation.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { terminalJournal } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

const cursorKey = randomBytes(32);
let ledger: Ledger;
let shop: Shop;
let call: InProcessCaller;
let feed: ChangeFeed;
let statements: string[] = [];
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  ledger = await openLedger("live");
  shop = await ledger.openShop();
  await ledger.rows("insert into accounts.membership select $1, 'ann' || n, 'viewer' from generate_series(0, 49) n", [
    shop.id,
  ]);
  const address = { url: ledger.url };
  const database = await openDatabase(address, { role: "app", maxConnections: 6, onError: () => undefined });
  const log = pino({ level: "silent" });
  feed = openChangeFeed(address, database, log);
  call = callInProcess(subgraph, {
    database,
    verifyToken: async (authorization = "") => ({ userId: authorization, name: authorization }),
    grantsOf: createGrantsReader(database),
    cursorKey,
    log,
    changes: feed,
  });
  // Counts what the database is asked, where it is asked.
  const createRunner = database.createQueryRunner.bind(database);
  database.createQueryRunner = (...given) => {
    const runner = createRunner(...given);
    const connect = runner.connect.bind(runner);
    runner.connect = async () => {
      const client = (await connect()) as {
        query: (config: { text?: string } | string, ...rest: unknown[]) => unknown;
      };
      if (!Object.hasOwn(client, "counted")) {
        const query = client.query.bind(client);
        Object.assign(client, {
          counted: true,
          query: (config: { text?: string } | string, ...rest: unknown[]) => {
            statements.push(typeof config === "string" ? config : (config.text ?? ""));
            return query(config, ...rest);
          },
        });
      }
      return client;
    };
    return runner;
  };
  closing.push(
    () => feed.close(),
    () => database.destroy(),
    () => ledger.close(),
  );
});

afterAll(async () => {
  for (const close of closing) await close();
});

const CHANGED = `subscription ($filter: TransactionFilter, $since: String) {
  transactionChanged(filter: $filter, since: $since) { id merchantReference resumeToken } }`;
const TOTALS = `subscription ($filter: TransactionFilter) {
  totalsChanged(filter: $filter) { count gross { amountMinor } pending { amountMinor } } }`;

type Told = { readonly merchantReference: string; readonly resumeToken: string | null } | null;

function follow(user: string, query: string, variables: Record<string, unknown> = {}) {
  const stop = new AbortController();
  const seen: Answer[] = [];
  const ended = (async () => {
    const headers = { authorization: user };
    for await (const answer of call.subscribe({ query, variables, headers, signal: stop.signal })) seen.push(answer);
  })();
  return {
    seen,
    changed: () => seen.map(({ data }) => (data?.["transactionChanged"] ?? null) as Told),
    references: () => seen.map(({ data }) => (data?.["transactionChanged"] as Told)?.merchantReference ?? null),
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
}

const sale = (reference: string, amount = 1_000) =>
  shop.feed(
    terminalJournal(shop.terminal, [{ amount, merchantReference: reference, stan: reference, account: shop.adyen }]),
    `${reference}.ndjson`,
  );

/** Where changes stand, as a list tells. */
async function listToken(): Promise<string> {
  const { data, errors } = await call({
    query: "{ transactions(first: 1) { ...page } } fragment page on TransactionConnection { resumeToken }",
    variables: {},
    headers: { authorization: "ann0" },
    signal: new AbortController().signal,
  });
  if (errors) throw new Error(JSON.stringify(errors));
  const list = data?.["transactions"] as { resumeToken: string } | undefined;
  return list?.resumeToken ?? "";
}

test("from a list's token nothing that changes after the list is missed, whenever one begins to listen", async () => {
  await sale("before");
  const since = await listToken();
  await sale("between");
  const ann = follow("ann0", CHANGED, { since });
  await until(() => ann.references().includes("between"));
  await sale("after");
  await until(() => ann.references().includes("after"));
  expect(ann.references()).toEqual(["between", "after"]);
  await ann.stop();
});

test("after a lost connection the last event's token brings what was missed, and that alone", async () => {
  const first = follow("ann0", CHANGED, { since: await listToken() });
  await sale("heard");
  await until(() => first.references().includes("heard"));
  await first.stop();
  await sale("missed-1");
  await sale("missed-2");
  const again = follow("ann0", CHANGED, { since: first.changed().at(-1)?.resumeToken });
  await until(() => again.seen.length >= 2);
  expect(again.references().sort()).toEqual(["missed-1", "missed-2"]);
  // Who is cut off between two events of one moment hears the second again, and does not lose it.
  const resumed = follow("ann0", CHANGED, { since: again.changed()[0]?.resumeToken });
  await until(() => resumed.references().includes(again.references()[1] ?? ""));
  await Promise.all([again.stop(), resumed.stop()]);
});

test("a token whose changes are forgotten, or behind more than can be told, gives null: ask the list again", async () => {
  const old = await listToken();
  await sale("later");
  await ledger.rows(`delete from delivery.transaction_change c where c.position < (
    select max(position) from delivery.transaction_change)`);
  const since = await listToken();
  const entries = Array.from({ length: 150 }, (_, index) => ({ amount: 500, stan: `a${index}`, account: shop.adyen }));
  await shop.feed(terminalJournal(shop.terminal, entries), "many-1.ndjson");
  const more = Array.from({ length: 150 }, (_, index) => ({ amount: 600, stan: `b${index}`, account: shop.adyen }));
  await shop.feed(terminalJournal(shop.terminal, more), "many-2.ndjson");
  for (const token of [old, since]) {
    const ann = follow("ann0", CHANGED, { since: token });
    await until(() => ann.seen.length > 0);
    expect(ann.seen).toEqual([{ data: { transactionChanged: null } }]);
    await ann.stop();
  }
  const forged = follow("ann0", CHANGED, { since: `${since}x` });
  await until(() => forged.seen.length > 0);
  expect(forged.seen[0]?.errors?.[0]?.extensions?.["code"]).toBe("INVALID_CURSOR");
  await forged.stop();
});

test("fifty who watch the same list are told the same by one look and one reading", async () => {
  const since = await listToken();
  const people = Array.from({ length: 50 }, (_, index) => follow(`ann${index}`, CHANGED, { since }));
  await sale("warm");
  await until(() => people.every((one) => one.references().includes("warm")));
  statements = [];
  await sale("shared");
  await until(() => people.every((one) => one.references().includes("shared")));
  const asked = statements.filter(
    (text) => text.includes("t.id = any(") && text.includes("transactions.transaction t"),
  );
  expect(asked.map((text) => text.startsWith("select t.id from"))).toEqual([true, false]);
  expect(people.every((one) => one.references().filter((reference) => reference === "shared").length === 1)).toBe(true);
  await Promise.all(people.map((one) => one.stop()));
});

test("lists with other filters are looked through in one transaction, and what two of them show is read once", async () => {
  const since = await listToken();
  const filters = [
    {},
    { amount: { currency: "EUR", minimumMinor: "5" } },
    { amount: { currency: "EUR", minimumMinor: "9000" } },
  ];
  const people = filters.map((filter, index) => follow(`ann${index}`, CHANGED, { since, filter }));
  const [all, most, large] = people;
  await sale("before-all", 9_500);
  await until(() => people.every((one) => one.references().includes("before-all")));
  statements = [];
  await sale("in-two", 600);
  await until(() => [all, most].every((one) => one?.references().includes("in-two")));
  const looks = statements.filter(
    (text) => text.includes("t.id = any(") && text.includes("transactions.transaction t"),
  );
  expect(looks.map((text) => text.startsWith("select t.id from"))).toEqual([true, true, true, false]);
  expect(large?.references()).toEqual(["before-all"]);
  await Promise.all(people.map((one) => one.stop()));
});

test("a filter that the database refuses ends its own subscription and nobody else's", async () => {
  const since = await listToken();
  const good = follow("ann1", CHANGED, { since });
  const bad = follow("ann2", CHANGED, { since, filter: { hoursOfDay: [3], zone: "Nowhere/Atlantis" } });
  await sale("beside-a-bad-one");
  await until(() => good.references().includes("beside-a-bad-one"));
  await until(() => bad.seen.some(({ errors }) => errors));
  await sale("and-after");
  await until(() => good.references().includes("and-after"));
  await Promise.all([good, bad].map((one) => one.stop()));
});

test("people with equal grants are answered together, and each may do with the answer as they like", async () => {
  const since = await listToken();
  const [one, other] = ["ann3", "ann4"].map((user) => follow(user, CHANGED, { since }));
  await sale("together");
  await until(() => [one, other].every((told) => told?.references().includes("together")));
  expect(other?.seen).toEqual(one?.seen);
  const [mine, theirs] = [one?.changed()[0], other?.changed()[0]] as [Record<string, unknown>, Record<string, unknown>];
  mine["merchantReference"] = "overwritten";
  expect(theirs["merchantReference"]).toBe("together");
  await Promise.all([one?.stop(), other?.stop()]);
});

test("totals come at once and after a change, together for many changes, and from one query for all who watch", async () => {
  const filter = { amount: { currency: "EUR", minimumMinor: "70000" } };
  const people = [0, 1, 2].map((index) => follow(`ann${index}`, TOTALS, { filter }));
  await until(() => people.every(({ seen }) => seen.length === 1));
  expect(people[0]?.seen).toEqual([{ data: { totalsChanged: [] } }]);
  statements = [];
  for (let index = 0; index < 8; index += 1) await sale(`sum-${index}`, 70_000);
  const latest = ({ seen }: { seen: Answer[] }) => seen.at(-1)?.data?.["totalsChanged"];
  const all = [{ count: "8", gross: { amountMinor: "0" }, pending: { amountMinor: "560000" } }];
  await until(() => people.every((one) => JSON.stringify(latest(one)) === JSON.stringify(all)));
  const sums = statements.filter((text) => text.includes("group by t.currency")).length;
  expect(sums).toBeLessThan(8);
  expect(people[0]?.seen.length).toBeLessThanOrEqual(1 + sums);
  expect(people[1]?.seen).toEqual(people[0]?.seen);
  await Promise.all(people.map((one) => one.stop()));
});

test("who loses the right while listening is told nothing more", async () => {
  const ann = follow("ann7", CHANGED, { since: await listToken() });
  await sale("allowed");
  await until(() => ann.references().includes("allowed"));
  await ledger.rows("delete from accounts.membership where user_id = 'ann7'");
  // Until the answer that is at hand is read anew, and not longer.
  let round = 0;
  await until(async () => {
    round += 1;
    await sale(`forbidden-${round}`);
    return ann.seen.some(({ errors }) => errors);
  }, 30_000);
  expect(ann.seen.at(-1)?.errors?.[0]?.extensions?.["code"]).toBe("FORBIDDEN");
  await ann.stop();
});
