import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ChangeFeed, openChangeFeed } from "../../subgraphs/shared/changes/change-feed.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { createGrantsReader } from "../../subgraphs/shared/identity/grants.ts";
import { callInProcess, type InProcessCaller } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Answer } from "../../subgraphs/shared/subgraph/execute-operation.ts";
import type { Services } from "../../subgraphs/shared/subgraph/request-context.ts";
import { serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
let shop: Shop;
let other: Shop;
let services: Services;
let call: InProcessCaller;
let feed: ChangeFeed;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  ledger = await openLedger("changed");
  [shop, other] = [await ledger.openShop(), await ledger.openShop()];
  await ledger.rows("insert into accounts.membership values ($1, 'ann', 'viewer'), ($2, 'bob', 'viewer')", [
    shop.id,
    other.id,
  ]);
  const address = { url: ledger.url };
  const database = await openDatabase(address, { role: "app", maxConnections: 6, onError: () => undefined });
  const log = pino({ level: "silent" });
  feed = openChangeFeed(address, database, log);
  services = {
    database,
    // Who signed a token is another suite's question.
    verifyToken: async (authorization = "") => ({ userId: authorization, name: authorization }),
    grantsOf: createGrantsReader(database),
    cursorKey: randomBytes(32),
    log,
    changes: feed,
  };
  call = callInProcess(subgraph, services);
  closing.push(
    () => feed.close(),
    () => database.destroy(),
    () => ledger.close(),
  );
});

afterAll(async () => {
  for (const close of closing) await close();
});

const QUERY = `subscription ($filter: TransactionFilter) {
  transactionChanged(filter: $filter) { id status merchantReference amount { amountMinor } }
}`;

/** Follows as a user until stopped; what has come so far stands in `seen`. */
function follow(user: string, variables: Record<string, unknown> = {}) {
  const stop = new AbortController();
  const seen: Answer[] = [];
  const headers = { authorization: user };
  const ended = (async () => {
    for await (const answer of call.subscribe({ query: QUERY, variables, headers, signal: stop.signal }))
      seen.push(answer);
  })();
  return {
    seen,
    references: () =>
      seen.map(
        ({ data }) =>
          (data?.["transactionChanged"] as { merchantReference?: string } | null)?.merchantReference ?? null,
      ),
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
}

function sale(at: Shop, reference: string, amount = 1_000) {
  const entry = { amount, merchantReference: reference, stan: reference, account: at.adyen };
  return at.feed(terminalJournal(at.terminal, [entry]), `${reference}.ndjson`);
}

/** Feeds until the follower, who begins to listen at a moment of its own, has heard one. */
async function untilHeard(at: Shop, followers: readonly ReturnType<typeof follow>[]): Promise<void> {
  for (let round = 0; round < 40; round++) {
    await sale(at, `warm-${at.id}-${followers.length}-${round}`);
    await expect
      .poll(() => followers.every(({ seen }) => seen.length > 0), { timeout: 1_000 })
      .toBe(true)
      .catch(() => {});
    if (followers.every(({ seen }) => seen.length > 0)) return;
  }
  throw new Error("the subscription never heard of a change");
}

test("a sale that another connection ingests is heard, once, by its merchant and nobody else", async () => {
  const ann = follow("ann");
  const bob = follow("bob");
  await untilHeard(shop, [ann]);
  await sale(shop, "heard");
  await expect.poll(() => ann.references().filter((reference) => reference === "heard")).toEqual(["heard"]);
  await untilHeard(other, [bob]);
  expect(bob.references().every((reference) => reference?.startsWith(`warm-${other.id}`))).toBe(true);
  expect(ann.references().some((reference) => reference?.startsWith(`warm-${other.id}`))).toBe(false);
  await Promise.all([ann.stop(), bob.stop()]);
});

test("only what the list with the filter would show is told", async () => {
  const large = follow("ann", { filter: { amount: { currency: "EUR", minimumMinor: "50000" } } });
  const all = follow("ann");
  await untilHeard(shop, [all]);
  await sale(shop, "small", 100);
  await sale(shop, "large", 90_000);
  await expect.poll(() => all.references()).toContain("large");
  await expect.poll(() => large.references()).toEqual(["large"]);
  await Promise.all([large.stop(), all.stop()]);
});

test("so many changes at once are told as one null: ask for the list again", async () => {
  const ann = follow("ann");
  await untilHeard(shop, [ann]);
  const before = ann.seen.length;
  const entries = Array.from({ length: 300 }, (_, index) => ({ amount: 500, stan: `b${index}`, account: shop.adyen }));
  await shop.feed(terminalJournal(shop.terminal, entries), "bulk.ndjson");
  await expect.poll(() => ann.seen.slice(before).map(({ data }) => data)).toEqual([{ transactionChanged: null }]);
  await ann.stop();
});

test("a caller without the right is refused", async () => {
  const stranger = follow("mallory");
  await expect.poll(() => stranger.seen.map(({ errors }) => errors?.[0]?.extensions?.["code"])).toEqual(["FORBIDDEN"]);
  await stranger.stop();
});

test("over HTTP the same comes as server-sent events, and ends when the caller leaves", async () => {
  const server = await serveSubgraph(subgraph, services, { host: "127.0.0.1", port: 0 });
  const stop = new AbortController();
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { authorization: "ann", accept: "text/event-stream", "content-type": "application/json" },
    body: JSON.stringify({ query: QUERY }),
    signal: stop.signal,
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let text = "";
  const reading = (async () => {
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>)
      text += Buffer.from(piece).toString();
  })().catch(() => undefined);
  for (let round = 0; round < 40 && !text.includes("event: next"); round++) {
    await sale(shop, `stream-${round}`);
    await expect
      .poll(() => text.includes("event: next"), { timeout: 1_000 })
      .toBe(true)
      .catch(() => {});
  }
  expect(text).toMatch(/event: next\ndata: \{"data":\{"transactionChanged":\{"id":"acq_/);
  stop.abort();
  await reading;
  // Drains at once only if the stream does not hold the server open.
  await server.close();
});
