import { pino } from "pino";
import type { DataSource } from "typeorm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { webhookReceivers } from "../../adapters/webhooks/receivers.ts";
import type { Delivery } from "../../adapters/webhooks/webhook.ts";
import { receiveWebhook } from "../../subgraphs/reconciliation/webhooks/receive-webhook.ts";
import { listWebhooks, replayWebhooks } from "../../subgraphs/reconciliation/webhooks/webhook-list.ts";
import { startWorker, type Worker } from "../../subgraphs/reconciliation/work/start-worker.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { runInvariants } from "../../subgraphs/shared/invariants/run-invariants.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { openPostgresStore, type TestStore } from "../support/job-stores.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { type ProviderApi, startProviderApi } from "../support/provider-api.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";
import {
  type AdyenFields,
  adyenDelivery,
  ccvDelivery,
  delivery,
  HMAC_KEY,
  mollieDelivery,
} from "../support/webhook-senders.ts";

const log = pino({ level: "silent" });
const prefix = `test-webhooks-${process.pid}`;
let ledger: Ledger;
let app: DataSource;
let store: TestStore;
let api: ProviderApi;
let receivers: ReturnType<typeof webhookReceivers>;
let worker: Worker | undefined;

beforeAll(async () => {
  ledger = await openLedger("webhooks");
  app = await openDatabase({ url: ledger.url }, { role: "app", maxConnections: 4, onError: () => undefined });
  store = await openPostgresStore();
  api = await startProviderApi();
});
afterAll(async () => {
  await worker?.close();
  api.close();
  await store.remove();
  await app.destroy();
  await ledger.close();
});
beforeEach(() => {
  api.asked.length = 0;
  api.answers = () => ({ status: 404 });
  receivers = receiversWith({});
});
afterEach(async () => {
  await worker?.close();
  worker = undefined;
});

/** Who asks providers as the product does, but for these settings; each shop has an account, also those of tests tried again. */
function receiversWith(limits: { readonly timeoutMs?: number }) {
  const accounts = Array.from({ length: 100 }, (_, index) => ({
    account: `l_${index + 1}`,
    key: `l_key_${index + 1}`,
  }));
  const settings = { url: api.url, accounts, backoffMs: 5, ...limits };
  return webhookReceivers({
    ccvPay: settings,
    adyen: { hmacKeys: [HMAC_KEY] },
    mollie: { ...settings, accounts: [{ account: "mollie-shop", key: "live_key" }] },
  });
}

const receive = (provider: string, message: Delivery) =>
  receiveWebhook({ database: app, log, receivers }, provider, message);

async function work(): Promise<void> {
  worker ??= await startWorker(
    { ...ledger.services, jobs: createJobs(store.store, { prefix, log }), receivers, leaseSeconds: 2 },
    { concurrency: 2 },
  );
  await until(async () => (await ledger.rows("select from delivery.webhook where status = 'RECEIVED'")).length === 0);
}

const kept = (key: string) => ledger.rows(`select * from delivery.webhook where delivery_key like $1`, [`${key}%`]);
const accountOf = ({ id }: Shop) => id.replace("mer_", "l_");
const saleOf = async (shop: Shop) => (await shop.transactions()).find(({ type }) => type === "SALE");
const eventsOf = (shop: Shop) =>
  ledger.rows("select * from transactions.transaction_event where merchant_id = $1", [shop.id]);

const item = (shop: Shop, fields: Partial<AdyenFields> = {}): AdyenFields => ({
  merchantAccountCode: shop.adyen,
  eventCode: "AUTHORISATION",
  pspReference: `${shop.id}-PSP1`,
  ...fields,
});

const ccvSale = (reference: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  ...{ reference, type: "sale", status: "success", amount: 12.5, currency: "eur", method: "ideal" },
  ...{ created: 1_793_605_500_000, lastUpdate: 1_793_605_560_000 },
  ...fields,
});

test("a delivery is kept with its order before it is acknowledged, and a worker does the rest", async () => {
  const shop = await ledger.openShop();
  expect(await receive("adyen", adyenDelivery([item(shop)]))).toEqual({ status: 200, text: "[accepted]" });
  expect(await kept(`AUTHORISATION|${shop.id}-PSP1`)).toMatchObject([
    { status: "RECEIVED", provider: "adyen", deliveries: 1 },
  ]);
  expect(await ledger.rows("select kind from delivery.outbox where sent_at is null")).toEqual([
    { kind: "PROCESS_WEBHOOK" },
  ]);
  expect(await shop.transactions()).toEqual([]);
  await work();
  expect(await saleOf(shop)).toMatchObject({
    status: "PROCESSING",
    psp_reference: `${shop.id}-PSP1`,
    amount_minor: 1000,
  });
  const [event] = await eventsOf(shop);
  const [webhook] = await kept(`AUTHORISATION|${shop.id}-PSP1`);
  expect(event).toMatchObject({ source: "WEBHOOK", webhook_id: webhook?.["id"], file_id: null, line_number: null });
  expect(webhook).toMatchObject({ status: "APPLIED", problem: null });
  // From here on it is known that the provider tells by itself, and when it last did.
  const [seen] = await shop.rows("transactions.provider_seen");
  expect(seen).toMatchObject({ provider: "adyen", noticed_at: expect.any(String) });
});

test("the settlement that comes later claims what a webhook told of", async () => {
  const shop = await ledger.openShop();
  await receive("adyen", adyenDelivery([item(shop)]));
  await work();
  await shop.feed(adyenReport(shop.adyen, [{ psp: `${shop.id}-PSP1`, gross: 1000, fee: 10 }]));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([
    { status: "SUCCESS", reconciliation_state: "MATCHED", settled_net_minor: 990, provisional: false },
  ]);
});

test("a webhook that comes after its settlement finds the transaction there, and corrects it where it differs", async () => {
  const shop = await ledger.openShop();
  await shop.feed(adyenReport(shop.adyen, [{ psp: `${shop.id}-PSP1`, gross: 1000, fee: 10 }]));
  await shop.reconcile();
  await receive("adyen", adyenDelivery([item(shop)]));
  await work();
  expect(await shop.transactions()).toMatchObject([{ status: "SUCCESS", provisional: false, settled_net_minor: 990 }]);

  const other = await ledger.openShop();
  await other.feed(adyenReport(other.adyen, [{ psp: `${other.id}-PSP1`, gross: 900, fee: 10 }]));
  await other.reconcile();
  await receive("adyen", adyenDelivery([item(other)]));
  await work();
  await until(async () => {
    const runs = await other.rows("reconciliation.run");
    return runs.some(({ trigger, status }) => trigger === "WEBHOOK" && status === "SUCCEEDED");
  });
  // One that was open for a moment, while the webhook was known and not yet compared, is gone again.
  const standing = (await other.rows("reconciliation.discrepancy")).filter(({ state }) => state !== "RESOLVED");
  expect(standing).toMatchObject([{ type: "AMOUNT_MISMATCH" }]);
});

test("a duplicate changes nothing, and the order of deliveries decides nothing", async () => {
  const messages = (shop: Shop) => {
    const original = { originalReference: `${shop.id}-PSP1` };
    return [
      item(shop),
      item(shop, { eventCode: "CAPTURE", pspReference: `${shop.id}-CAP`, ...original }),
      item(shop, { eventCode: "CHARGEBACK", pspReference: `${shop.id}-DIS`, ...original }),
      item(shop, { eventCode: "CHARGEBACK_REVERSED", pspReference: `${shop.id}-DIS`, ...original }),
    ].map((fields) => adyenDelivery([fields]));
  };
  const [{ now: started } = {}] = await ledger.rows<{ now: string }>("select clock_timestamp() as now");
  const forwards = await ledger.openShop();
  const backwards = await ledger.openShop();
  for (const message of messages(forwards)) await receive("adyen", message);
  await work();
  const before = await forwards.factCounts();
  for (const message of [...messages(backwards).reverse(), ...messages(forwards), ...messages(forwards)]) {
    expect((await receive("adyen", message)).status).toBe(200);
  }
  await work();
  expect(await forwards.factCounts()).toEqual(before);
  // Four of the one shop and four of the other: what was told again was not even ordered again.
  const orders = await ledger.rows("select from delivery.outbox where kind = 'PROCESS_WEBHOOK' and created_at >= $1", [
    started,
  ]);
  expect(orders).toHaveLength(8);
  expect(await kept(`CHARGEBACK|${forwards.id}`)).toMatchObject([{ deliveries: 3, status: "APPLIED" }]);
  const shown = async (shop: Shop) =>
    (await shop.transactions()).map(({ type, status, dispute_state, amount_minor }) => [
      type,
      status,
      dispute_state,
      amount_minor,
    ]);
  expect(await shown(backwards)).toEqual(await shown(forwards));
});

test("a badly signed delivery is refused and leaves nothing, not even where another item of it is good", async () => {
  const shop = await ledger.openShop();
  const before = await ledger.rows("select count(*) as n from delivery.webhook");
  const { body } = adyenDelivery([item(shop)]);
  const changed = delivery(body.toString().replace('"value":1000', '"value":100000'));
  expect(await receive("adyen", changed)).toMatchObject({
    status: 401,
    body: { errors: [{ message: expect.stringContaining("HMAC"), extensions: { code: "UNAUTHENTICATED" } }] },
  });
  expect(await ledger.rows("select count(*) as n from delivery.webhook")).toEqual(before);
});

test("a provider that is not set up has no address", async () => {
  expect(await receive("stripe", delivery("{}"))).toMatchObject({ status: 404 });
  expect(await receive("__proto__", delivery("{}"))).toMatchObject({ status: 404 });
});

test("an account that nobody mapped is kept aside, and worked on again by itself once it is mapped", async () => {
  const shop = await ledger.openShop({ mapped: false });
  await receive("adyen", adyenDelivery([item(shop)]));
  await work();
  expect(await kept(`AUTHORISATION|${shop.id}`)).toMatchObject([
    { status: "QUARANTINED", code: "UNMAPPED_ACCOUNT", problem: expect.stringContaining(shop.adyen) },
  ]);
  await ledger.rows("insert into accounts.provider_account (merchant_id, provider, account) values ($1, 'adyen', $2)", [
    shop.id,
    shop.adyen,
  ]);
  await until(async () => (await saleOf(shop)) !== undefined);
  expect(await kept(`AUTHORISATION|${shop.id}`)).toMatchObject([{ status: "APPLIED", code: null }]);
});

test("what a message of CCV's says is not believed: the transaction is read with our key, and by its id", async () => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  api.answers = ({ url }) => (url.includes(reference) ? { status: 200, body: ccvSale(reference) } : { status: 404 });
  expect(await receive("ccv-pay", ccvDelivery(reference, accountOf(shop)))).toEqual({
    status: 200,
    body: { received: 1 },
  });
  await work();
  expect(await saleOf(shop)).toMatchObject({ status: "SUCCESS", amount_minor: 1250, family: "CCV_PAY" });
  const [asked] = api.asked;
  const key = `l_key_${shop.id.replace("mer_", "")}`;
  expect(asked?.url).toBe(`/transaction?reference=${reference}`);
  expect(asked?.headers.authorization).toBe(`Basic ${Buffer.from(`${key}:`).toString("base64")}`);
  expect(asked?.headers["idempotency-reference"]).toMatch(/^whk_[\w-]{20}$/);
});

test("every message about one id reads it again, and the newest state wins whichever came last", async () => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  const states = [
    ccvSale(reference, { status: "pending", lastUpdate: 1_793_605_510_000 }),
    ccvSale(reference, { status: "success", lastUpdate: 1_793_605_570_000 }),
    // An answer from a cache of the provider's, older than what we know.
    ccvSale(reference, { status: "failed", failureCode: "processing_error", lastUpdate: 1_793_605_540_000 }),
  ];
  for (const body of states) {
    api.answers = () => ({ status: 200, body });
    await receive("ccv-pay", ccvDelivery(reference, accountOf(shop)));
    await work();
  }
  expect(await saleOf(shop)).toMatchObject({ status: "SUCCESS", status_rule: 4 });
  expect(await kept(reference)).toMatchObject([{ deliveries: 3, revision: 3, status: "APPLIED" }]);
  expect(await eventsOf(shop)).toHaveLength(3);
});

test("a paid-out transaction is told of and not booked; its file books it, once", async () => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  const paid = ccvSale(reference, { paidoutReference: "PAY-1", paidoutDate: "2026-11-06" });
  api.answers = () => ({ status: 200, body: paid });
  await receive("ccv-pay", ccvDelivery(reference, accountOf(shop)));
  await work();
  expect(await shop.rows("reconciliation.settlement_line")).toEqual([]);
  await shop.feed(`${JSON.stringify({ ...paid, account: accountOf(shop) })}\n{"record":"end","count":1}\n`);
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([
    { status: "SUCCESS", reconciliation_state: "MATCHED", settled_net_minor: 1250 },
  ]);
});

test("the payment behind a landing page is read too", async () => {
  const shop = await ledger.openShop();
  const [parent, child] = [`C${shop.id}-P.G`, `C${shop.id}-C.G`];
  const page = ccvSale(parent, { method: "landingpage", childReferenceId: child });
  api.answers = ({ url }) => ({ status: 200, body: url.includes(child) ? ccvSale(child) : page });
  await receive("ccv-pay", ccvDelivery(parent, accountOf(shop)));
  await work();
  expect((await shop.transactions()).map(({ psp_reference }) => psp_reference)).toEqual([child]);
});

test("a provider that is busy, broken or slow is asked again, with one reference, and nothing is lost", async () => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  receivers = receiversWith({ timeoutMs: 1_000 });
  const troubles = [{ status: 429, headers: { "retry-after": "0" } }, { status: 500 }, undefined];
  api.answers = () => (troubles.length > 0 ? troubles.shift() : { status: 200, body: ccvSale(reference) });
  await receive("ccv-pay", ccvDelivery(reference, accountOf(shop)));
  await work();
  expect(await saleOf(shop)).toMatchObject({ status: "SUCCESS" });
  expect(api.asked).toHaveLength(4);
  expect(new Set(api.asked.map(({ headers }) => headers["idempotency-reference"])).size).toBe(1);
});

test.each<[string, ProviderApi["answers"]]>([
  ["fails for good", () => ({ status: 503 })],
  ["refuses our key", () => ({ status: 401 })],
  ["answers with something else", () => ({ status: 200, body: ccvSale("C-OTHER.G") })],
  ["answers with no JSON", () => ({ status: 200, body: "<html>" })],
])("a provider that %s is put off, and read when it is well again", async (_, trouble) => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  api.answers = trouble;
  await receive("ccv-pay", ccvDelivery(reference, accountOf(shop)));
  worker = await startWorker(
    { ...ledger.services, jobs: createJobs(store.store, { prefix, log }), receivers, leaseSeconds: 2 },
    { concurrency: 2 },
  );
  await until(async () => Number((await kept(reference))[0]?.["attempts"]) > 0);
  expect(await kept(reference)).toMatchObject([{ status: "RECEIVED", problem: expect.stringContaining("CCV") }]);
  expect(await shop.transactions()).toEqual([]);
  api.answers = () => ({ status: 200, body: ccvSale(reference) });
  await ledger.rows("update delivery.webhook set due_at = now() where delivery_key = $1", [reference]);
  await until(async () => (await saleOf(shop)) !== undefined);
});

test("an id that the provider does not know is kept aside, and so is a transaction that we cannot read", async () => {
  const shop = await ledger.openShop();
  const unknown = `C${shop.id}-unknown.G`;
  api.answers = () => ({ status: 400, body: { failureCode: "unknown_reference" } });
  await receive("ccv-pay", ccvDelivery(unknown, accountOf(shop)));
  await work();
  expect(await kept(unknown)).toMatchObject([{ status: "QUARANTINED", code: "UNREADABLE" }]);
  const strange = `C${shop.id}-strange.G`;
  api.answers = () => ({ status: 200, body: ccvSale(strange, { type: "crypto" }) });
  await receive("ccv-pay", ccvDelivery(strange, accountOf(shop)));
  await work();
  expect(await kept(strange)).toMatchObject([{ status: "QUARANTINED", problem: expect.stringContaining('"crypto"') }]);
});

test("a message that names no account is asked of each account in turn", async () => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  const key = `l_key_${shop.id.replace("mer_", "")}`;
  const basic = `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
  api.answers = ({ headers }) =>
    headers.authorization === basic ? { status: 200, body: ccvSale(reference) } : { status: 404 };
  await receive("ccv-pay", ccvDelivery(reference));
  await work();
  expect(await saleOf(shop)).toMatchObject({ status: "SUCCESS", account: accountOf(shop) });
});

test("a payment of Mollie's is read with its refunds and chargebacks", async () => {
  const shop = await ledger.openShop();
  await ledger.rows(
    "insert into accounts.provider_account (merchant_id, provider, account) values ($1, 'mollie', 'mollie-shop')",
    [shop.id],
  );
  const amount = { currency: "EUR", value: "10.00" };
  const payment = {
    resource: "payment",
    id: "tr_7UhSN1zuXS",
    amount,
    status: "paid",
    createdAt: "2026-11-02T09:13:37+00:00",
    method: "ideal",
  };
  const refund = { id: "re_4qqhO89gsT", amount, status: "refunded", createdAt: "2026-11-03T09:13:37+00:00" };
  api.answers = () => ({ status: 200, body: payment });
  await receive("mollie", mollieDelivery("tr_7UhSN1zuXS"));
  await work();
  expect(await saleOf(shop)).toMatchObject({ status: "SUCCESS", provider: "mollie", amount_minor: 1000 });
  expect(api.asked[0]).toMatchObject({
    url: "/payments/tr_7UhSN1zuXS?embed=refunds,chargebacks",
    headers: { authorization: "Bearer live_key" },
  });
  api.answers = () => ({ status: 200, body: { ...payment, _embedded: { refunds: [refund], chargebacks: [] } } });
  await receive("mollie", mollieDelivery("tr_7UhSN1zuXS"));
  await work();
  expect(await saleOf(shop)).toMatchObject({ status: "REFUNDED" });
});

test("a terminal's report and a webhook under one reference are one transaction", async () => {
  const shop = await ledger.openShop();
  const sale = { amount: 1000, account: shop.adyen, pspReference: `${shop.id}-PSP1` };
  await shop.feed(terminalJournal(shop.terminal, [sale]));
  await receive("adyen", adyenDelivery([item(shop)]));
  await work();
  expect(await shop.transactions()).toHaveLength(1);
});

test("the same message many times at once is one webhook, one order and one transaction", async () => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  api.answers = ({ url }) => (url.includes(reference) ? { status: 200, body: ccvSale(reference) } : { status: 404 });
  const messages = Array.from({ length: 12 }, () => [
    receive("adyen", adyenDelivery([item(shop)])),
    receive("ccv-pay", ccvDelivery(reference, accountOf(shop))),
  ]).flat();
  expect(new Set((await Promise.all(messages)).map(({ status }) => status))).toEqual(new Set([200]));
  for (const key of [reference, `AUTHORISATION|${shop.id}`]) {
    const [webhook, ...others] = await kept(key);
    expect(others).toEqual([]);
    expect(webhook).toMatchObject({ deliveries: 12, revision: 1 });
    const orders = "select from delivery.outbox where subject_id = $1 and sent_at is null";
    expect(await ledger.rows(orders, [webhook?.["id"]])).toHaveLength(1);
  }
  await work();
  expect(await shop.transactions()).toHaveLength(2);
});

test("an end is put to how many made-up ids can wait, and signed messages still come through", async () => {
  const shop = await ledger.openShop();
  const flooded = { database: app, log, receivers, mostWaiting: 3 };
  const answers: number[] = [];
  for (const number of [1, 2, 3, 4, 5]) {
    answers.push((await receiveWebhook(flooded, "ccv-pay", ccvDelivery(`C${shop.id}-flood${number}.G`))).status);
  }
  expect(answers).toEqual([200, 200, 200, 429, 429]);
  expect(await kept(`C${shop.id}-flood`)).toHaveLength(3);
  expect((await receiveWebhook(flooded, "adyen", adyenDelivery([item(shop)]))).status).toBe(200);
  await work();
  expect((await receiveWebhook(flooded, "ccv-pay", ccvDelivery(`C${shop.id}-flood4.G`))).status).toBe(200);
  await work();
});

test("what was kept aside is shown, and worked on once more when somebody asks for it", async () => {
  const shop = await ledger.openShop();
  const reference = `C${shop.id}.G`;
  api.answers = () => ({ status: 200, body: ccvSale(reference, { type: "crypto" }) });
  await receive("ccv-pay", ccvDelivery(reference, accountOf(shop)));
  await work();
  const { database } = ledger.services;
  const aside = (await listWebhooks(database, "user:test")).find(({ problem }) => problem?.includes('"crypto"'));
  expect(aside).toMatchObject({ provider: "ccv-pay", status: "QUARANTINED", code: "UNREADABLE" });
  api.answers = ({ url }) => (url.includes(reference) ? { status: 200, body: ccvSale(reference) } : { status: 404 });
  expect(await replayWebhooks(database, "user:test")).toBeGreaterThan(0);
  await work();
  expect(await saleOf(shop)).toMatchObject({ status: "SUCCESS" });
});

test("everything stored still holds together, and a webhook that nobody works on would be told", async () => {
  const database = await openDatabase(
    { url: ledger.url },
    { role: "check", maxConnections: 1, onError: () => undefined },
  );
  const violated = async () => (await runInvariants(database)).filter(({ count }) => count > 0);
  expect((await violated()).map(({ name, violations }) => [name, violations])).toEqual([]);
  await ledger.rows(
    "update delivery.webhook set status = 'RECEIVED', due_at = now() - interval '1 hour', leased_until = null",
  );
  expect((await violated()).map(({ name }) => name)).toEqual(["I31"]);
  await database.destroy();
});
