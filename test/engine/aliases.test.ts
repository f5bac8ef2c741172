import { describe, expect, test } from "vitest";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

/** By query: the answer of one program that holds all the rows. */
const ANSWERS: readonly (readonly [string, unknown])[] = [
  // The voucher is worth 200 and the first card 100: an entity found by its amount would be another one, or none.
  ["{ firstCard { id: cents maskedPan } }", { firstCard: { id: 100, maskedPan: "****c1" } }],
  [
    "{ payments { id: cents ... on CardPayment { maskedPan } } }",
    { payments: [{ id: 100, maskedPan: "****c1" }, { id: 200 }, { id: 300, maskedPan: "****c2" }] },
  ],
  [
    "{ doubts { payment { id: state cents } } }",
    { doubts: [at("c1", 100), at("v1", 200)].map((payment) => ({ payment })) },
  ],
  ["{ payments { cents: id fee } }", { payments: [fee("c1", 1), fee("v1", 2), fee("c2", 3)] }],
  ["{ firstCard { payer { name: email phone { digits } } } }", { firstCard: { payer: ann() } }],
  ["{ firstCard { client__id: state id } }", { firstCard: { client__id: "matched c1", id: "c1" } }],
  [
    "{ firstCard { _internal_qp_alias_0: state cents: fee } }",
    { firstCard: { _internal_qp_alias_0: "matched c1", cents: 1 } },
  ],
];

describe.each([{ isInProcess: false }, { isInProcess: true }])(
  "an alias, in the same process: $isInProcess",
  (mode) => {
    test.each(ANSWERS)("that is the name of a key does not stand for the key: %s", async (query, data) => {
      const { engine } = createTestGraph(PAYMENTS_GRAPH, mode);
      expect(asJson(await engine.execute({ query }))).toEqual({ data });
      expect(JSON.parse(JSON.stringify(await engine.execute({ query, context: { isForText: true } })))).toEqual({
        data,
      });
    });

    test("that is the name of a key is the one that errors name", async () => {
      const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH, mode);
      intercept.set("reconciliation", () => ({
        data: { _entities: [{ client__id: null }] },
        errors: [{ message: "no", path: ["_entities", 0, "client__id"], extensions: { code: "NOT_FOUND" } }],
      }));
      const { data, errors = [] } = await engine.execute({ query: "{ firstCard { id: state } }" });
      expect(asJson(data)).toEqual({ firstCard: { id: null } });
      expect(errors.map(({ path }) => path)).toEqual([["firstCard", "id"]]);
      intercept.set("reconciliation", () => Promise.reject(new Error("gone")));
      const gone = await engine.execute({ query: "{ firstCard { id: state } }" });
      expect(gone.errors?.map(({ path }) => path)).toEqual([["firstCard", "id"]]);
    });
  },
);

function at(id: string, cents: number) {
  return { id: `matched ${id}`, cents };
}

function fee(cents: string, fee: number) {
  return { cents, fee };
}

function ann() {
  return { name: "ann@example.org", phone: { digits: "123" } };
}
