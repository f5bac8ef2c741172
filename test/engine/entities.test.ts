import { describe, expect, test } from "vitest";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

describe.each([{ isInProcess: false }, { isInProcess: true }])(
  "entities, in the same process: $isInProcess",
  (mode) => {
    test("an interface gathers fields of its types and of an interface object from other subgraphs", async () => {
      const { engine, calls } = createTestGraph(PAYMENTS_GRAPH, mode);
      const query = `{ payments { __typename id state ... on CardPayment { maskedPan } } }`;
      expect(asJson(await engine.execute({ query }))).toEqual({
        data: {
          payments: [
            { __typename: "CardPayment", id: "c1", state: "matched c1", maskedPan: "****c1" },
            { __typename: "VoucherPayment", id: "v1", state: "matched v1" },
            { __typename: "CardPayment", id: "c2", state: "matched c2", maskedPan: "****c2" },
          ],
        },
      });
      const asked = Object.fromEntries(
        calls.map(({ subgraph, variables }) => [subgraph, variables["representations"]]),
      );
      expect(asked["cards"]).toEqual([
        { __typename: "CardPayment", id: "c1" },
        { __typename: "CardPayment", id: "c2" },
      ]);
      expect(asked["reconciliation"]).toContainEqual({ __typename: "Payment", id: "v1" });
      expect(calls).toHaveLength(3);
    });

    test("a required field of the owner reaches the subgraph that computes from it", async () => {
      const { engine } = createTestGraph(PAYMENTS_GRAPH, mode);
      const result = await engine.execute({ query: `{ payments { fee } }` });
      expect(asJson(result)).toEqual({ data: { payments: [{ fee: 1 }, { fee: 2 }, { fee: 3 }] } });
    });

    test("identical representations are asked once and their answer reaches every place", async () => {
      const { engine, calls } = createTestGraph(PAYMENTS_GRAPH, mode);
      const result = await engine.execute({ query: `{ payments { payer { email phone { digits } } } }` });
      const ann = { payer: { email: "ann@example.org", phone: { digits: "123" } } };
      expect(asJson(result)).toEqual({
        data: { payments: [ann, { payer: { email: "bob@example.org", phone: { digits: "123" } } }, ann] },
      });
      expect(calls[1]?.variables["representations"]).toEqual([
        { __typename: "Person", name: "ann" },
        { __typename: "Person", name: "bob" },
      ]);
    });

    test("more entities than one call may carry are asked in several calls, each answer and error at its place", async () => {
      const { engine, calls, intercept } = createTestGraph(PAYMENTS_GRAPH, { ...mode, maxRepresentations: 2 });
      intercept.set("reconciliation", ({ variables }) => {
        const [first, ...more] = variables["representations"] as { id: string }[];
        if (more.length > 0) return undefined;
        const errors = [{ message: "no", path: ["_entities", 0, "state"], extensions: { code: "NOT_FOUND" } }];
        return { data: { _entities: [{ state: null, fee: first?.id }] }, errors };
      });
      const result = await engine.execute({ query: `{ payments { id state } }` });
      expect(asJson(result.data)).toEqual({
        payments: [
          { id: "c1", state: "matched c1" },
          { id: "v1", state: "matched v1" },
          { id: "c2", state: null },
        ],
      });
      expect(result.errors?.map(({ path }) => path)).toEqual([["payments", 2, "state"]]);
      expect(calls).toHaveLength(3);
    });

    test("two places of one entity keep their own arguments under the same name", async () => {
      const { engine } = createTestGraph(PAYMENTS_GRAPH, mode);
      const query = `{
      short: payment(id: "c1") { payer { city(long: false) phone { digits } } }
      long: payment(id: "c2") { payer { city(long: true) phone { digits } } }
    }`;
      expect(asJson(await engine.execute({ query }))).toEqual({
        data: {
          short: { payer: { city: "A", phone: { digits: "123" } } },
          long: { payer: { city: "Amsterdam", phone: { digits: "123" } } },
        },
      });
    });

    test("a client's variable may have the name the planner uses for its own", async () => {
      const { engine, calls } = createTestGraph(PAYMENTS_GRAPH, mode);
      const query = `query ($representations: Boolean) { firstCard { payer { city(long: $representations) } } }`;
      const result = await engine.execute({ query, variables: { representations: true } });
      expect(asJson(result)).toEqual({ data: { firstCard: { payer: { city: "Amsterdam" } } } });
      expect(calls[1]?.variables["representations"]).toEqual([{ __typename: "Person", name: "ann" }]);
    });

    test("root fields of a mutation run one after the other, in the order asked, across subgraphs", async () => {
      const { engine, calls, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
      const running = new Set<string>();
      for (const name of ["payments", "cards"]) {
        intercept.set(name, async () => {
          expect(running).toEqual(new Set());
          running.add(name);
          await new Promise((resolve) => setImmediate(resolve));
          running.delete(name);
          return undefined;
        });
      }
      const query = `mutation { a: open(name: "1") { name } b: charge(name: "2") { name } c: close(name: "3") { name } }`;
      const result = asJson(await engine.execute({ query }));
      expect(result).toEqual({ data: { a: { name: "1" }, b: { name: "2" }, c: { name: "3" } } });
      expect(calls.map(({ subgraph }) => subgraph)).toEqual(["payments", "cards", "payments"]);
    });
  },
);
