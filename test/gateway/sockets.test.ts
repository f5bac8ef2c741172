import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { GatewayOptions } from "../../gateway/gateway-options.ts";
import { createMemoryBuckets } from "../../gateway/rate-limit/memory-buckets.ts";
import { createRateLimiter } from "../../gateway/rate-limit/rate-limiter.ts";
import { orderEvents } from "./support/order-events.ts";
import { inProcess, ordersSchemas, type SeenCall } from "./support/orders-graph.ts";
import { socketClient } from "./support/socket-client.ts";
import { startTestGateway, until } from "./support/test-gateway.ts";

const CONFIG = { host: "127.0.0.1", port: 0 };
const CHANGES = { query: "subscription { orderChanged { id cents } }" };

describe("operations over a socket", () => {
  test("a query gets one answer, then the end", async () => {
    const seen: SeenCall[] = [];
    const { url } = await startTestGateway({ callers: inProcess(ordersSchemas(), seen) });
    expect(await socketClient(url).run({ query: "{ orders { id cents } }" })).toEqual([
      {
        next: {
          data: {
            orders: [
              { id: "1", cents: 100 },
              { id: "2", cents: 200 },
            ],
          },
        },
      },
      { complete: true },
    ]);
    expect(seen[0]?.headers).toMatchObject({
      ...{ authorization: "Bearer good", "x-request-id": expect.any(String), "x-client-address": "127.0.0.1" },
    });
  });

  test("a subscription brings each event with the fields of other subgraphs, until the client gives it up", async () => {
    const { url, emit, open } = await start();
    const { told, stop } = socketClient(url).start(CHANGES);
    await until(() => open() === 1);
    emit("1");
    emit("7");
    await until(() => told.length === 2);
    expect(told).toEqual([
      { next: { data: { orderChanged: { id: "1", cents: 100 } } } },
      { next: { data: { orderChanged: { id: "7", cents: 700 } } } },
    ]);
    stop();
    await until(() => open() === 0);
  });

  test("a client that leaves ends its subscriptions", async () => {
    const { url, open } = await start();
    const { client, start: begin } = socketClient(url);
    begin(CHANGES);
    begin(CHANGES);
    await until(() => open() === 2);
    client.terminate();
    await until(() => open() === 0);
  });

  test("a query that the client gives up is given up at the subgraph", async () => {
    let signal: AbortSignal | undefined;
    const { orders: _, ...others } = inProcess(ordersSchemas());
    const { url } = await startTestGateway({
      callers: {
        ...others,
        orders: (request) => {
          signal = request.signal;
          return new Promise(() => undefined);
        },
      },
    });
    const { stop } = socketClient(url).start({ query: "{ orders { id } }" });
    await until(() => signal !== undefined);
    expect(signal?.aborted).toBe(false);
    stop();
    await until(() => signal?.aborted === true);
  });

  test.each([
    ["GRAPHQL_PARSE_FAILED", { query: "{" }],
    ["GRAPHQL_VALIDATION_FAILED", { query: "{ nothing }" }],
    ["OPERATION_TOO_LARGE", { query: "{ parent { parent { __typename } } }" }],
    ["OPERATION_RESOLUTION_FAILURE", { query: "query A { __typename } query B { __typename }" }],
    ["INTROSPECTION_DISABLED", { query: "{ __schema { queryType { name } } }" }],
    ["INVALID_INPUT", { query: "{ __typename }", variables: { a: "\u0000" } }],
    ["OPERATION_NOT_ALLOWED", { query: "", documentId: "unknown" }],
    ["INVALID_INPUT", { query: "{ __typename }", documentId: "unknown" }],
  ])("%s is told as an error, and the socket stays", async (code, payload) => {
    const { url } = await startTestGateway({ limits: { all: { depth: 2 } } });
    const { run } = socketClient(url, { lazy: false });
    expect(await run(payload)).toMatchObject([{ errors: [{ extensions: { code } }] }]);
    expect(await run({ query: "{ __typename }" })).toMatchObject([{ next: {} }, { complete: true }]);
  });

  test("what a subgraph says of its inside is told under an id alone", async () => {
    const orders = () => {
      throw new Error("select * from orders");
    };
    const { url, lines } = await startTestGateway({ callers: inProcess(ordersSchemas({ orders })) });
    const told = await socketClient(url).run({ query: "{ orders { id } }" });
    expect(JSON.stringify(told)).not.toContain("select");
    expect(told).toMatchObject([
      { next: { data: { orders: null }, errors: [{ extensions: { errorId: expect.any(String) } }] } },
      { complete: true },
    ]);
    expect(lines.some((line) => line["errorId"] !== undefined && line["requestId"] !== undefined)).toBe(true);
  });

  test("registered documents run by id, and only they where nothing else may", async () => {
    const text = "{ orders { id } }";
    const documents = {
      textOf: (id: string) => (id === "orders" ? text : undefined),
      has: (given: string) => given === text,
    };
    const { url } = await startTestGateway({ trustedDocuments: { documents, only: true } });
    const { run } = socketClient(url, { lazy: false });
    expect(await run({ query: "", documentId: "orders" })).toMatchObject([{ next: { data: { orders: {} } } }, {}]);
    expect(await run({ query: "{ __typename }" })).toMatchObject([
      { errors: [{ extensions: { code: "OPERATION_NOT_ALLOWED" } }] },
    ]);
  });

  test("what they cost is taken from the user's budget", async () => {
    const budgets = { query: { capacity: 60, perSecond: 1 }, mutation: { capacity: 60, perSecond: 1 } };
    const { url } = await startTestGateway({ rateLimiter: createRateLimiter(createMemoryBuckets(), budgets) });
    const { run } = socketClient(url, { lazy: false });
    const answers = [];
    for (let i = 0; i < 15; i++) answers.push(await run({ query: "{ orders { id } }" }));
    expect(answers[0]).toMatchObject([{ next: { data: {} } }, { complete: true }]);
    expect(answers.at(-1)).toMatchObject([{ errors: [{ extensions: { code: "RATE_LIMITED", retryAfter: 5 } }] }]);
  });
});

describe("a socket", () => {
  test.each([
    ["no token", {}],
    ["a bad token", { authorization: "Bearer bad" }],
    ["a token that is no text", { authorization: 1 }],
  ])("with %s is closed with 4403", async (_, connectionParams) => {
    const { url } = await startTestGateway();
    expect(await socketClient(url, { connectionParams }).run({ query: "{ __typename }" })).toEqual([
      { closed: { code: 4403, reason: "UNAUTHENTICATED" } },
    ]);
  });

  test("ends with the token that it was opened with", async () => {
    const { url, open } = await start({ identity: async () => ({ userId: "usr_1", name: "Ada" }) });
    const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) + 1 })).toString("base64url");
    const authorization = `Bearer ${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.x`;
    const { run } = socketClient(url, { connectionParams: { authorization } });
    const told = run(CHANGES);
    await until(() => open() === 1);
    expect(await told).toEqual([{ closed: { code: 4403, reason: "UNAUTHENTICATED" } }]);
    await until(() => open() === 0);
  });

  test("is one of few that a user may have, and so is what runs on it", async () => {
    const { url, open } = await start({ config: { ...CONFIG, maxSocketsPerUser: 2, maxStreamsPerUser: 3 } });
    const [first, second, third] = [socketClient(url), socketClient(url), socketClient(url)];
    const { stop } = first.start(CHANGES);
    first.start(CHANGES);
    second.start(CHANGES);
    await until(() => open() === 3);
    expect(await third.run(CHANGES)).toEqual([{ closed: { code: 1013, reason: "TOO_MANY_STREAMS" } }]);
    expect(await second.run(CHANGES)).toMatchObject([{ errors: [{ extensions: { code: "TOO_MANY_STREAMS" } }] }]);
    stop();
    await until(() => open() === 2);
    second.start(CHANGES);
    await until(() => open() === 3);
  });

  test("without a first message, or with one that is too large, is closed", async () => {
    const { url } = await startTestGateway({ config: { ...CONFIG, maxBodyBytes: 1_000 } });
    const silent = rawSocket(url);
    expect(await silent.closed).toBe(4408);
    const loud = rawSocket(url);
    await once(loud.socket, "open");
    loud.socket.send("x".repeat(1_001));
    expect(await loud.closed).toBe(1009);
    const broken = rawSocket(url);
    await once(broken.socket, "open");
    broken.socket.send("no JSON");
    expect(await broken.closed).toBe(4400);
  });

  test("that gives no sign of life is cut off", async () => {
    const { url } = await startTestGateway({ config: { ...CONFIG, heartbeatMs: 50 } });
    const { socket, closed } = rawSocket(url);
    socket.pong = () => undefined;
    expect(await closed).toBe(1006);
  });

  test("of another origin's page is refused, of ours and of one that is allowed is taken", async () => {
    const { url } = await startTestGateway({ config: { ...CONFIG, corsOrigins: ["https://app.example"] } });
    const opens = async (origin: string) => {
      const { socket, closed } = rawSocket(url, { headers: { origin } });
      return Promise.race([once(socket, "open").then(() => "open"), closed]);
    };
    expect(await opens("https://evil.example")).toBe(403);
    expect(await opens("https://app.example")).toBe("open");
    expect(await opens(url)).toBe("open");
  });

  test("is opened at /graphql alone, and not with the protocol that is no longer kept", async () => {
    const { url } = await startTestGateway();
    expect(await rawSocket(`${url}/files`).closed).toBe(404);
    expect(await rawSocket(url, {}, "graphql-ws").closed).toBe(1006);
  });

  test("reads no more from a client that does not read, and forgets nobody else", async () => {
    const note = "x".repeat(500_000);
    const orders = () => [{ id: "1", note }];
    const { url, query } = await startTestGateway({
      callers: inProcess(ordersSchemas({ orders })),
      config: { ...CONFIG, heartbeatMs: 300, maxStreamsPerUser: 200 },
    });
    const { socket, closed } = rawSocket(url);
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: "Bearer good" } }));
    await once(socket, "message");
    socket.pause();
    const payload = { query: "{ orders { id note } }" };
    for (let id = 0; id < 100; id++) socket.send(JSON.stringify({ type: "subscribe", id: `${id}`, payload }));
    expect((await query("{ __typename }")).status).toBe(200);
    // Its buffers are full, nothing is written to it any more, and it answers no ping.
    setTimeout(() => socket.resume(), 3_000);
    expect(await closed).toBe(1006);
  });
});

describe("a gateway that stops", () => {
  test("answers the queries that came over a socket, then lets its client go to another gateway", async () => {
    let answer: (orders: unknown) => void = () => undefined;
    const orders = () => new Promise((resolve) => (answer = resolve));
    let isAsked = false;
    const callers = inProcess(
      ordersSchemas({
        orders: () => {
          isAsked = true;
          return orders();
        },
      }),
    );
    const { url, close } = await startTestGateway({ callers });
    const { start: begin } = socketClient(url);
    const { told } = begin({ query: "{ orders { id } }" });
    await until(() => isAsked);
    const closed = close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told).toEqual([]);
    answer([{ id: "1" }]);
    await closed;
    expect(told).toEqual([{ next: { data: { orders: [{ id: "1" }] } } }, { complete: true }]);
  });

  test("closes sockets that only wait for events at once, with a code on which clients connect again", async () => {
    const { url, open, close } = await start();
    const { run } = socketClient(url);
    const told = run(CHANGES);
    await until(() => open() === 1);
    const startedAt = Date.now();
    await close();
    expect(await told).toEqual([{ closed: { code: 1001, reason: "The gateway stops: connect again" } }]);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(open()).toBe(0);
  });

  test("cuts off a client that does not close", async () => {
    const { url, close } = await startTestGateway({ config: { ...CONFIG, drainMs: 200 } });
    const { socket, closed } = rawSocket(url);
    await once(socket, "open");
    socket.pause();
    const startedAt = Date.now();
    await close();
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    socket.resume();
    await closed;
  });
});

test("an offer of HTTP/2 is ignored, and its request answered", async () => {
  const { url } = await startTestGateway();
  const body = JSON.stringify({ query: "{ orders { id } }" });
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const head = [
    "POST /graphql HTTP/1.1",
    "host: 127.0.0.1",
    "connection: Upgrade, HTTP2-Settings",
    "upgrade: h2c",
    "http2-settings: AAMAAABkAAQAAP__",
    "authorization: Bearer good",
    "content-type: application/json",
    `content-length: ${body.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  await until(() => text.includes("orders"));
  expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  socket.destroy();
});

async function start(options: Partial<GatewayOptions> = {}) {
  const { callers, emit, open } = orderEvents();
  return { ...(await startTestGateway({ callers, ...options })), emit, open };
}

/** A socket without the client's manners; `closed` gives the close code, or the status where none was opened. */
function rawSocket(url: string, options: { headers?: Record<string, string> } = {}, protocol = "graphql-transport-ws") {
  const { origin, pathname } = new URL(url);
  const address = `${origin.replace(/^http/, "ws")}${pathname === "/" ? "/graphql" : pathname}`;
  const socket = new WebSocket(address, protocol, options);
  const closed = new Promise<number>((resolve) => {
    socket.once("close", resolve);
    socket.once("unexpected-response", (_, { statusCode = 0 }) => resolve(statusCode));
    socket.on("error", () => undefined);
  });
  return { socket, closed };
}
