import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { GraphQLError, graphql, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { createEngine } from "../../gateway/engine/create-engine.ts";
import { createOperationCache } from "../../gateway/engine/operation-cache.ts";
import type { Planner } from "../../gateway/engine/planner.ts";
import { createHivePlanner } from "../../gateway/engine/planner.ts";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph, single } from "./test-graph.ts";

const QUERY = `{ payments { id ... on CardPayment { maskedPan } } }`;

const NINE = Array.from({ length: 9 }, (_, index) => `$v${index}`);
const MANY_CONDITIONS = `query (${NINE.map((name) => `${name}: Boolean!`).join(" ")}) {
  firstCard { ${NINE.map((name, index) => `f${index}: id @include(if: ${name})`).join(" ")} }
}`;

/** Never answers, not even when it is told to stop. */
function hang(): Promise<undefined> {
  return new Promise(() => {});
}

describe.each([{ isInProcess: false }, { isInProcess: true }])("limits, in the same process: $isInProcess", (mode) => {
  test("a deadline ends the waiting for a subgraph that hangs and is passed on", async () => {
    const { engine, calls, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    await engine.prepare({ query: QUERY });
    intercept.set("cards", hang);
    const deadline = Date.now() + 150;
    const result = await engine.execute({ query: QUERY, context: { deadline, headers: { "x-user": "u1" } } });
    expect(Date.now()).toBeGreaterThanOrEqual(deadline - 1);
    expect(Date.now()).toBeLessThan(deadline + 5_000);
    expect(result.errors?.map(({ path, extensions }) => [path, extensions["code"]])).toEqual([
      [["payments", 0, "maskedPan"], "DEADLINE_EXCEEDED"],
      [["payments", 2, "maskedPan"], "DEADLINE_EXCEEDED"],
    ]);
    for (const { headers } of calls) expect(headers).toMatchObject({ "x-deadline": `${deadline}`, "x-user": "u1" });
  });

  test("aborting a request aborts its fetches and starts no more", async () => {
    const { engine, calls, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    const client = new AbortController();
    const seen: AbortSignal[] = [];
    intercept.set("payments", (_, signal) => {
      seen.push(signal);
      client.abort();
      return hang();
    });
    const result = await engine.execute({ query: QUERY, context: { signal: client.signal } });
    expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
    expect(result.errors?.map(({ path, extensions }) => [path, extensions["code"]])).toEqual([
      [["payments"], "SUBGRAPH_UNAVAILABLE"],
    ]);
    expect(result.data).toBeNull();
    calls.length = 0;
    await engine.execute({ query: QUERY, context: { signal: client.signal } });
    await engine.execute({ query: QUERY, context: { deadline: Date.now() - 1 } });
    expect(calls).toEqual([]);
  });
});

describe("preparing", () => {
  test("an operation is prepared once, also when it is asked for twice at the same time", async () => {
    let plans = 0;
    const counted = (planner: Planner): Planner => ({
      plan(request) {
        plans++;
        return planner.plan(request);
      },
    });
    const { engine } = createTestGraph(PAYMENTS_GRAPH, { createPlanner: (sdl) => counted(createHivePlanner(sdl)) });
    const [first, second] = await Promise.all([engine.prepare({ query: QUERY }), engine.prepare({ query: QUERY })]);
    expect(first).toBe(second);
    await engine.execute({ query: QUERY });
    const document = parse(`{ firstCard { id } }`);
    expect(await engine.prepare({ document })).toBe(await engine.prepare({ document }));
    expect(plans).toBe(2);
  });

  test("a failure is not remembered", async () => {
    let failures = 1;
    const { engine } = createTestGraph(PAYMENTS_GRAPH, {
      createPlanner(sdl) {
        const planner = createHivePlanner(sdl);
        return {
          plan: async (request) => (failures-- > 0 ? Promise.reject(new Error("busy")) : planner.plan(request)),
        };
      },
    });
    const failed = await engine.execute({ query: QUERY });
    expect(failed.errors?.[0]?.extensions["code"]).toBe("QUERY_PLANNING_FAILED");
    expect(failed.errors?.[0]?.message).not.toContain("busy");
    expect((await engine.execute({ query: QUERY })).errors).toBeUndefined();
  });

  test("the cache stays within its bytes", async () => {
    const cache = createOperationCache<{ size: number }>({ maxBytes: 1_000, sizeOf: ({ size }) => size });
    let made = 0;
    const get = (key: string) =>
      cache.get(key, async () => {
        made++;
        return { size: 400 };
      });
    await get("a");
    await get("b");
    await get("c");
    await get("c");
    expect(made).toBe(3);
    await get("a");
    expect(made).toBe(4);
  });

  test.each([
    ["GRAPHQL_PARSE_FAILED", `{ payments`, {}],
    ["GRAPHQL_VALIDATION_FAILED", `{ nothing }`, {}],
    ["DEFER_NOT_SUPPORTED", `{ payments { id ... @defer { cents } } }`, {}],
    ["STREAM_NOT_SUPPORTED", `{ payments @stream(initialCount: 1) { id } }`, {}],
    ["TOO_MANY_CONDITIONS", MANY_CONDITIONS, {}],
    ["OPERATION_RESOLUTION_FAILURE", `query A { firstCard { id } } query B { firstCard { id } }`, {}],
    ["OPERATION_RESOLUTION_FAILURE", `query A { firstCard { id } }`, { operationName: "C" }],
    ["BAD_USER_INPUT", `query ($id: ID!) { payment(id: $id) { id } }`, {}],
    ["BAD_USER_INPUT", `query ($id: ID!) { payment(id: $id) { id } }`, { variables: { id: { a: 1 } } }],
  ])("what is wrong with a request is said with %s", async (code, query, request) => {
    const { engine, calls } = createTestGraph(PAYMENTS_GRAPH);
    const result = await engine.execute({ query, ...request });
    expect(result.errors?.map(({ extensions }) => extensions["code"])).toEqual([code]);
    expect(result).not.toHaveProperty("data");
    expect(calls).toEqual([]);
  });

  test("a document can be refused before it is validated, and too many tokens end the parsing", async () => {
    const { engine } = createTestGraph(PAYMENTS_GRAPH, {
      maxTokens: 12,
      checkDocument: ({ definitions }) => (definitions.length > 1 ? [new GraphQLError("too many definitions")] : []),
    });
    const checked = await engine.execute({ query: `{ nothing } { nothing }` });
    expect(checked.errors?.map(({ message }) => message)).toEqual(["too many definitions"]);
    const long = await engine.execute({ query: `{ ${"firstCard ".repeat(20)} }` });
    expect(long.errors?.[0]?.extensions["code"]).toBe("GRAPHQL_PARSE_FAILED");
  });

  test("a subscription is refused by name where its subgraph has none", async () => {
    const { engine } = createTestGraph(
      {
        shop: { sdl: `type Query { a: Int } type Subscription { tick: Int }`, resolvers: {} },
      },
      { isInProcess: true },
    );
    const result = await engine.execute({ query: `subscription { tick }` });
    expect(result.errors?.map(({ extensions }) => extensions["code"])).toEqual(["SUBSCRIPTION_NOT_SUPPORTED"]);
  });

  test("a closed engine finishes what runs and takes nothing new", async () => {
    const { engine } = createTestGraph(PAYMENTS_GRAPH);
    const running = engine.execute({ query: QUERY });
    const closed = engine.close();
    expect((await running).errors).toBeUndefined();
    await closed;
    expect((await engine.execute({ query: QUERY })).errors).toHaveLength(1);
  });

  test("closing waits for a request that is still being prepared, and answers it", async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { engine } = createTestGraph(PAYMENTS_GRAPH, {
      createPlanner(sdl) {
        const planner = createHivePlanner(sdl);
        return { plan: async (request) => held.then(() => planner.plan(request)) };
      },
    });
    let isClosed = false;
    const running = engine.execute({ query: QUERY });
    const closed = engine.close().then(() => {
      isClosed = true;
    });
    expect((await engine.execute({ query: QUERY })).errors).toHaveLength(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    release();
    expect((await running).errors).toBeUndefined();
    await closed;
  });
});

describe("over HTTP", () => {
  test("subgraphs are found at their routing URLs; answers that are no GraphQL make only their fields null", async () => {
    const { supergraphSdl, schemas } = createTestGraph(PAYMENTS_GRAPH);
    const server = createServer(async (request, response) => {
      const name = request.url?.slice(1) ?? "";
      let body = "";
      for await (const chunk of request) body += chunk;
      if (name === "reconciliation") return response.writeHead(502).end("<html>bad gateway</html>");
      const { query, variables } = JSON.parse(body);
      const schema = schemas[name] ?? buildSubgraphSchema([]);
      const result = await graphql({ schema, source: query, variableValues: variables });
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const located = supergraphSdl.replace(/http:\/\/(\w+)\.test\/graphql/g, `http://127.0.0.1:${port}/$1`);
      const engine = createEngine({ supergraphSdl: located, fetch });
      const query = `query ($id: ID!) { payment(id: $id) { id state payer { email } ... on CardPayment { maskedPan } } }`;
      const result = single(await engine.execute({ query, variables: { id: "c2" } }));
      expect(asJson(result.data)).toEqual({
        payment: { id: "c2", state: null, payer: { email: "ann@example.org" }, maskedPan: "****c2" },
      });
      expect(asJson(result.errors)).toEqual([
        {
          message: `Subgraph "reconciliation" did not answer.`,
          path: ["payment", "state"],
          extensions: { code: "SUBGRAPH_UNAVAILABLE", service: "reconciliation" },
        },
      ]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
