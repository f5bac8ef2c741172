import type { ExecutionResult } from "graphql";
import { describe, expect, test } from "vitest";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

function errorsOf(result: ExecutionResult): { path: unknown; extensions: unknown }[] {
  const errors = (result.errors ?? []).map(({ path, extensions }) => ({ path, extensions }));
  return errors.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

const failing = (code: string, path: (string | number)[], data: unknown) => ({
  data,
  errors: [{ message: "no such person", path, extensions: { code, stacktrace: ["secret"], serviceName: "x" } }],
});

describe.each([{ isInProcess: false }, { isInProcess: true }])("errors, in the same process: $isInProcess", (mode) => {
  test("an entity's error is told at every place that shows the entity", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    const data = { _entities: [{ email: null }, { email: "bob@example.org" }] };
    intercept.set("people", () => failing("NOT_FOUND", ["_entities", 0, "email"], data));
    const result = await engine.execute({ query: `{ payments { payer { mail: email } } }` });
    intercept.set("people", () =>
      failing("NOT_FOUND", ["_entities", 0, "mail"], { _entities: [{ mail: null }, { mail: "b" }] }),
    );
    const aliased = await engine.execute({ query: `{ payments { payer { mail: email } } }` });
    expect(result.data?.["payments"]).toHaveLength(3);
    const extensions = { code: "NOT_FOUND", service: "people" };
    expect(errorsOf(aliased)).toEqual([
      { path: ["payments", 0, "payer", "mail"], extensions },
      { path: ["payments", 2, "payer", "mail"], extensions },
    ]);
    expect(asJson(aliased.data)).toEqual({
      payments: [{ payer: { mail: null } }, { payer: { mail: "b" } }, { payer: { mail: null } }],
    });
  });

  test("an error of the entity itself is told at the fields that were asked of it", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    intercept.set("people", () => failing("not plain", ["_entities", 1], { _entities: [{ email: "a" }, null] }));
    const result = await engine.execute({ query: `{ payments { payer { name email } } }` });
    const extensions = { code: "SUBGRAPH_ERROR", service: "people" };
    expect(errorsOf(result)).toEqual([{ path: ["payments", 1, "payer", "email"], extensions }]);
  });

  test("a list of entities of another length is not matched by position", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    intercept.set("people", () => ({ data: { _entities: [{ email: "bob@example.org" }] } }));
    const result = await engine.execute({ query: `{ payments { payer { email } } }` });
    expect(asJson(result.data)).toEqual({ payments: Array.from({ length: 3 }, () => ({ payer: { email: null } })) });
    expect(errorsOf(result).map(({ path }) => path)).toEqual(
      [0, 1, 2].map((row) => ["payments", row, "payer", "email"]),
    );
  });

  test("a dead subgraph makes only its own fields null, each with its error", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    intercept.set("cards", () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7:4002")));
    const query = `{ payments { id state ... on CardPayment { pan: maskedPan } } }`;
    const result = await engine.execute({ query });
    const extensions = { code: "SUBGRAPH_UNAVAILABLE", service: "cards" };
    expect(asJson(result.data)).toEqual({
      payments: [
        { id: "c1", state: "matched c1", pan: null },
        { id: "v1", state: "matched v1" },
        { id: "c2", state: "matched c2", pan: null },
      ],
    });
    expect(errorsOf(result)).toEqual([
      { path: ["payments", 0, "pan"], extensions },
      { path: ["payments", 2, "pan"], extensions },
    ]);
    expect(JSON.stringify(result)).not.toContain("10.0.0.7");
  });

  test("a root field of a dead subgraph is told at its own path", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    intercept.set("payments", () => Promise.reject(new Error("gone")));
    const result = await engine.execute({ query: `{ card: firstCard { id } payment(id: "c1") { id } }` });
    const extensions = { code: "SUBGRAPH_UNAVAILABLE", service: "payments" };
    expect(asJson(result.data)).toEqual({ card: null, payment: null });
    expect(errorsOf(result)).toEqual([
      { path: ["card"], extensions },
      { path: ["payment"], extensions },
    ]);
  });

  test("a null where none may be moves up to the nearest nullable parent, with one error at its place", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    intercept.set("cards", () => ({ data: { _entities: [{ brand: { label: null } }] } }));
    const result = await engine.execute({ query: `{ firstCard { id brand { label } } payment(id: "v1") { id } }` });
    expect(asJson(result.data)).toEqual({ firstCard: null, payment: { id: "v1" } });
    expect(errorsOf(result)).toEqual([
      { path: ["firstCard", "brand", "label"], extensions: { code: "SUBGRAPH_ERROR" } },
    ]);
    const strict = await engine.execute({ query: `{ strict { brand { label } } }` });
    expect(strict.data).toBeNull();
  });

  test("a null that an error explains gets no second error", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    intercept.set("cards", () => Promise.reject(new Error("gone")));
    const result = await engine.execute({ query: `{ firstCard { brand { label } } }` });
    expect(asJson(result.data)).toEqual({ firstCard: null });
    expect(errorsOf(result)).toEqual([
      { path: ["firstCard", "brand"], extensions: { code: "SUBGRAPH_UNAVAILABLE", service: "cards" } },
    ]);
  });

  test("nothing is computed from a required value that an error took away", async () => {
    const { engine, intercept, calls } = createTestGraph(PAYMENTS_GRAPH, mode);
    const row = { __typename: "CardPayment", id: "c1", cents: null };
    intercept.set("payments", () => failing("NOT_FOUND", ["payment", "cents"], { payment: row }));
    const result = await engine.execute({ query: `{ payment(id: "c1") { fee } }` });
    expect(asJson(result.data)).toEqual({ payment: { fee: null } });
    expect(errorsOf(result).map(({ path }) => path)).toEqual([["payment", "fee"]]);
    expect(calls.filter(({ subgraph }) => subgraph === "reconciliation")).toEqual([]);
  });

  test("a subgraph that cannot read the query is at fault, and its text about the query stays inside", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    intercept.set("cards", () => ({
      errors: [{ message: "Cannot query field secretField", extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
    }));
    const result = await engine.execute({ query: `{ firstCard { maskedPan } }` });
    expect(errorsOf(result)).toEqual([
      { path: ["firstCard", "maskedPan"], extensions: { code: "SUBGRAPH_ERROR", service: "cards" } },
    ]);
    expect(JSON.stringify(result)).not.toContain("secretField");
  });
});
