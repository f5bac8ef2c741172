import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { createEngine } from "../../gateway/engine/create-engine.ts";
import type { Planner, QueryPlan } from "../../gateway/engine/planner.ts";
import { createHivePlanner } from "../../gateway/engine/planner.ts";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

describe("the size of answers", () => {
  test("an answer that is too large is no longer read, and is told where it is missing", async () => {
    let sentBytes = 0;
    let cutOff: () => void = () => {};
    const isCutOff = new Promise<void>((resolve) => {
      cutOff = resolve;
    });
    const server = createServer((_, response) => {
      response.on("close", cutOff);
      response.write(`{"data":{"firstCard":{"id":"`);
      const piece = "x".repeat(64 * 1024);
      const write = () => {
        while (!response.destroyed && sentBytes < 100_000_000) {
          sentBytes += piece.length;
          if (!response.write(piece)) return response.once("drain", write);
        }
        return response.end();
      };
      write();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const { engine } = createTestGraph(PAYMENTS_GRAPH, { payments: { url }, maxAnswerBytes: 1_000_000 });
      const result = await engine.execute({ query: `{ firstCard { id } }` });
      await isCutOff;
      expect(sentBytes).toBeLessThan(50_000_000);
      expect(asJson(result)).toEqual({
        data: { firstCard: null },
        errors: [
          {
            message: `Subgraph "payments" answered with more than 1000000 bytes: ask for fewer rows or fewer fields.`,
            path: ["firstCard"],
            extensions: { code: "RESPONSE_TOO_LARGE", service: "payments" },
          },
        ],
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each([
    [
      "whose length is declared",
      (text: string) => new Response(text, { headers: { "content-length": `${text.length}` } }),
    ],
    ["without a body to stream", (text: string) => ({ status: 200, text: async () => text })],
  ])("an answer %s is measured", async (_, respond) => {
    const { supergraphSdl } = createTestGraph(PAYMENTS_GRAPH);
    const text = JSON.stringify({ data: { firstCard: { id: "x".repeat(5_000) } } });
    const ask = async (maxAnswerBytes: number) => {
      const engine = createEngine({ supergraphSdl, fetch: async () => respond(text), maxAnswerBytes });
      return engine.execute({ query: `{ firstCard { id } }` });
    };
    expect(await ask(6_000)).not.toHaveProperty("errors");
    expect(await ask(5_000)).toMatchObject({ errors: [{ extensions: { code: "RESPONSE_TOO_LARGE" } }] });
  });

  test("all answers of one operation together are bounded, and the next operation starts anew", async () => {
    const { engine } = createTestGraph(PAYMENTS_GRAPH, { maxOperationBytes: 300 });
    const query = `{ payments { state ... on CardPayment { maskedPan } } }`;
    for (let round = 0; round < 2; round++) {
      const result = await engine.execute({ query });
      const told = new Set(result.errors?.map(({ extensions }) => extensions["code"]));
      expect(told).toEqual(new Set(["RESPONSE_TOO_LARGE"]));
      expect(result.data?.["payments"]).toHaveLength(3);
    }
  });
});

describe("extensions", () => {
  test("only allowed keys of subgraphs' extensions are passed on, by subgraph", async () => {
    for (const isInProcess of [false, true]) {
      const ask = async (extensionKeys?: string[]) => {
        const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, {
          isInProcess,
          ...(extensionKeys && { extensionKeys }),
        });
        const extensions = { cost: 3, traces: "secret" };
        intercept.set("payments", () => ({ data: { firstCard: { id: "c1", __typename: "CardPayment" } }, extensions }));
        intercept.set("cards", () => ({ data: { _entities: [{ maskedPan: "x" }] }, extensions: { cost: 1 } }));
        return asJson(await engine.execute({ query: `{ firstCard { id maskedPan } }` }));
      };
      const data = { firstCard: { id: "c1", maskedPan: "x" } };
      expect(await ask()).toEqual({ data });
      expect(await ask(["cost", "toString"])).toEqual({ data, extensions: { cost: { payments: 3, cards: 1 } } });
    }
  });

  test("a request may have its plan explained, without addresses", async () => {
    const { engine } = createTestGraph(PAYMENTS_GRAPH);
    const query = `{ firstCard { id maskedPan } }`;
    expect(await engine.execute({ query })).not.toHaveProperty("extensions");
    const { extensions } = await engine.execute({ query, context: { explain: true } });
    expect(extensions).toMatchObject({ plan: { kind: "QueryPlan", node: { kind: "Sequence" } } });
    expect(JSON.stringify(extensions)).toContain(`"serviceName":"cards"`);
    expect(JSON.stringify(extensions)).not.toContain("http");
  });
});

describe("identical fetches of one request", () => {
  /** Plans two fetches of the same entities beside each other. */
  function twinPlanner(planner: Planner): Planner {
    return {
      async plan(request): Promise<QueryPlan> {
        const plan = await planner.plan(request);
        if (plan.node?.kind !== "Sequence") throw new Error("another plan than expected");
        const [first, second] = plan.node.nodes;
        return {
          kind: "QueryPlan",
          node: { kind: "Sequence", nodes: [first!, { kind: "Parallel", nodes: [second!, second!] }] },
        };
      },
    };
  }

  test.each([{ isInProcess: false }, { isInProcess: true }])(
    "are one call, and each gets its answer: %o",
    async (mode) => {
      const createPlanner = (sdl: string) => twinPlanner(createHivePlanner(sdl));
      const { engine, calls } = createTestGraph(PAYMENTS_GRAPH, { ...mode, createPlanner });
      const query = `{ payment(id: "c1") { payer { phone { digits } } } }`;
      const results = await Promise.all([engine.execute({ query }), engine.execute({ query })]);
      for (const result of results) {
        expect(asJson(result)).toEqual({ data: { payment: { payer: { phone: { digits: "123" } } } } });
      }
      // Two requests never share a call: they may be of two users.
      expect(calls.map(({ subgraph }) => subgraph).sort()).toEqual(["payments", "payments", "people", "people"]);
    },
  );
});

test("a supergraph that hands a field over step by step is refused by name", () => {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@override"])`;
  const { supergraphSdl } = composeSupergraph([
    {
      name: "a",
      url: "http://a.test",
      sdl: `${link} type Query { it: It } type It @key(fields: "id") { id: ID! price: Int }`,
    },
    {
      name: "b",
      url: "http://b.test",
      sdl: `${link} type It @key(fields: "id") { id: ID! price: Int @override(from: "a", label: "percent(50)") }`,
    },
  ]);
  expect(() => createEngine({ supergraphSdl, fetch })).toThrowError(
    expect.objectContaining({ code: "PROGRESSIVE_OVERRIDE_NOT_SUPPORTED", message: expect.stringContaining("price") }),
  );
});
