import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, expect, test } from "vitest";
import { deliverNotices, pauseAfter } from "../../subgraphs/transactions/webhooks/deliver-notices.ts";
import { addressIn, isPublicAddress, publicLookup } from "../../subgraphs/transactions/webhooks/public-address.ts";
import {
  createSender,
  type SignedNotice,
  signatureOf,
  urlProblem,
} from "../../subgraphs/transactions/webhooks/send-notice.ts";
import { type Desk, nextKey, openDecisions } from "../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

const { ledger, openDesk, close } = await openDecisions("outgoing_webhooks");
const worker = ledger.services.database;
const sender = createSender({ allowPrivate: true });

type Received = {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly path: string;
};
const received: Received[] = [];
let answer = (_: Received): number => 204;
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece: Buffer) => {
    body += piece.toString();
  });
  request.on("end", () => {
    const one = { body, headers: request.headers, path: request.url ?? "" };
    received.push(one);
    const status = answer(one);
    response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;

afterEach(async () => {
  received.length = 0;
  answer = () => 204;
  await ledger.rows("delete from delivery.notice");
});
afterAll(async () => {
  server.close();
  await sender.close();
  await close();
});

const SECRET_FREE = "id url events version disabledAt disabledBecause failingSince";
const CREATE = `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { __typename
  ... on WebhookEndpoint { ${SECRET_FREE} secret } ... on WebhookRefused { message } ... on IdempotencyConflict { message } } }`;
const CHANGE = `mutation ($input: ChangeWebhookEndpointInput!) { changeWebhookEndpoint(input: $input) { __typename
  ... on WebhookEndpoint { ${SECRET_FREE} secret } ... on WebhookRefused { message } ... on VersionConflict { version }
  ... on NotFound { message } } }`;
const TEST = `mutation ($input: SendTestNoticeInput!) { sendTestNotice(input: $input) { __typename
  ... on WebhookRefused { message } } }`;
const LOG = "{ notices { edges { node { type state attempts lastStatus lastProblem nextAttemptAt } } } }";

type Data = Readonly<Record<string, unknown>>;
async function decide(desk: Desk, user: string, mutation: string, input: Data): Promise<Data> {
  const { data, errors } = await desk.ask(user, mutation, { input: { idempotencyKey: nextKey(), ...input } });
  return errors ? { code: errors[0]?.extensions?.["code"] } : (Object.values(data ?? {})[0] as Data);
}

/** The graph of these suites lets nothing private in, as is usual; an endpoint in this test is moved here afterwards. */
async function openEndpoint(desk: Desk, events: readonly string[]) {
  const input = { merchantId: desk.shop.id, url: "https://shop.example.com/hook", events };
  const made = await decide(desk, "ann", CREATE, input);
  await ledger.rows("update delivery.webhook_endpoint set url = $2 where id = $1", [made["id"], url]);
  return { id: String(made["id"]), secret: String(made["secret"]) };
}
const tell = () => deliverNotices(worker, sender);
const bodies = () => received.map(({ body }) => JSON.parse(body) as { id: string; type: string; data: Data });
const makeDue = () => ledger.rows("update delivery.notice set due_at = now() - interval '1 second'");
const sale = (desk: Desk, pspReference: string, status = "processing") =>
  desk.shop.feed(
    terminalJournal(desk.shop.terminal, [{ amount: 1000, account: desk.shop.adyen, pspReference, status }]),
  );
const settle = async (desk: Desk) => {
  await desk.shop.feed(adyenReport(desk.shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 10 }]));
  await desk.run();
};

/** Whether the receiver's own reckoning with the secret gives the signature. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

test("what becomes of a transaction is told once it is committed, signed so that the receiver can verify it, in order", async () => {
  const desk = await openDesk();
  const { secret } = await openEndpoint(desk, ["TRANSACTION_STATUS_CHANGED"]);
  await sale(desk, "PSP1");
  await settle(desk);
  while ((await tell()) > 0);
  const [row] = await desk.shop.transactions();
  expect(bodies().map(({ type, data }) => [type, data["previousStatus"], data["status"]])).toEqual([
    ["TRANSACTION_STATUS_CHANGED", null, "PROCESSING"],
    ["TRANSACTION_STATUS_CHANGED", "PROCESSING", "SUCCESS"],
  ]);
  expect(bodies()[1]?.data).toMatchObject({
    transactionId: row?.["id"],
    amount: { amountMinor: "1000", currency: "EUR" },
  });
  for (const one of received) {
    const { body, headers } = one;
    expect(isSigned(one, secret)).toBe(true);
    expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1_000)).toBeLessThan(300);
    expect(headers["webhook-id"]).toBe((JSON.parse(body) as { id: string }).id);
  }
  expect((await desk.ask("ann", LOG)).data?.["notices"]).toMatchObject({
    edges: [{ node: { state: "DELIVERED", attempts: 1, lastStatus: 204, nextAttemptAt: null } }, {}],
  });
});

/** A bank's statement in MT940 with one credit of this many cents. */
const statement = (iban: string, cents: number, remittance: string) => {
  const [amount, closing] = [cents, cents + 2_000].map((each) => (each / 100).toFixed(2).replace(".", ","));
  return `:20:STARTUMSE\n:25:${iban}\n:28C:00001/001\n:60F:C261118EUR20,00\n:61:2611191119CR${amount}N062NONREF
:86:166?00GUTSCHR. UEBERWEISUNG?20SVWZ+${remittance}?32Adyen N.V.\n:62F:C261119EUR${closing}\n-\n`;
};

test("a payout that the bank's file shows is told once, by the trigger of its match, signed, and not of another merchant", async () => {
  const [desk, other] = [await openDesk(), await openDesk()];
  const { secret } = await openEndpoint(desk, ["PAYOUT_ARRIVED"]);
  await openEndpoint(other, ["PAYOUT_ARRIVED"]);
  const iban = "BE68539007547034";
  const account = "insert into accounts.provider_account (merchant_id, provider, account) values ($1, 'bank', $2)";
  await ledger.rows(account, [desk.shop.id, iban]);
  const line = { psp: "PSP1", gross: 1000, fee: 10 };
  await desk.shop.feed(adyenReport(desk.shop.adyen, [line], { batch: "7123456" }));
  await desk.run();
  expect(await tell()).toBe(0);
  const file = statement(iban, 990, "TX7123456XT batch 7123456");
  await desk.shop.feed(file);
  await desk.run();
  while ((await tell()) > 0);
  const [payout] = await desk.shop.rows("reconciliation.payout");
  const [entry] = await desk.shop.rows("reconciliation.bank_entry");
  expect(bodies()).toMatchObject([
    {
      type: "PAYOUT_ARRIVED",
      data: {
        payoutId: payout?.["id"],
        provider: "adyen",
        reference: "TX7123456XT",
        bankEntryId: entry?.["id"],
        amount: { amountMinor: "990", currency: "EUR" },
      },
    },
  ]);
  expect(received.map((one) => isSigned(one, secret))).toEqual([true]);
  await desk.shop.feed(`${file}\n`);
  await desk.run();
  expect(await tell()).toBe(0);
});

test("only what was chosen is told, and nothing of another merchant or of what waits for a person", async () => {
  const [desk, other] = [await openDesk(), await openDesk()];
  await openEndpoint(desk, ["DISCREPANCY_OPENED"]);
  await openEndpoint(other, ["TRANSACTION_STATUS_CHANGED"]);
  await sale(desk, "PSP1", "refused");
  await settle(desk);
  await sale(other, "PSP2", "manual_intervention");
  while ((await tell()) > 0);
  expect(bodies().map(({ type, data }) => [type, data["type"]])).toEqual([
    ["DISCREPANCY_OPENED", "SETTLED_BUT_REFUSED"],
  ]);
});

test("what fails is sent again later under the same id, and what comes after it for the transaction waits", async () => {
  const desk = await openDesk();
  await openEndpoint(desk, ["TRANSACTION_STATUS_CHANGED"]);
  await sale(desk, "PSP1");
  await settle(desk);
  answer = () => 503;
  expect(await tell()).toBe(1);
  expect(await tell()).toBe(0);
  const log = await desk.ask("ann", LOG);
  expect(log.data?.["notices"]).toMatchObject({
    edges: expect.arrayContaining([
      {
        node: expect.objectContaining({
          state: "WAITING",
          attempts: 1,
          lastStatus: 503,
          lastProblem: "it answered 503",
        }),
      },
    ]),
  });
  answer = () => 200;
  await makeDue();
  while ((await tell()) > 0) await makeDue();
  const told = bodies();
  expect(told.map(({ data }) => data["status"])).toEqual(["PROCESSING", "PROCESSING", "SUCCESS"]);
  expect(told[0]?.id).toBe(told[1]?.id);
});

test("who dies between sending and noting it leaves it to be sent again", async () => {
  const desk = await openDesk();
  await openEndpoint(desk, ["TRANSACTION_STATUS_CHANGED"]);
  await sale(desk, "PSP1");
  const dies = { send: (notice: SignedNotice) => sender.send(notice).then(() => Promise.reject(new Error("killed"))) };
  await expect(deliverNotices(worker, dies)).rejects.toThrow("killed");
  expect(await tell()).toBe(0);
  await ledger.rows("update delivery.notice set leased_until = now() - interval '1 second'");
  expect(await tell()).toBe(1);
  expect(new Set(bodies().map(({ id }) => id)).size).toBe(1);
  expect(await tell()).toBe(0);
});

test("a notice that breaks takes none of those beside it along: what was sent is noted, and the broken one comes again", async () => {
  const desk = await openDesk();
  await openEndpoint(desk, ["TRANSACTION_STATUS_CHANGED"]);
  for (const psp of ["PSP1", "PSP2", "PSP3"]) await sale(desk, psp);
  let sent = 0;
  const breaksFirst = {
    send: async (notice: SignedNotice) => {
      sent += 1;
      if (sent === 1) throw new Error("broken");
      // Slower than the one that breaks, so that whoever gives up at the first error has not noted these yet.
      const attempt = await sender.send(notice);
      await new Promise((resolve) => setImmediate(resolve));
      return attempt;
    },
  };
  await expect(deliverNotices(worker, breaksFirst)).rejects.toThrow("broken");
  const states = async () =>
    (await ledger.rows("select state from delivery.notice order by state")).map(({ state }) => state);
  expect(await states()).toEqual(["DELIVERED", "DELIVERED", "WAITING"]);
  expect(received).toHaveLength(2);
  await ledger.rows("update delivery.notice set leased_until = now() - interval '1 second'");
  expect(await tell()).toBe(1);
  expect(await states()).toEqual(["DELIVERED", "DELIVERED", "DELIVERED"]);
});

test("two workers at once never take the same notice", async () => {
  const desk = await openDesk();
  await openEndpoint(desk, ["TRANSACTION_STATUS_CHANGED"]);
  const entries = Array.from({ length: 60 }, (_, index) => ({
    amount: 500,
    stan: `${index}`,
    account: desk.shop.adyen,
  }));
  await desk.shop.feed(terminalJournal(desk.shop.terminal, entries));
  const all = async () => {
    while ((await tell()) > 0);
  };
  await Promise.all([all(), all(), all()]);
  expect(received).toHaveLength(60);
  expect(new Set(bodies().map(({ id }) => id)).size).toBe(60);
});

test("after a day it is given up, and after three days without success the endpoint is switched off, in the audit", async () => {
  const desk = await openDesk();
  const { id } = await openEndpoint(desk, ["TRANSACTION_STATUS_CHANGED"]);
  await sale(desk, "PSP1");
  answer = () => 302;
  await ledger.rows("update delivery.notice set created_at = created_at - interval '25 hours'");
  await tell();
  expect(received.map(({ path }) => path)).toEqual(["/hook"]);
  expect((await desk.ask("ann", LOG)).data?.["notices"]).toMatchObject({
    edges: [{ node: { state: "GIVEN_UP", lastStatus: 302 } }],
  });
  await ledger.rows("update delivery.webhook_endpoint set failing_since = now() - interval '4 days' where id = $1", [
    id,
  ]);
  await sale(desk, "PSP2");
  await tell();
  const { data } = await desk.ask("ann", `{ webhookEndpoints { ${SECRET_FREE} } }`);
  const [endpoint = {}] = (data?.["webhookEndpoints"] ?? []) as Data[];
  expect(endpoint).toMatchObject({ disabledBecause: "it failed for three days" });
  expect(await desk.audit("webhook-endpoint.disable")).toMatchObject([{ object_id: id, actor_id: "system:webhooks" }]);
  received.length = 0;
  answer = () => 204;
  await makeDue();
  expect(await tell()).toBe(0);
  const on = { endpointId: id, expectedVersion: endpoint["version"], enabled: true };
  expect(await decide(desk, "ann", CHANGE, on)).toMatchObject({ disabledAt: null, failingSince: null });
  expect(await tell()).toBe(1);
});

test("the secret is shown once, requests cannot read it, and a new one signs from then on", async () => {
  const desk = await openDesk();
  const input = { merchantId: desk.shop.id, url: "https://shop.example.com/hook", events: [], idempotencyKey: "k" };
  const made = await decide(desk, "ann", CREATE, input);
  expect(made["secret"]).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(await decide(desk, "ann", CREATE, input)).toEqual({ ...made, secret: null });
  expect(await decide(desk, "ann", CREATE, { ...input, url: "https://other.example.com" })).toMatchObject({
    __typename: "IdempotencyConflict",
  });
  const audit = JSON.stringify(await desk.audit("webhook-endpoint.create"));
  expect(audit).toContain("shop.example.com");
  expect(audit).not.toContain(String(made["secret"]));
  await expect(
    ledger.rows("begin; set local role concord_app; select secret from delivery.webhook_endpoint"),
  ).rejects.toThrow("permission denied");
  await ledger.rows("rollback");
  const changed = await decide(desk, "ann", CHANGE, { endpointId: made["id"], expectedVersion: 1, newSecret: true });
  expect(changed["secret"]).not.toBe(made["secret"]);
  const stale = await decide(desk, "ann", CHANGE, { endpointId: made["id"], expectedVersion: 1, enabled: false });
  expect(stale).toEqual({ __typename: "VersionConflict", version: 2 });
  const gone = await decide(desk, "ann", CHANGE, { endpointId: made["id"], expectedVersion: 2, remove: true });
  expect(gone["__typename"]).toBe("WebhookEndpoint");
  expect((await desk.ask("ann", "{ webhookEndpoints { id } }")).data).toEqual({ webhookEndpoints: [] });
});

test("a test notice is sent whatever the endpoint is told otherwise", async () => {
  const desk = await openDesk();
  const { id } = await openEndpoint(desk, []);
  expect(await decide(desk, "ann", TEST, { endpointId: id })).toMatchObject({ __typename: "WebhookEndpoint" });
  await tell();
  expect(bodies()).toMatchObject([{ type: "TEST", data: { message: "This is a test." } }]);
});

test("only administrators have to do with endpoints, and with their own merchant's", async () => {
  const [desk, other] = [await openDesk(), await openDesk()];
  const { id } = await openEndpoint(desk, []);
  const input = { merchantId: desk.shop.id, url: "https://shop.example.com/hook", events: [] };
  for (const user of ["ben", "vic"]) {
    expect(await decide(desk, user, CREATE, input)).toEqual({ code: "FORBIDDEN" });
    expect(await decide(desk, user, TEST, { endpointId: id })).toEqual({ code: "FORBIDDEN" });
    expect((await desk.ask(user, LOG)).errors?.[0]?.extensions?.["code"]).toBe("FORBIDDEN");
  }
  expect(await decide(other, "ann", CREATE, input)).toEqual({ code: "FORBIDDEN" });
  expect(await decide(other, "ann", TEST, { endpointId: id })).toMatchObject({ __typename: "NotFound" });
});

test.each([
  ["http://shop.example.com/hook", "https://"],
  ["https://127.0.0.1/", "open internet"],
  ["https://[::1]/", "open internet"],
  ["https://[::ffff:10.0.0.1]/", "open internet"],
  ["https://169.254.169.254/latest/meta-data", "open internet"],
  ["https://2130706433/", "open internet"],
  ["https://0x7f.1/", "open internet"],
  ["https://localhost/", "open internet"],
  ["https://user:pass@shop.example.com/", "password"],
  ["ftp://shop.example.com/", "https://"],
  ["shop", "not a URL"],
])("nothing is sent to %s", async (address, why) => {
  expect(urlProblem(address, false)).toContain(why);
  const desk = await openDesk();
  const made = await decide(desk, "ann", CREATE, { merchantId: desk.shop.id, url: address, events: [] });
  expect(made).toMatchObject({ __typename: "WebhookRefused", message: expect.stringContaining(why) });
});

test("a name that leads into a private network is not connected to", async () => {
  const guarded = createSender({ allowPrivate: false });
  const notice = { url: "https://localhost.localdomain.test/", secret: "whsec_AAAA", id: "not_1", body: "{}" };
  expect(await guarded.send(notice)).toMatchObject({ isDelivered: false, status: null });
  await guarded.close();
  const found = await new Promise<Error | null>((resolve) => publicLookup("localhost", { all: true }, resolve));
  expect(found?.message).toContain("not of the open internet");
  expect(["8.8.8.8", "2606:4700::1111"].map(isPublicAddress)).toEqual([true, true]);
  const hidden = ["10.1.2.3", "100.64.0.1", "172.31.0.1", "192.168.1.1", "0.0.0.0", "255.255.255.255", "::", "fe80::1"];
  const more = ["fc00::1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1", "shop.example.com"];
  expect([...hidden, ...more].filter(isPublicAddress)).toEqual([]);
  expect(addressIn(new URL("https://[2606:4700::1111]/"))).toBe("2606:4700::1111");
});

test("the signature is the Standard Webhooks specification's own example", () => {
  const given = {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    body: '{"test": 2432232314}',
  };
  expect(signatureOf(given, 1614265330)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("the pauses grow to two hours and are spread", () => {
  const pauses = Array.from({ length: 30 }, (_, attempts) => pauseAfter(attempts + 1, () => 0.5));
  expect(pauses.slice(0, 3)).toEqual([10, 20, 40]);
  expect(Math.max(...pauses)).toBe(7_200);
  expect([pauseAfter(3, () => 0), pauseAfter(3, () => 0.999)].map(Math.round)).toEqual([20, 60]);
});
