import { describe, expect, test } from "vitest";
import { inProcess, ordersSchemas, type SeenCall } from "./support/orders-graph.ts";
import { startTestGateway } from "./support/test-gateway.ts";

describe("an operation is refused before any subgraph is called", () => {
  test.each([
    ["eleven levels deep", nested(11)],
    ["that doubles with every fragment", doubling(60)],
    ["of more than a thousand fields", `{ orders { ${"id ".repeat(1_000)} } }`],
  ])("%s", async (_, operation) => {
    const seen: SeenCall[] = [];
    const { query } = await startTestGateway({ callers: inProcess(ordersSchemas(), seen) });
    const startedAt = performance.now();
    const { status, body } = await query(operation);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: "OPERATION_TOO_LARGE" } }]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(seen).toEqual([]);
  });

  test("of more than two thousand tokens", async () => {
    const { query } = await startTestGateway();
    const { status, body } = await query(`{ ${"id ".repeat(2_100)} }`);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain("2000 tokens");
  });
});

test("an operation within the limits is answered", async () => {
  const { query } = await startTestGateway();
  expect((await query(nested(10))).status).toBe(200);
});

test("a paged list is held to its variables, each time", async () => {
  const { query } = await startTestGateway();
  const operation = "query ($v: [ID]) { orders { id } ... on Query @skip(if: false) { __typename } }";
  expect((await query({ query: operation, variables: { v: Array(201).fill("1") } })).body.errors).toMatchObject([
    { message: /201 members, 200 are allowed/, extensions: { code: "OPERATION_TOO_LARGE", limit: "arrayLength" } },
  ]);
  const { status, body } = await query({ query: operation, variables: { v: "\u0000" } });
  expect(status).toBe(400);
  expect(body.errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
});

test("what an operation costs is told in development to who asks, and to nobody elsewhere", async () => {
  const headers = { "x-show-cost": "1" };
  const development = await startTestGateway({ graphiql: true });
  const asked = await development.query("{ orders { id } }", { headers });
  expect(asked.body).toMatchObject({ extensions: { cost: 5 } });
  expect((await development.query("{ orders { id } }")).body).not.toHaveProperty("extensions");
  const elsewhere = await startTestGateway();
  expect((await elsewhere.query("{ orders { id } }", { headers })).body).not.toHaveProperty("extensions");
});

test("a document that names no operation is held to the limits all the same", async () => {
  const { query } = await startTestGateway();
  const { body } = await query(`query a { orders { ${"id ".repeat(60)} } } query b { orders { id } }`);
  expect(body.errors).toMatchObject([{ extensions: { limit: "repeats" } }]);
});

test("a caller's role may have limits of its own", async () => {
  const { query } = await startTestGateway({
    identity: async (token) => ({ userId: token, name: token, role: token }),
    limits: { all: { depth: 3 }, roles: { machine: { depth: 5 } } },
  });
  const statuses = ["machine", "person"].map(async (role) => {
    return (await query(nested(5), { headers: { authorization: `Bearer ${role}` } })).status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 400]);
});

test("a refusal leaves one line with its code, its limit and the user in the log", async () => {
  const { query, lines } = await startTestGateway();
  const { headers } = await query(nested(11));
  expect(lines.filter((line) => line["code"] === "OPERATION_TOO_LARGE")).toMatchObject([
    { limit: "depth", userId: "usr_1", requestId: headers.get("x-request-id"), msg: "an operation was refused" },
  ]);
});

function nested(depth: number): string {
  return `${"{ parent ".repeat(depth - 1)}{ __typename }${" }".repeat(depth - 1)}`;
}

function doubling(fragments: number): string {
  const each = Array.from({ length: fragments }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`);
  return `{ ...f0 } ${each.join(" ")} fragment f${fragments} on Query { __typename }`;
}
