import { expect, test } from "vitest";
import type { ReceiveWebhook } from "../../gateway/webhooks/webhooks-endpoint.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { startTestGateway } from "./support/test-gateway.ts";

type Received = Parameters<ReceiveWebhook>;

async function startWithWebhooks(
  answer: Awaited<ReturnType<ReceiveWebhook>> | Error = { status: 200, text: "[accepted]" },
) {
  const received: Received[] = [];
  const receive: ReceiveWebhook = async (...call) => {
    received.push(call);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const gateway = await startTestGateway({
    webhooks: { providers: ["adyen", "ccv-pay"], receive },
    config: { host: "127.0.0.1", port: 0, metricsPort: 0, maxWebhookBytes: 1_000, bodyTimeoutMs: 300 },
  });
  return {
    received,
    post: (path: string, init: RequestInit = {}) => fetch(gateway.url + path, { method: "POST", ...init }),
    counted: async () =>
      (await (await fetch(gateway.metricsUrl!)).text())
        .split("\n")
        .filter((line) => line.startsWith("concord_webhooks_total{")),
  };
}

test("a message arrives byte for byte, with its headers and the account that its address names", async () => {
  const { received, post, counted } = await startWithWebhooks();
  const body = Buffer.from('{ "id":\t"C1.G" , "é": "\\u00e9" }\n');
  const response = await post("/webhooks/ccv-pay?account=l_1", { body, headers: { "stripe-signature": "t=1,v1=ab" } });
  expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
    200,
    "text/plain; charset=utf-8",
    "[accepted]",
  ]);
  expect(received).toHaveLength(1);
  const [provider, delivery] = received[0]!;
  expect(provider).toBe("ccv-pay");
  expect(delivery.body.equals(body)).toBe(true);
  expect(delivery).toMatchObject({ account: "l_1", headers: { "stripe-signature": "t=1,v1=ab" } });
  expect(await counted()).toEqual(['concord_webhooks_total{provider="ccv-pay",outcome="kept"} 1']);
});

test("no token is asked for: a provider has none", async () => {
  const { post } = await startWithWebhooks();
  expect((await post("/webhooks/adyen", { body: "{}" })).status).toBe(200);
});

test("a refused message is answered as the receiver says, and counted", async () => {
  const body = { errors: [{ message: "the HMAC signature is not good", extensions: { code: "UNAUTHENTICATED" } }] };
  const { post, counted } = await startWithWebhooks({ status: 401, body });
  const response = await post("/webhooks/adyen", { body: "{}" });
  expect([response.status, await response.json()]).toEqual([401, body]);
  expect(await counted()).toEqual(['concord_webhooks_total{provider="adyen",outcome="refused"} 1']);
});

test("a message that could not be kept is not acknowledged, so that it is sent again", async () => {
  const { post, counted } = await startWithWebhooks(new AppError("SUBGRAPH_UNAVAILABLE", "reconciliation is away"));
  const response = await post("/webhooks/adyen", { body: "{}" });
  expect([response.status, await response.text()]).toEqual([503, expect.not.stringContaining("away")]);
  expect(await counted()).toEqual(['concord_webhooks_total{provider="adyen",outcome="failed"} 1']);
});

test.each([
  "/webhooks",
  "/webhooks/",
  "/webhooks/stripe",
  "/webhooks/adyen/",
  "/webhooks/ADYEN",
  "/webhooks/__proto__",
  "/webhooks/%61dyen",
])("there is nothing at %s", async (path) => {
  const { post, received } = await startWithWebhooks();
  expect((await post(path, { body: "{}" })).status).toBe(404);
  expect(received).toEqual([]);
});

test("a message is posted, and nothing else", async () => {
  const { post, received } = await startWithWebhooks();
  const response = await post("/webhooks/adyen", { method: "GET" });
  expect([response.status, response.headers.get("allow"), received]).toEqual([405, "POST", []]);
});

test("a body that is too large, packed, or that does not come is refused unread", async () => {
  const { post, received, counted } = await startWithWebhooks();
  expect((await post("/webhooks/adyen", { body: "x".repeat(1_001) })).status).toBe(413);
  const endless = new ReadableStream<Uint8Array>({ pull: (stream) => stream.enqueue(new Uint8Array(600)) });
  expect((await post("/webhooks/adyen", { body: endless, duplex: "half" } as RequestInit)).status).toBe(413);
  const packed = { body: "x", headers: { "content-encoding": "gzip" } };
  expect((await post("/webhooks/adyen", packed)).status).toBe(415);
  const silent = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(new Uint8Array(10)) });
  expect((await post("/webhooks/adyen", { body: silent, duplex: "half" } as RequestInit)).status).toBe(408);
  expect(received).toEqual([]);
  expect(await counted()).toEqual(['concord_webhooks_total{provider="adyen",outcome="invalid"} 4']);
});

test("a gateway without providers has no webhooks at all", async () => {
  const gateway = await startTestGateway();
  expect((await fetch(`${gateway.url}/webhooks/adyen`, { method: "POST", body: "{}" })).status).toBe(404);
});
