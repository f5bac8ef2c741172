import { describe, expect, test } from "vitest";
import type { GatewayOptions } from "../../gateway/gateway-options.ts";
import { orderEvents } from "./support/order-events.ts";
import { startTestGateway, until } from "./support/test-gateway.ts";

const HEADERS = {
  authorization: "Bearer good",
  "content-type": "application/json",
  accept: "text/event-stream",
};
const CHANGES = "subscription { orderChanged { id cents } }";

describe("a client that accepts server-sent events", () => {
  test("gets the answer of a query as one event, then the end", async () => {
    const { url } = await startTestGateway();
    const { response, rest } = await connect(url, "{ orders { id cents } }");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await rest()).toEqual([
      [
        "next",
        {
          data: {
            orders: [
              { id: "1", cents: 100 },
              { id: "2", cents: 200 },
            ],
          },
        },
      ],
      ["complete", undefined],
    ]);
  });

  test("is told what is wrong with a document by an event", async () => {
    const { url } = await startTestGateway({ limits: { all: { depth: 2 } } });
    for (const [query, code] of [
      ["{", "GRAPHQL_PARSE_FAILED"],
      ["{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
      ["{ parent { parent { __typename } } }", "OPERATION_TOO_LARGE"],
      ["{ __schema { queryType { name } } }", "INTROSPECTION_DISABLED"],
    ] as const) {
      const { rest } = await connect(url, query);
      expect(await rest()).toMatchObject([
        ["next", { errors: [{ extensions: { code } }] }],
        ["complete", undefined],
      ]);
    }
  });

  test.each([
    [401, { authorization: "Bearer bad" }, '{"query":"{__typename}"}'],
    [415, { "content-type": "text/plain" }, '{"query":"{__typename}"}'],
    [400, {}, '{"query":1}'],
    [400, {}, '{"query":"{__typename}","variables":"x"}'],
  ])("gets %i as an answer where no stream can begin", async (status, headers, body) => {
    const { url } = await startTestGateway();
    const response = await fetch(`${url}/graphql`, { method: "POST", headers: { ...HEADERS, ...headers }, body });
    expect(response.status).toBe(status);
  });
});

describe("a subscription", () => {
  test("brings each event with the fields of other subgraphs, until the client leaves", async () => {
    const { url, emit, open } = await start();
    const { next, leave } = await connect(url, CHANGES);
    await until(() => open() === 1);
    emit("1");
    expect(await next()).toEqual(["next", { data: { orderChanged: { id: "1", cents: 100 } } }]);
    emit("7");
    expect(await next()).toEqual(["next", { data: { orderChanged: { id: "7", cents: 700 } } }]);
    leave();
    await until(() => open() === 0);
  });

  test("shows that it lives while nothing happens", async () => {
    const { url } = await start({ config: { host: "127.0.0.1", port: 0, heartbeatMs: 20 } });
    const { piece } = await connect(url, CHANGES);
    expect(await piece()).toBe(":\n\n");
  });

  test("is one of few that a user may have, and leaves its place to the next", async () => {
    const { url, open } = await start({ config: { host: "127.0.0.1", port: 0, maxStreamsPerUser: 2 } });
    const first = await connect(url, CHANGES);
    await connect(url, CHANGES);
    const refused = await connect(url, CHANGES);
    expect(refused.response.status).toBe(429);
    expect(await refused.response.json()).toMatchObject({ errors: [{ extensions: { code: "TOO_MANY_STREAMS" } }] });
    await until(() => open() === 2);
    first.leave();
    await until(() => open() === 1);
    expect((await connect(url, CHANGES)).response.status).toBe(200);
  });

  test("is told of it when the gateway stops, at once", async () => {
    const { url, open, close } = await start();
    const { rest } = await connect(url, CHANGES);
    await until(() => open() === 1);
    const startedAt = Date.now();
    const closed = close();
    expect(await rest()).toMatchObject([
      ["next", { errors: [{ extensions: { code: "SUBSCRIPTION_ENDED" } }] }],
      ["complete", undefined],
    ]);
    await closed;
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });

  test("ends when the token expires that it was begun with", async () => {
    const { url } = await start({ identity: async () => ({ userId: "usr_1", name: "Ada" }) });
    const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) + 1 })).toString("base64url");
    const token = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.x`;
    const { rest } = await connect(url, CHANGES, { authorization: `Bearer ${token}` });
    expect(await rest()).toMatchObject([
      ["next", { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] }],
      ["complete", undefined],
    ]);
  });
});

async function start(options: Partial<GatewayOptions> = {}) {
  const { callers, emit, open } = orderEvents();
  return { ...(await startTestGateway({ callers, ...options })), emit, open };
}

type ServerSent = readonly [event: string, data: unknown];

async function connect(url: string, query: string, headers: Record<string, string> = {}) {
  const client = new AbortController();
  const init = { method: "POST", headers: { ...HEADERS, ...headers }, body: JSON.stringify({ query }) };
  const response = await fetch(`${url}/graphql`, { ...init, signal: client.signal });
  const pieces = response.clone().body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  async function next(): Promise<ServerSent | undefined> {
    while (!text.includes("\n\n")) {
      const { done, value } = await pieces.read();
      if (done) return undefined;
      text += value;
    }
    const [event = "", ...after] = text.split("\n\n");
    text = after.join("\n\n");
    if (event.startsWith(":")) return next();
    const [, name = "", data = ""] = /^event: (\w+)\ndata: ?(.*)$/.exec(event) ?? [];
    return [name, data === "" ? undefined : JSON.parse(data)];
  }
  return {
    response,
    next,
    leave: () => client.abort(),
    piece: async () => (await pieces.read()).value,
    async rest() {
      const all: ServerSent[] = [];
      for (let event = await next(); event; event = await next()) all.push(event);
      return all;
    },
  };
}
