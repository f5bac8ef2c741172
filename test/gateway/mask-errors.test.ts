import { GraphQLError } from "graphql";
import { describe, expect, onTestFinished, test } from "vitest";
import { createErrorMask } from "../../gateway/mask-errors.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { inProcess, ordersSchemas, ordersSupergraph, overHttp, type SeenCall } from "./support/orders-graph.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const SECRET = 'relation "secret_table" does not exist at 10.0.0.5:5432';

function failing(error: Error): Parameters<typeof startTestGateway>[0] {
  const fail = () => {
    throw error;
  };
  return { callers: inProcess(ordersSchemas({ orders: fail })) };
}

describe("what a subgraph says", () => {
  test.each([
    ["without a code", new Error(SECRET)],
    [
      "with a code that is not ours",
      new GraphQLError(SECRET, { extensions: { code: "ER_NO_SUCH_TABLE", sql: SECRET } }),
    ],
    [
      "with a code that only a gateway gives",
      new GraphQLError(SECRET, { extensions: { code: "DEFER_NOT_SUPPORTED" } }),
    ],
    ["with a code of ours for a failure", new AppError("DATABASE_UNAVAILABLE", SECRET)],
    ["about the query we sent it", new GraphQLError(SECRET, { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } })],
  ])("%s stays in the log, under the id that the client gets", async (_, error) => {
    const gateway = await startTestGateway(failing(withCode(error)));
    const { body } = await gateway.query("{ orders { id } }");
    expect(JSON.stringify(body)).not.toMatch(/secret_table|10\.0\.0\.5|ER_NO|stack|sql/);
    expect(body.errors?.[0]).toMatchObject({ path: ["orders"], extensions: { errorId: expect.any(String) } });
    expect(JSON.stringify(lineOf(gateway, body.errors?.[0]?.extensions["errorId"]))).toContain("secret_table");
  });

  test("a refusal of our table reaches the client as it is", async () => {
    const refusal = new AppError("CONFLICT", "The order was closed on 2026-03-01: read it again.");
    const { query } = await startTestGateway(failing(withCode(refusal)));
    const { body } = await query("{ orders { id } }");
    expect(body).toEqual({
      data: { orders: null },
      errors: [{ message: refusal.message, path: ["orders"], extensions: { code: "CONFLICT" } }],
    });
  });
});

describe("a subgraph that is down", () => {
  test("leaves the rest of the answer, with an error at each place that waited for it", async () => {
    const prices = await overHttp("prices", ordersSchemas().prices);
    await prices.close();
    const gateway = await startTestGateway({
      supergraphSdl: ordersSupergraph({ prices: prices.url }),
      callers: inProcess({ orders: ordersSchemas().orders }),
    });
    const { status, body } = await gateway.query("{ orders { id cents } }");
    expect(status).toBe(200);
    expect(body.data).toEqual({
      orders: [
        { id: "1", cents: null },
        { id: "2", cents: null },
      ],
    });
    const [first, second] = body.errors ?? [];
    expect([first?.path, second?.path]).toEqual([
      ["orders", 0, "cents"],
      ["orders", 1, "cents"],
    ]);
    expect(first?.extensions).toEqual({ code: "SUBGRAPH_UNAVAILABLE", errorId: expect.any(String), service: "prices" });
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
    expect(second?.extensions).toEqual(first?.extensions);
    expect(gateway.lines.filter((line) => line["errorId"] === first?.extensions["errorId"])).toHaveLength(1);
    expect(JSON.stringify(lineOf(gateway, first?.extensions["errorId"]))).toContain("ECONNREFUSED");
  });

  test("answers again once it is back", async () => {
    const schemas = ordersSchemas();
    const seen: SeenCall[] = [];
    const prices = await overHttp("prices", schemas.prices, { seen });
    const { query } = await startTestGateway({
      supergraphSdl: ordersSupergraph({ prices: prices.url }),
      callers: inProcess({ orders: schemas.orders }),
    });
    const whole = { data: { orders: [{ cents: 100 }, { cents: 200 }] } };
    expect((await query("{ orders { cents } }")).body).toEqual(whole);
    expect(seen).toMatchObject([{ headers: { authorization: "Bearer good", "content-type": "application/json" } }]);
    await prices.close();
    expect((await query("{ orders { cents } }")).body.errors).toHaveLength(2);
    const restarted = await overHttp("prices", schemas.prices, { port: prices.port });
    onTestFinished(restarted.close);
    expect((await query("{ orders { cents } }")).body).toEqual(whole);
  });
});

describe("what the gateway says of a document", () => {
  test.each([
    "{ ordrs { id } }",
    "{ orders { i } }",
    "{ orders(srt: OLDEST) { id } }",
    "{ orders(sort: OLDES) { id } }",
    "{ orders { ... on Ordr { id } } }",
    "{ orders }",
  ])("%s is refused without a suggestion", async (operation) => {
    const { query } = await startTestGateway();
    const { status, body } = await query(operation);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toEqual({ code: "GRAPHQL_VALIDATION_FAILED" });
    expect(JSON.stringify(body)).not.toMatch(/Did you mean/i);
  });

  test("a variable of the wrong kind is refused without a suggestion", async () => {
    const { query } = await startTestGateway();
    const operation = { query: "query ($sort: Sort) { orders(sort: $sort) { id } }", variables: { sort: "NEWES" } };
    const { status, body } = await query(operation);
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" } });
    expect(JSON.stringify(body)).not.toContain("Did you mean");
  });

  test("a syntax error is told with its place and without a stack", async () => {
    const { query } = await startTestGateway();
    const { status, body } = await query("qwerty cop { abc }");
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      expect.objectContaining({
        locations: [{ line: 1, column: 1 }],
        extensions: { code: "GRAPHQL_PARSE_FAILED" },
      }),
    ]);
  });

  test.each(["query a { orders { id } } query b { orders { id } }", "subscription { x }", "{ orders @defer { id } }"])(
    "%s is the client's fault, not ours",
    async (operation) => {
      const { query } = await startTestGateway();
      expect((await query(operation)).status).toBe(400);
    },
  );

  test("a document of a thousand faults gets a short answer", async () => {
    const { query } = await startTestGateway();
    const { status, body } = await query(`{ ${Array.from({ length: 900 }, (_, i) => `word${i}`).join(" ")} }`);
    expect(status).toBe(400);
    expect(JSON.stringify(body).length).toBeLessThan(2_000);
  });
});

test("an error that carries a name as long as the body is cut", () => {
  const mask = createErrorMask(createLog({ logLevel: "silent" }, {}, { write: () => undefined }));
  const error = new GraphQLError(`Cannot query field "${"x".repeat(90_000)}".`, {
    extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
  });
  expect(mask(error.toJSON(), error).message.length).toBeLessThan(600);
});

/** Resolvers throw AppErrors as they are; the subgraph's own mask gives them their code. */
function withCode(error: Error): Error {
  if (!(error instanceof AppError)) return error;
  return new GraphQLError(error.message, { extensions: { code: error.code } });
}

function lineOf({ lines }: TestGateway, errorId: unknown): unknown {
  return lines.find((line) => line["errorId"] === errorId);
}
