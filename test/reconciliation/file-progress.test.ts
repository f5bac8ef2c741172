import { afterAll, beforeAll, expect, test } from "vitest";
import { adapterFor } from "../../adapters/registry.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { openRunGraph, type RunGraph } from "../support/run-graph.ts";
import { adyenReport } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

/** Held back until the test has seen the file being read. */
let go: () => void = () => undefined;
let ledger: Ledger;
let graph: RunGraph;
beforeAll(async () => {
  ledger = await openLedger("file_progress", (head) => {
    const adapter = adapterFor(head);
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    return {
      ...adapter,
      read: async function* (file) {
        await held;
        yield* adapter.read(file);
      },
    };
  });
  graph = await openRunGraph(ledger);
});
afterAll(async () => {
  await graph.close();
  await ledger.close();
});

const PROGRESS = `subscription ($id: ID!) { settlementFileProgress(id: $id) {
  status problem progress { rows bytes } counts { accepted } } }`;

async function received(shop: Shop, content: string): Promise<string> {
  const bytes = (async function* () {
    yield Buffer.from(content);
  })();
  const file = { bytes, name: "report.csv", merchantId: shop.id, origin: "UPLOAD", userId: "user:test" } as const;
  return (await receiveFile(ledger.services, file)).id;
}

async function viewerOf(shop: Shop): Promise<string> {
  const user = `vic@${shop.id}`;
  await ledger.rows("insert into accounts.membership (merchant_id, user_id, role) values ($1, $2, 'viewer')", [
    shop.id,
    user,
  ]);
  return user;
}

async function follow(user: string, id: string, told: unknown[]): Promise<void> {
  for await (const { data } of graph.follow(user, PROGRESS, { id })) told.push(data?.["settlementFileProgress"]);
}

test("a file is followed from its receipt to its end, and told as it stands to who comes later", async () => {
  const shop = await ledger.openShop();
  const user = await viewerOf(shop);
  const id = await received(shop, adyenReport(shop.adyen, [{ psp: "P1", gross: 1000, fee: 10 }]));
  const told: unknown[] = [];
  const following = follow(user, id, told);
  await until(() => told.length > 0);
  const importing = importFile(ledger.services, shop.id, id);
  await until(() => told.length > 1);
  go();
  await Promise.all([importing, following]);
  const last = { status: "APPLIED", problem: null, progress: null, counts: { accepted: "2" } };
  expect(told).toEqual([
    { status: "RECEIVED", problem: null, progress: null, counts: { accepted: "0" } },
    { status: "PARSING", problem: null, progress: { rows: "0", bytes: "0" }, counts: { accepted: "0" } },
    last,
  ]);
  const late: unknown[] = [];
  await follow(user, id, late);
  expect(late).toEqual([last]);
});

test("a file that is refused ends with its reason, and nobody follows another's", async () => {
  const shop = await ledger.openShop();
  const id = await received(shop, "a,b,c\n1,2,3\n");
  const told: unknown[] = [];
  const following = follow(await viewerOf(shop), id, told);
  await until(() => told.length > 0);
  await importFile(ledger.services, shop.id, id);
  await following;
  expect(told.at(-1)).toMatchObject({ status: "REJECTED", problem: expect.stringContaining("no adapter accepts") });
  const foreign: unknown[] = [];
  await follow(await viewerOf(await ledger.openShop()), id, foreign);
  expect(foreign).toEqual([null]);
});
