import { executeSync, getIntrospectionQuery, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

const HIDDEN = {
  shop: {
    sdl: `
      type Query { things: [Thing] secret: Int @inaccessible kind: Kind list: [Int!] }
      union Thing = Seen | Unseen
      type Seen { a: Int }
      type Unseen @inaccessible { b: Int }
      enum Kind { OPEN CLOSED @inaccessible }
    `,
    resolvers: {
      Query: {
        things: () => [{ __typename: "Seen", a: 1 }, { __typename: "Unseen" }],
        kind: () => "CLOSED",
        list: () => [1, 2],
      },
    },
  },
};

describe("the answer", () => {
  test("fields are given or left out by the values of @skip and @include variables, request by request", async () => {
    const { engine, calls } = createTestGraph(PAYMENTS_GRAPH);
    const query = `query ($with: Boolean!, $without: Boolean = false) {
      payment(id: "c1") { id @skip(if: $without) ... @include(if: $with) { state } ...Card @include(if: $with) }
    }
    fragment Card on CardPayment { maskedPan }`;
    const ask = async (variables: Record<string, unknown>) => asJson(await engine.execute({ query, variables }));
    const all = { id: "c1", state: "matched c1", maskedPan: "****c1" };
    expect(await ask({ with: true })).toEqual({ data: { payment: all } });
    expect(calls).toHaveLength(3);
    expect(await ask({ with: false, without: true })).toEqual({ data: { payment: {} } });
    expect(calls).toHaveLength(4);
    expect(await ask({ with: true, without: false })).toEqual({ data: { payment: all } });
  });

  test("literal @skip and @include may leave nothing to ask", async () => {
    const { engine, calls } = createTestGraph(PAYMENTS_GRAPH);
    expect(asJson(await engine.execute({ query: `{ payments @include(if: false) { id } }` }))).toEqual({ data: {} });
    expect(calls).toEqual([]);
    const result = await engine.execute({ query: `{ firstCard { maskedPan @skip(if: true) } }` });
    expect(asJson(result)).toEqual({ data: { firstCard: {} } });
  });

  test.each([{ isInProcess: false }, { isInProcess: true }])("for text it is the same text: %o", async (mode) => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
    const queries = [
      `{ payments { __typename id state ... on CardPayment { maskedPan } payer { name email } } }`,
      `{ payments { id state payer { email } __typename } firstCard { id } }`,
      `{ __proto__: payment(id: "c1") { __proto__: id constructor: state payer { __proto__: email } } }`,
      `{ payment(id: "nobody") { id } payments { toJSON: id } }`,
    ];
    for (const isFailing of [false, true]) {
      if (isFailing) intercept.set("payments", brokenRows);
      for (const query of queries) {
        const whole = await engine.execute({ query });
        const text = await engine.execute({ query, context: { isForText: true } });
        expect(JSON.stringify(text)).toBe(JSON.stringify(whole));
      }
    }
  });

  test.each([{ isInProcess: false }, { isInProcess: true }])(
    "any alias is data and no prototype changes: %o",
    async (mode) => {
      const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
      const query = `{
      __proto__: payment(id: "c1") { __proto__: id constructor: state toString: id payer { __proto__: email } }
      constructor: firstCard { maskedPan hasOwnProperty: maskedPan }
    }`;
      const { data, errors } = await engine.execute({ query });
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).toBe(
        `{"__proto__":{"__proto__":"c1","constructor":"matched c1","toString":"c1","payer":{"__proto__":"ann@example.org"}},` +
          `"constructor":{"maskedPan":"****c1","hasOwnProperty":"****c1"}}`,
      );
      intercept.set("payments", () => ({ data: {} }));
      intercept.set("reconciliation", () => Promise.reject(new Error("gone")));
      expect(JSON.stringify((await engine.execute({ query })).data)).toBe(`{"__proto__":null,"constructor":null}`);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as Record<string, unknown>)["id"]).toBeUndefined();
    },
  );

  test("objects of the answer have no prototype", async () => {
    const { engine } = createTestGraph(PAYMENTS_GRAPH);
    const { data } = await engine.execute({ query: `{ firstCard { id } }` });
    expect(Object.getPrototypeOf(data)).toBeNull();
    expect(Object.getPrototypeOf(data?.["firstCard"])).toBeNull();
  });

  test("a hostile answer of a subgraph changes no prototype", async () => {
    const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH);
    const hostile = JSON.parse(
      `{"firstCard":{"__typename":"CardPayment","id":"c1","__proto__":{"polluted":1}},"__proto__":{"polluted":1}}`,
    );
    intercept.set("payments", () => ({ data: hostile }));
    intercept.set("cards", () => ({
      data: JSON.parse(`{"_entities":[{"__proto__":{"polluted":2},"maskedPan":"x"}]}`),
    }));
    const result = await engine.execute({ query: `{ firstCard { id maskedPan } }` });
    expect(asJson(result)).toEqual({ data: { firstCard: { id: "c1", maskedPan: "x" } } });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("the type's name is given under any alias, and no other field can pass for it", async () => {
    const { engine } = createTestGraph(PAYMENTS_GRAPH);
    const result = await engine.execute({ query: `{ root: __typename payments { type: __typename } }` });
    const types = ["CardPayment", "VoucherPayment", "CardPayment"].map((type) => ({ type }));
    expect(asJson(result)).toEqual({ data: { root: "Query", payments: types } });
    const refused = await engine.execute({ query: `{ payments { __typename: id } }` });
    expect(refused.errors?.[0]?.extensions).toEqual({ code: "BAD_USER_INPUT" });
  });

  test("introspection and data can be asked together", async () => {
    const { engine, calls } = createTestGraph(PAYMENTS_GRAPH);
    const query = `query ($name: String!) {
      ...Types
      firstCard { maskedPan }
      card: __type(name: $name) { kind }
    }
    fragment Types on Query { __schema { queryType { name } } }`;
    expect(asJson(await engine.execute({ query, variables: { name: "CardPayment" } }))).toEqual({
      data: {
        __schema: { queryType: { name: "Query" } },
        firstCard: { maskedPan: "****c1" },
        card: { kind: "OBJECT" },
      },
    });
    calls.length = 0;
    const { data } = await engine.execute({ query: getIntrospectionQuery() });
    const document = parse(getIntrospectionQuery());
    expect(asJson(data)).toEqual(asJson(executeSync({ schema: engine.schema, document }).data));
    expect(calls).toEqual([]);
  });

  test("what is inaccessible is neither in the schema nor in an answer", async () => {
    const { engine } = createTestGraph(HIDDEN);
    expect(engine.schema.getType("Unseen")).toBeUndefined();
    expect(Object.keys(engine.schema.getQueryType()?.getFields() ?? {})).toEqual(["things", "kind", "list"]);
    expect(Object.keys(engine.schema.getTypeMap()).filter((name) => /^(join|link)__/.test(name))).toEqual([]);
    const result = await engine.execute({ query: `{ things { ... on Seen { a } } kind }` });
    expect(asJson(result.data)).toEqual({ things: [{ a: 1 }, null], kind: null });
    expect(result.errors?.map(({ path }) => path)).toEqual([["things", 1], ["kind"]]);
  });

  test("a null item of a list of non-null items makes the list null", async () => {
    const { engine, intercept } = createTestGraph(HIDDEN);
    intercept.set("shop", () => ({ data: { list: [1, null] } }));
    const result = await engine.execute({ query: `{ list }` });
    expect(asJson(result.data)).toEqual({ list: null });
    expect(result.errors?.map(({ path }) => path)).toEqual([["list", 1]]);
  });
});

/** Made anew for each call: what an in-process subgraph gives becomes the engine's. */
function brokenRows() {
  return { data: { payments: [{ __typename: "CardPayment", id: null }, { __typename: "Card", id: "c1" }, null, 3] } };
}
