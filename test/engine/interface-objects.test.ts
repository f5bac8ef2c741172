import { describe, expect, test } from "vitest";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

describe.each([{ isInProcess: false }, { isInProcess: true }])(
  "objects of an interface from a subgraph that does not know its types, in the same process: $isInProcess",
  (mode) => {
    test("have the fields that only the subgraph of one of the types knows", async () => {
      const { engine, calls } = createTestGraph(PAYMENTS_GRAPH, mode);
      const query = `{ doubts { reason payment { id ... on CardPayment { maskedPan } } } }`;
      expect(asJson(await engine.execute({ query }))).toEqual({
        data: {
          doubts: [
            { reason: "late", payment: { id: "c1", maskedPan: "****c1" } },
            { reason: "twice", payment: { id: "v1" } },
          ],
        },
      });
      expect(calls.map(({ subgraph }) => subgraph)).toEqual(["reconciliation", "payments", "cards"]);
    });

    test("are asked of their home once, and what their own subgraph has with the object itself", async () => {
      const { engine, calls } = createTestGraph(PAYMENTS_GRAPH, mode);
      const query = `{ doubts { payment { __typename state cents } } }`;
      expect(asJson(await engine.execute({ query }))).toEqual({
        data: {
          doubts: [
            { payment: { __typename: "CardPayment", state: "matched c1", cents: 100 } },
            { payment: { __typename: "VoucherPayment", state: "matched v1", cents: 200 } },
          ],
        },
      });
      expect(calls.map(({ subgraph }) => subgraph)).toEqual(["reconciliation", "payments"]);
      expect(calls[1]?.variables["representations"]).toEqual([
        { __typename: "Payment", id: "c1" },
        { __typename: "Payment", id: "v1" },
      ]);
    });

    test("are found in lists, in unions, through fragments and under an alias, with variables", async () => {
      const { engine } = createTestGraph(PAYMENTS_GRAPH, mode);
      const query = `
        query Found($about: String, $long: Boolean) {
          found: finding(about: $about) { ... on Verdict { it: payment { ...Shown } } ... on Doubt { those: others { id } } }
          doubts { those: others { ...Shown } }
        }
        fragment Shown on Payment { ... on CardPayment { pan: maskedPan payer { city(long: $long) } } ... on VoucherPayment { cents } }`;
      const result = await engine.execute({ query, variables: { about: "x", long: true } });
      const card = (pan: string) => ({ pan, payer: { city: "Amsterdam" } });
      expect(asJson(result)).toEqual({
        data: { found: { it: card("****c2") }, doubts: [{ those: [{ cents: 200 }, card("****c2")] }, { those: [] }] },
      });
    });

    test("keep what their subgraph has when their home is dead, and the rest is null with its error", async () => {
      const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
      intercept.set("payments", () => Promise.reject(new Error("gone")));
      const query = `{ finding { ... on Verdict { reason payment { state cents ... on CardPayment { maskedPan } } } } }`;
      const { data, errors = [] } = await engine.execute({ query });
      expect(asJson(data)).toEqual({ finding: { reason: "paid", payment: { state: "matched c2", cents: null } } });
      expect(errors.map(({ path }) => path)).toContainEqual(["finding", "payment", "cents"]);
    });
  },
);
