import { afterAll, afterEach, expect, test } from "vitest";
import { webhookReceivers } from "../../adapters/webhooks/receivers.ts";
import type { Delivery } from "../../adapters/webhooks/webhook.ts";
import { processWebhook } from "../../subgraphs/reconciliation/webhooks/process-webhook.ts";
import { receiveWebhook } from "../../subgraphs/reconciliation/webhooks/receive-webhook.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { type Desk, openDecisions } from "../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";
import { type AdyenFields, adyenDelivery, HMAC_KEY, stripeDelivery } from "../support/webhook-senders.ts";

const { ledger, openDesk, close } = await openDecisions("dispute_terms");
const app = await openDatabase({ url: ledger.url }, { role: "app", maxConnections: 2, onError: () => undefined });
const receivers = webhookReceivers({
  adyen: { hmacKeys: [HMAC_KEY] },
  stripe: { accounts: [{ account: "stripe-shop", key: "whsec_1" }] },
});

afterEach(async () => {
  expect((await ledger.violated()).map(({ name }) => name)).toEqual([]);
});
afterAll(async () => {
  await app.destroy();
  await close();
});

/** Takes a delivery in as the gateway's endpoint does, and works on it as a worker. */
async function tell(provider: string, message: Delivery): Promise<void> {
  const { log } = ledger.services;
  expect(await receiveWebhook({ database: app, log, receivers }, provider, message)).toMatchObject({ status: 200 });
  const due = await ledger.rows<{ id: string }>("select id from delivery.webhook where status = 'RECEIVED'");
  for (const { id } of due) await processWebhook({ ...ledger.services, receivers }, id);
}

const adyen = (desk: Desk, eventCode: string, fields: Partial<AdyenFields> & { readonly at?: string } = {}) => {
  const { at, ...more } = fields;
  const item = { merchantAccountCode: desk.shop.adyen, eventCode, pspReference: "DIS1", originalReference: "PSP1" };
  const message = adyenDelivery([{ ...item, ...more }]);
  // The time that it was told is not under the signature.
  const body = at ? message.body.toString().replace("2026-11-02T12:00:00+01:00", at) : message.body.toString();
  return tell("adyen", { ...message, body: Buffer.from(body) });
};
const until = (defensePeriodEndsAt: string) => ({ additionalData: { defensePeriodEndsAt } });

const sale = (desk: Desk, psp = "PSP1") =>
  desk.shop
    .feed(adyenReport(desk.shop.adyen, [{ psp, gross: 1000, fee: 10 }], { batch: psp.replace(/\D/g, "70") }))
    .then(() => desk.run());

type Listed = {
  readonly state: string;
  readonly respondBy: string | null;
  readonly transaction: {
    readonly providerReference: string;
    readonly disputeState: string;
    readonly disputeRespondBy: string | null;
  };
};
async function disputes(desk: Desk, variables: object = {}): Promise<readonly Listed[]> {
  const { data, errors } = await desk.ask(
    "vic",
    `query ($filter: DisputeFilter, $orderBy: DisputeOrder, $first: Int, $after: String) {
      disputes(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { edges { node { state respondBy
        transaction { providerReference disputeState disputeRespondBy } } } } }`,
    { ...variables },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  const found = data?.["disputes"] as { edges: { node: Listed }[] } | undefined;
  return (found?.edges ?? []).map(({ node }) => node);
}
const term = async (desk: Desk) => (await disputes(desk)).map(({ state, respondBy }) => [state, respondBy]);

test("a dispute can be answered until its provider's time: by the question, by the chargeback, until it is answered", async () => {
  const desk = await openDesk();
  await sale(desk);
  await adyen(desk, "REQUEST_FOR_INFORMATION", { ...until("2026-11-20T10:00:00+01:00"), pspReference: "DIS0" });
  expect(await disputes(desk)).toEqual([
    {
      state: "INQUIRY",
      respondBy: "2026-11-20T09:00:00.000Z",
      transaction: {
        providerReference: "PSP1",
        disputeState: "INQUIRY",
        disputeRespondBy: "2026-11-20T09:00:00.000Z",
      },
    },
  ]);
  await adyen(desk, "INFORMATION_SUPPLIED", { pspReference: "DIS0", at: "2026-11-03T12:00:00+01:00" });
  expect(await term(desk)).toEqual([["INQUIRY", null]]);
  await adyen(desk, "CHARGEBACK", { ...until("2026-12-03T10:12:17+01:00"), at: "2026-11-04T12:00:00+01:00" });
  expect(await term(desk)).toEqual([["OPEN", "2026-12-03T09:12:17.000Z"]]);
  await adyen(desk, "INFORMATION_SUPPLIED", { at: "2026-11-05T12:00:00+01:00" });
  expect(await term(desk)).toEqual([["OPEN", null]]);
  await adyen(desk, "CHARGEBACK_REVERSED", { at: "2026-11-06T12:00:00+01:00" });
  expect(await term(desk)).toEqual([["WON", null]]);
});

test("what is told before its sale, late, or again ends the same, and a question that is over is a dispute no more", async () => {
  const [first, second] = [await openDesk(), await openDesk()];
  const begins = (desk: Desk) => adyen(desk, "NOTIFICATION_OF_CHARGEBACK", until("2026-11-20T10:00:00+01:00"));
  const ends = (desk: Desk) => adyen(desk, "PREARBITRATION_WON", { at: "2026-11-09T12:00:00+01:00" });
  await begins(first);
  await begins(first);
  expect(await disputes(first)).toEqual([]);
  await sale(first);
  expect(await term(first)).toEqual([["INQUIRY", "2026-11-20T09:00:00.000Z"]]);
  await ends(first);
  expect(await disputes(first)).toEqual([]);
  await ends(second);
  await sale(second);
  await begins(second);
  expect(await disputes(second)).toEqual([]);
});

test("of many sales that are settled at once, each that was disputed before it was known is a dispute", async () => {
  const desk = await openDesk();
  const sales = Array.from({ length: 600 }, (_, number) => ({ psp: `PSP${number}`, gross: 1000 + number, fee: 10 }));
  const disputed = ["PSP7", "PSP99", "PSP250", "PSP301", "PSP402", "PSP480", "PSP555", "PSP599"];
  for (const originalReference of disputed) {
    await adyen(desk, "NOTIFICATION_OF_CHARGEBACK", { originalReference, pspReference: `DIS ${originalReference}` });
  }
  await desk.shop.feed(adyenReport(desk.shop.adyen, sales));
  await desk.run();
  const found = (await disputes(desk, { first: 50 })).map(({ transaction }) => transaction.providerReference);
  expect(found.sort()).toEqual([...disputed].sort());
});

test("a dispute about what a terminal reported under a key of its own is found by the provider's reference", async () => {
  const desk = await openDesk();
  await adyen(desk, "NOTIFICATION_OF_CHARGEBACK", until("2026-11-20T10:00:00+01:00"));
  const known = { account: desk.shop.adyen, authCode: "A1B2C3", merchantReference: "ORDER-7" };
  await desk.shop.feed(terminalJournal(desk.shop.terminal, [{ amount: 1000, stan: "7", ...known }]));
  const line = { psp: "PSP1", gross: 1000, fee: 10, authorisation: "A1B2C3", merchantReference: "ORDER-7" };
  await desk.shop.feed(adyenReport(desk.shop.adyen, [line]));
  await desk.run();
  expect(await term(desk)).toEqual([["INQUIRY", "2026-11-20T09:00:00.000Z"]]);
  const [found] = await disputes(desk);
  expect(found?.transaction.providerReference).not.toBe("PSP1");
});

test("what has to be answered soonest comes first, page by page, and the list can be held to a time", async () => {
  const desk = await openDesk();
  const days = { PSP1: "2026-12-05", PSP2: "2026-11-25", PSP3: null, PSP4: "2026-11-30" };
  for (const [psp, day] of Object.entries(days)) {
    await sale(desk, psp);
    await adyen(desk, "NOTIFICATION_OF_CHARGEBACK", {
      ...(day && until(`${day}T10:00:00Z`)),
      pspReference: `DIS-${psp}`,
      originalReference: psp,
    });
  }
  const references = (found: readonly Listed[]) => found.map(({ transaction }) => transaction.providerReference);
  expect(references(await disputes(desk, { orderBy: "DUE_FIRST" }))).toEqual(["PSP2", "PSP4", "PSP1", "PSP3"]);
  const range = { respondBy: { from: "2026-11-26T00:00:00Z", to: "2026-12-05T10:00:00Z" } };
  expect(references(await disputes(desk, { filter: range }))).toEqual(["PSP4"]);
  const paged: string[] = [];
  for (let after: string | null = null, turn = 0; turn < 4; turn += 1) {
    const { data } = await desk.ask(
      "vic",
      `query ($after: String) { disputes(first: 1, after: $after, orderBy: DUE_FIRST) {
        pageInfo { endCursor } edges { node { transaction { providerReference } } } } }`,
      { after },
    );
    const page = data?.["disputes"] as { pageInfo: { endCursor: string }; edges: { node: Listed }[] };
    paged.push(...references(page.edges.map(({ node }) => node)));
    after = page.pageInfo.endCursor;
  }
  expect(paged).toEqual(["PSP2", "PSP4", "PSP1", "PSP3"]);
});

test("Stripe's dispute brings its time, loses it once evidence is handed in, and is nobody else's", async () => {
  const [desk, other] = [await openDesk(), await openDesk()];
  const account = "insert into accounts.provider_account (merchant_id, provider, account) values ($1, 'stripe', $2)";
  await ledger.rows(account, [desk.shop.id, "stripe-shop"]);
  const event = (id: string, type: string, object: object) =>
    tell("stripe", stripeDelivery({ id, type, object: { currency: "eur", ...object } }, { secrets: ["whsec_1"] }));
  await event("evt_1", "charge.succeeded", { id: "ch_1", object: "charge", amount: 1000, captured: true });
  const due_by = Date.parse("2026-12-03T23:59:59Z") / 1_000;
  const dispute = { id: "dp_1", object: "dispute", charge: "ch_1", amount: 1000, evidence_details: { due_by } };
  await event("evt_2", "charge.dispute.created", { ...dispute, status: "needs_response" });
  await event("evt_3", "charge.dispute.funds_withdrawn", { ...dispute, status: "needs_response" });
  expect(await term(desk)).toEqual([["OPEN", "2026-12-03T23:59:59.000Z"]]);
  await event("evt_4", "charge.dispute.updated", { ...dispute, status: "under_review" });
  expect(await term(desk)).toEqual([["OPEN", null]]);
  expect(await disputes(other)).toEqual([]);
});
