import { pino } from "pino";
import type { DataSource } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { webhookReceivers } from "../../adapters/webhooks/receivers.ts";
import { processWebhook } from "../../subgraphs/reconciliation/webhooks/process-webhook.ts";
import { receiveWebhook } from "../../subgraphs/reconciliation/webhooks/receive-webhook.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { openRunGraph, type RunGraph } from "../support/run-graph.ts";
import { type AdyenFields, adyenDelivery, HMAC_KEY } from "../support/webhook-senders.ts";

const log = pino({ level: "silent" });
const OWN_KEY = "c3".repeat(32);
let ledger: Ledger;
let graph: RunGraph;
let app: DataSource;
beforeAll(async () => {
  ledger = await openLedger("webhook_deliveries");
  graph = await openRunGraph(ledger);
  app = await openDatabase({ url: ledger.url }, { role: "app", maxConnections: 2, onError: () => undefined });
});
afterAll(async () => {
  await graph.close();
  await app.destroy();
  await ledger.close();
});

const LIST = `{ webhookDeliveries(first: 50) { edges { node {
  provider account state code problem attempts deliveries receivedAt lastReceivedAt dueAt } } } }`;

async function member(merchantId: string, role: string): Promise<string> {
  const user = `${role}@${merchantId}`;
  await ledger.rows("insert into accounts.membership (merchant_id, user_id, role) values ($1, $2, $3)", [
    merchantId,
    user,
    role,
  ]);
  return user;
}

async function listed(user: string): Promise<readonly unknown[]> {
  const { edges } = (await graph.field(user, LIST)) as { edges: readonly { node: unknown }[] };
  return edges.map(({ node }) => node);
}

const item = (account: string, fields: Partial<AdyenFields> = {}): AdyenFields => ({
  merchantAccountCode: account,
  eventCode: "AUTHORISATION",
  pspReference: `${account}-PSP1`,
  ...fields,
});

const services = () => ({
  database: app,
  log,
  receivers: webhookReceivers({ adyen: { hmacKeys: [HMAC_KEY, `Shop2:${OWN_KEY}`] } }),
});
const receive = (account: string, key = HMAC_KEY) =>
  receiveWebhook(services(), "adyen", adyenDelivery([item(account)], key));

async function work(): Promise<void> {
  const { families, database } = ledger.services;
  for (const { id } of await ledger.rows<{ id: string }>("select id from delivery.webhook")) {
    await processWebhook({ ...services(), database, families }, id);
  }
}

test("who may upload for a merchant sees the webhooks about its accounts, and no other's", async () => {
  const [shop, other]: Shop[] = [await ledger.openShop(), await ledger.openShop()];
  expect((await receive(shop!.adyen)).status).toBe(200);
  expect((await receive(shop!.adyen)).status).toBe(200);
  const ann = await member(shop!.id, "finance");
  const about = { provider: "adyen", account: shop!.adyen, code: null, problem: null, attempts: 0, deliveries: "2" };
  expect(await listed(ann)).toMatchObject([{ ...about, state: "RECEIVED", dueAt: expect.any(String) }]);
  await work();
  expect(await listed(ann)).toMatchObject([{ ...about, state: "APPLIED", dueAt: null }]);
  expect(await listed(await member(other!.id, "finance"))).toEqual([]);
  const denied = await graph.ask(await member(shop!.id, "viewer"), LIST);
  expect(denied.errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["FORBIDDEN"]);
});

test("what is kept aside is seen with its reason by the platform, and by the merchant once its account is mapped", async () => {
  const shop = await ledger.openShop({ mapped: false });
  await receive("NobodysShop");
  await work();
  const platform = await member(PLATFORM, "administrator");
  const aside = { account: "NobodysShop", state: "QUARANTINED", code: "UNMAPPED_ACCOUNT" };
  const ofPlatform = (await listed(platform)) as readonly { readonly account: string }[];
  expect(ofPlatform.filter(({ account }) => account === "NobodysShop")).toMatchObject([
    { ...aside, problem: expect.stringContaining("mapped to no merchant") },
  ]);
  const ann = await member(shop.id, "finance");
  expect(await listed(ann)).toEqual([]);
  await ledger.rows(
    "insert into accounts.provider_account (merchant_id, provider, account) values ($1, 'adyen', 'NobodysShop')",
    [shop.id],
  );
  expect(await listed(ann)).toMatchObject([aside]);
});

test("a key of one account signs nothing about another", async () => {
  expect((await receive("Shop2", OWN_KEY)).status).toBe(200);
  expect(await receive("Shop1", OWN_KEY)).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] },
  });
});
