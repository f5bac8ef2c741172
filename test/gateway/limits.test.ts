import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { checkLimits } from "../../gateway/limits.ts";
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

test("fragments count where they are spread", () => {
  const deep = "{ parent { ...a } } fragment a on Parent { parent { parent { parent { parent { ...b } } } } } ";
  const rest = "fragment b on Parent { parent { parent { parent { parent { parent { __typename } } } } } }";
  expect(checkLimits(parse(deep + rest))).toHaveLength(1);
});

test.each([
  "{ ...a } fragment a on Query { ...a }",
  "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a parent { ...b } }",
  "{ ...missing }",
])("%s comes to an end and is left to the validator", (document) => {
  expect(checkLimits(parse(document))).toEqual([]);
});

test("a fragment called __schema hides no depth", () => {
  const document = `{ ...__schema } fragment __schema on Query ${nested(20)}`;
  expect(checkLimits(parse(document))).toHaveLength(1);
});

function nested(depth: number): string {
  return `${"{ parent ".repeat(depth - 1)}{ __typename }${" }".repeat(depth - 1)}`;
}

function doubling(fragments: number): string {
  const each = Array.from({ length: fragments }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`);
  return `{ ...f0 } ${each.join(" ")} fragment f${fragments} on Query { __typename }`;
}
