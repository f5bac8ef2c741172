import { getEventListeners } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { graphql } from "graphql";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CallSettings, SignCall } from "../../gateway/calls/subgraph-client.ts";
import { createSubgraphFetch } from "../../gateway/subgraph-fetch.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { until } from "../support/until.ts";
import { ordersSchemas, ordersSupergraph } from "./support/orders-graph.ts";
import { startTestGateway } from "./support/test-gateway.ts";

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => unknown;
type Seen = { readonly headers: IncomingHttpHeaders; readonly body: string };

const QUERY = '{"query":"{ a }","variables":{}}';
const MUTATION = '{"query":"mutation{ a }","variables":{}}';
const GOOD: Answer = (response) => response.end('{"data":{"a":1}}');
const BUSY: Answer = (response) => response.writeHead(503).end();
const BROKEN: Answer = (response) => response.writeHead(500).end();
const RESET: Answer = (response) => response.socket?.resetAndDestroy();
const HANGS: Answer = () => {};
/** Every failure of these tests but the ones meant to would open the circuit. */
const NEVER_OPEN = { failuresInRow: Infinity, leastCalls: Infinity };

/** A real server that answers the calls in turn as told, the last way for ever. */
async function startServer(...answers: readonly Answer[]) {
  const seen: Seen[] = [];
  let turn = 0;
  const plan = { answers };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    seen.push({ headers: request.headers, body });
    const answer = plan.answers[Math.min(turn++, plan.answers.length - 1)];
    answer?.(response, request, body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    seen,
    answerNow: (...next: readonly Answer[]) => {
      plan.answers = next;
      turn = 0;
    },
  };
}

function client(settings: Partial<CallSettings> = {}, sign?: SignCall) {
  const log: Record<string, unknown>[] = [];
  const { fetch, close } = createSubgraphFetch({
    nameOf: (url) => `at ${new URL(url).port}`,
    settings,
    sign,
    log: createLog({ logLevel: "info" }, {}, { write: (line) => log.push(JSON.parse(line)) }),
  });
  onTestFinished(async () => {
    await Promise.race([close(), delay(500)]);
  });
  type Init = { headers?: Record<string, string>; signal?: AbortSignal };
  return {
    log,
    fetch: (url: string) => {
      return fetch(url, { method: "POST", headers: {}, body: QUERY, signal: new AbortController().signal });
    },
    send: async (url: string, body = QUERY, { headers = {}, signal = new AbortController().signal }: Init = {}) => {
      const response = await fetch(url, { method: "POST", headers, body, signal });
      return { status: response.status, text: await response.text() };
    },
  };
}

/** The call's status, or how it failed. */
function outcome(call: Promise<{ readonly status: number }>): Promise<number | string> {
  return call.then(
    ({ status }) => status,
    (error: Error) => error.message,
  );
}

describe("a query", () => {
  test.each([
    ["503", BUSY],
    ["502", (response: ServerResponse) => response.writeHead(502).end("gone")],
    ["a reset", RESET],
  ])("is sent again after %s", async (_, failure) => {
    const server = await startServer(failure, failure, GOOD);
    expect(await client().send(server.url)).toEqual({ status: 200, text: '{"data":{"a":1}}' });
    expect(server.seen.map(({ body }) => body)).toEqual([QUERY, QUERY, QUERY]);
  });

  test.each([
    ["answer", GOOD],
    ["failure", RESET],
  ])("leaves nothing on the caller's signal after its %s", async (_, answer) => {
    const { signal } = new AbortController();
    const server = await startServer(answer);
    await outcome(client().send(server.url, QUERY, { signal }));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("is sent three times at most", async () => {
    const server = await startServer(BUSY);
    expect((await client().send(server.url)).status).toBe(503);
    expect(server.seen).toHaveLength(3);
  });

  test("is signed anew each time", async () => {
    const server = await startServer(RESET, BUSY, GOOD);
    let count = 0;
    const signed: unknown[] = [];
    const { send } = client({}, (call) => {
      signed.push(call);
      return `signature ${++count}`;
    });
    await send(server.url, QUERY, { headers: { authorization: "Bearer ann" } });
    expect(server.seen.map(({ headers }) => headers["x-gateway-auth"])).toEqual([1, 2, 3].map((n) => `signature ${n}`));
    const call = { subgraph: `at ${new URL(server.url).port}`, body: QUERY, authorization: "Bearer ann" };
    expect(signed).toEqual([call, call, call]);
  });

  test.each<[string, Answer]>([
    ["500", BROKEN],
    ["an answer that breaks off", (response) => response.write('{"data":', () => response.destroy())],
    [
      "an answer shorter than it said",
      (response) => response.writeHead(200, { "content-length": 99 }).write("{", () => response.destroy()),
    ],
    ["a redirect, which is not followed", (response) => response.writeHead(307, { location: "/else" }).end()],
  ])("is not sent again after %s", async (_, failure) => {
    const server = await startServer(failure, GOOD);
    await outcome(client().send(server.url));
    expect(server.seen).toHaveLength(1);
  });

  test("is not sent again when its deadline would pass meanwhile", async () => {
    const server = await startServer(BUSY, GOOD);
    await outcome(client().send(server.url, QUERY, { headers: { "x-deadline": `${Date.now() - 1}` } }));
    expect(server.seen).toHaveLength(1);
  });

  test("is not sent again once nobody waits for it", async () => {
    const left = new AbortController();
    const server = await startServer((response) => {
      response.writeHead(503).end();
      left.abort();
    }, GOOD);
    await expect(client().send(server.url, QUERY, { signal: left.signal })).rejects.toThrow("aborted");
    expect(server.seen).toHaveLength(1);
  });

  test("is sent again for a tenth of the calls at most, once the reserve is spent", async () => {
    const server = await startServer(BUSY);
    const { send } = client({ ...NEVER_OPEN, retryReserve: 2 });
    for (let count = 0; count < 40; count++) await send(server.url);
    expect(server.seen.length).toBeGreaterThanOrEqual(43);
    expect(server.seen.length).toBeLessThanOrEqual(46);
  });
});

test.each([
  ["503", BUSY],
  ["a reset", RESET],
])("a mutation is never sent again, not even after %s", async (_, failure) => {
  const server = await startServer(failure, GOOD);
  await outcome(client().send(server.url, MUTATION));
  expect(server.seen).toHaveLength(1);
});

describe("the circuit of a subgraph", () => {
  const once = { mostRetries: 0 };

  test("opens after five failures in a row: further calls fail at once and do not reach it", async () => {
    const server = await startServer(BROKEN);
    const { send, log } = client(once);
    for (let count = 0; count < 5; count++) expect((await send(server.url)).status).toBe(500);
    const started = performance.now();
    const calls = await Promise.all(Array.from({ length: 50 }, () => outcome(send(server.url))));
    expect(new Set(calls)).toEqual(new Set([expect.stringContaining("has failed repeatedly")]));
    expect(performance.now() - started).toBeLessThan(250);
    expect(server.seen).toHaveLength(5);
    expect(log).toMatchObject([{ level: 40, state: "open" }]);
  });

  test("stays closed while one call in five is good", async () => {
    const server = await startServer(BROKEN, BROKEN, BROKEN, BROKEN, GOOD);
    const { send } = client({ ...once, leastCalls: Infinity });
    for (let round = 0; round < 4; round++) {
      server.answerNow(BROKEN, BROKEN, BROKEN, BROKEN, GOOD);
      for (let count = 0; count < 5; count++) await send(server.url);
    }
    expect(server.seen).toHaveLength(20);
  });

  test("opens when half of twenty calls fail, though never five in a row", async () => {
    const server = await startServer(GOOD);
    const { send } = client(once);
    for (let count = 0; count < 10; count++) {
      server.answerNow(GOOD, BROKEN);
      await send(server.url);
      await send(server.url);
    }
    expect(await outcome(send(server.url))).toContain("has failed repeatedly");
  });

  test("forgets failures that are older than its window", async () => {
    const server = await startServer(BROKEN);
    const { send } = client({ ...once, failuresInRow: Infinity, leastCalls: 3, failureRate: 0.5, windowMs: 200 });
    await send(server.url);
    await send(server.url);
    const later = Date.now() + 250;
    await until(() => Date.now() > later);
    server.answerNow(GOOD, BROKEN, GOOD);
    for (let count = 0; count < 3; count++) await send(server.url);
    expect((await send(server.url)).status).toBe(200);
  });

  test("lets one call probe after the pause, and all once it is good", async () => {
    const server = await startServer(RESET);
    const { send, log } = client({ ...once, failuresInRow: 2, pauseMs: 100 });
    for (let count = 0; count < 2; count++) await outcome(send(server.url));
    let answer = () => {};
    server.answerNow((response) => {
      answer = () => response.end("{}");
    }, GOOD);
    const { call: probe } = await firstToPass(() => send(server.url), server.seen, 3);
    const others = await Promise.all(Array.from({ length: 20 }, () => outcome(send(server.url))));
    expect(new Set(others).size).toBe(1);
    expect(server.seen).toHaveLength(3);
    answer();
    expect((await probe).status).toBe(200);
    expect(await Promise.all(Array.from({ length: 20 }, () => outcome(send(server.url))))).toEqual(Array(20).fill(200));
    expect(log.map(({ state }) => state)).toEqual(["open", "half-open", "closed"]);
  });

  test("opens again when the probe fails", async () => {
    const server = await startServer(BROKEN);
    const { send, log } = client({ ...once, failuresInRow: 1, pauseMs: 100 });
    await send(server.url);
    await (await firstToPass(() => send(server.url), server.seen, 2)).call;
    expect(await outcome(send(server.url))).toContain("has failed repeatedly");
    expect(log.map(({ state }) => state)).toEqual(["open", "half-open", "open"]);
  });

  test("opens for a subgraph that lets deadlines pass, and not for clients that leave", async () => {
    const server = await startServer(HANGS);
    const { send } = client({ ...once, slowMs: 20, failuresInRow: 3 });
    for (let count = 0; count < 6; count++) {
      const left = new AbortController();
      const call = outcome(send(server.url, QUERY, { signal: left.signal }));
      await until(() => server.seen.length === count + 1);
      left.abort();
      expect(await call).toContain("aborted");
    }
    for (let count = 0; count < 3; count++) {
      await outcome(send(server.url, QUERY, { signal: AbortSignal.timeout(60) }));
    }
    expect(await outcome(send(server.url))).toContain("has failed repeatedly");
    expect(server.seen).toHaveLength(9);
  });

  test("is not closed by a late answer from before it opened", async () => {
    let late = () => {};
    const server = await startServer((response) => {
      late = () => response.end("{}");
    }, BROKEN);
    const { send } = client({ ...once, failuresInRow: 2, pauseMs: 60_000 });
    const slow = send(server.url);
    await until(() => server.seen.length === 1);
    for (let count = 0; count < 2; count++) await send(server.url);
    late();
    expect((await slow).status).toBe(200);
    expect(await outcome(send(server.url))).toContain("has failed repeatedly");
  });
});

/** Calls until one gets through to the server, and gives that one. */
async function firstToPass<T>(
  call: () => Promise<T>,
  seen: readonly Seen[],
  count: number,
): Promise<{ call: Promise<T> }> {
  let last: Promise<T> | undefined;
  await until(async () => {
    const mine = call();
    const refused = mine.then(
      () => false,
      () => true,
    );
    last = mine;
    for (const deadline = Date.now() + 5_000; Date.now() < deadline; ) {
      if (seen.length >= count) return true;
      if (await Promise.race([refused, delay(10, false)])) return false;
    }
    return false;
  });
  return { call: last as Promise<T> };
}

describe("a slow subgraph", () => {
  test("takes no socket of another, and sends callers away once enough wait", async () => {
    const slow = await startServer(HANGS);
    const quick = await startServer(GOOD);
    const { send } = client({ connections: 2, waiting: 3, mostRetries: 0 });
    const left = new AbortController();
    const waiting = Array.from({ length: 5 }, () => outcome(send(slow.url, QUERY, { signal: left.signal })));
    await until(() => slow.seen.length === 2);
    expect(await outcome(send(slow.url))).toContain("takes no more");
    const started = performance.now();
    for (let count = 0; count < 50; count++) expect((await send(quick.url)).status).toBe(200);
    expect((performance.now() - started) / 50).toBeLessThan(100);
    expect(slow.seen).toHaveLength(2);
    left.abort();
    await Promise.all(waiting);
    slow.answerNow(GOOD);
    expect((await send(slow.url)).status).toBe(200);
  });

  test("keeps its subscriptions away from the sockets of its queries", async () => {
    const server = await startServer((response, { headers }) => {
      if (headers.accept !== "text/event-stream") return response.end("{}");
      return response.writeHead(200, { "content-type": "text/event-stream" }).write(":\n\n");
    });
    const { send } = client({ connections: 1, waiting: 0 });
    const left = new AbortController();
    const subscription = '{"query":"subscription{ a }","variables":{}}';
    const init = { headers: { accept: "text/event-stream" }, signal: left.signal };
    const streams = Array.from({ length: 5 }, () => outcome(send(server.url, subscription, init)));
    await until(() => server.seen.length === 5);
    expect((await send(server.url)).status).toBe(200);
    left.abort();
    expect(await Promise.all(streams)).toHaveLength(5);
  });
});

test("a subgraph gets only the headers it needs", async () => {
  const server = await startServer(GOOD);
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const ids = { authorization: "Bearer ann", "x-request-id": "r", "x-client-address": "203.0.113.7" };
  const needed = { ...ids, "x-deadline": "9999999999999", traceparent };
  const kinds = { "content-type": "application/json", accept: "application/json" };
  const other = {
    cookie: "a=b",
    "x-forwarded-for": "1.2.3.4",
    "apollo-federation-include-trace": "ftv1",
    "x-any": "1",
  };
  await client().send(server.url, QUERY, { headers: { ...needed, ...kinds, ...other } });
  const own = { host: expect.anything(), connection: "keep-alive", "content-length": `${QUERY.length}` };
  expect(server.seen[0]?.headers).toEqual({ ...needed, ...kinds, ...own });
});

describe("an answer", () => {
  test.each<[string, Answer, number]>([
    ["in pieces, without a length", (response) => response.write("x".repeat(70), () => response.end("x")), 71],
    ["longer than what is held", (response) => response.end("x".repeat(3_000_000)), 3_000_000],
    ["empty", (response) => response.writeHead(200, { "content-length": 0 }).end(), 0],
  ])("%s is read whole", async (_, answer, length) => {
    const server = await startServer(answer);
    const { send } = client({ connections: 1, waiting: 0 });
    for (let count = 0; count < 3; count++) expect((await send(server.url)).text).toHaveLength(length);
  });

  test("that nobody reads to its end takes its socket along", async () => {
    const closed: boolean[] = [];
    const server = await startServer((response) => {
      response.once("close", () => closed.push(response.writableFinished));
      response.write("x".repeat(70_000));
    });
    const { fetch } = client();
    const { body } = await fetch(server.url);
    for await (const _ of body ?? []) break;
    await until(() => closed.length === 1);
    expect(closed).toEqual([false]);
  });
});

test("calls keep their connection", async () => {
  const ports = new Set<number | undefined>();
  const server = await startServer((response, { socket }) => {
    ports.add(socket.remotePort);
    response.end("{}");
  });
  const { send } = client();
  for (let count = 0; count < 10; count++) await send(server.url);
  // The next call may start before the last has let go of its socket.
  expect(ports.size).toBeLessThanOrEqual(2);
});

describe("through the gateway", () => {
  /** The orders graph: two real servers, of which `prices` answers as told. */
  async function startGraph(prices: readonly Answer[], settings: Partial<CallSettings> = {}) {
    const schemas = ordersSchemas();
    const over = (schema: (typeof schemas)["orders"]): Answer => {
      return async (response, _, body) => {
        const { query, variables } = JSON.parse(body) as { query: string; variables: object };
        response.end(JSON.stringify(await graphql({ schema, source: query, variableValues: { ...variables } })));
      };
    };
    const orders = await startServer(over(schemas.orders));
    const priced = await startServer(...prices, over(schemas.prices));
    const supergraphSdl = ordersSupergraph({ orders: orders.url, prices: priced.url });
    const gateway = await startTestGateway({ supergraphSdl, callers: {}, calls: { settings } });
    return { ...gateway, priced };
  }

  test("a query survives a subgraph that resets twice", async () => {
    const { query, priced } = await startGraph([RESET, RESET]);
    const { body } = await query("{ orders { id cents } }");
    expect(body).toEqual({ data: { orders: [1, 2].map((id) => ({ id: `${id}`, cents: id * 100 })) } });
    expect(priced.seen).toHaveLength(3);
  });

  test("an open circuit costs its own fields only, at once, with the code for it", async () => {
    const { query, priced } = await startGraph(Array(50).fill(RESET), { failuresInRow: 3 });
    await query("{ orders { id cents } }");
    const started = performance.now();
    const { status, body } = await query("{ orders { id cents } }");
    expect(performance.now() - started).toBeLessThan(250);
    expect(priced.seen).toHaveLength(3);
    expect(status).toBe(200);
    expect(body.data).toEqual({ orders: [1, 2].map((id) => ({ id: `${id}`, cents: null })) });
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: "SUBGRAPH_UNAVAILABLE", service: "prices" });
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|failed repeatedly/);
  });

  test("a signature that a subgraph refuses is not taken for the client's fault", async () => {
    const refusal: Answer = (response) => {
      response.writeHead(401, { "www-authenticate": "Gateway-Signature" });
      response.end('{"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]}');
    };
    const { query, lines } = await startGraph(Array(9).fill(refusal));
    const { body } = await query("{ orders { id cents } }");
    expect(body.errors?.[0]?.extensions["code"]).toBe("SUBGRAPH_UNAVAILABLE");
    expect(JSON.stringify(lines)).toContain("compare CONCORD_GATEWAY_KEYS");
  });
});
