import fc from "fast-check";
import type { GraphQLObjectType } from "graphql";
import { execute, parse } from "graphql";
import { expect, test } from "vitest";
import { type Arguments, DIRECTIVES, selectionOf } from "../support/random-selection.ts";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph } from "./test-graph.ts";

/** The same rows as one program without subgraphs would hold them. */
const row = (id: string, __typename: string, cents: number, name: string) => ({
  __typename,
  id,
  cents,
  payer: {
    name,
    email: `${name}@example.org`,
    phone: { digits: "123" },
    city: ({ long }: { long?: boolean }) => (long ? "Amsterdam" : "A"),
  },
  maskedPan: `****${id}`,
  brand: { label: "Maestro" },
  state: `matched ${id}`,
  fee: cents / 100,
});
const ROWS = [
  row("c1", "CardPayment", 100, "ann"),
  row("v1", "VoucherPayment", 200, "bob"),
  row("c2", "CardPayment", 300, "ann"),
];
const [C1, V1, C2] = ROWS;
const ROOT = {
  doubts: [
    { reason: "late", payment: C1, others: [V1, C2] },
    { reason: "twice", payment: V1, others: [] },
  ],
  finding: { __typename: "Verdict", reason: "paid", payment: C2 },
  payments: ROWS,
  payment: ({ id }: { id: string }) => ROWS.find((payment) => payment.id === id),
  firstCard: ROWS[0],
  strict: ROWS[0],
};

const { engine, intercept } = createTestGraph(PAYMENTS_GRAPH);
const inProcess = createTestGraph(PAYMENTS_GRAPH, { isInProcess: true }).engine;

const argumentsOf: Arguments = ({ args }) => {
  const values = args.some((arg) => arg.name === "id") ? ["c1", "v1", "c2", "none"].map((id) => `id: "${id}"`) : [];
  const flags = args.some((arg) => arg.name === "long") ? ["long: true", "long: $b"] : [];
  return [...values, ...flags];
};

type Path = readonly (string | number)[];

/**
 * Fails where a value is neither the right one nor a null that an error at, above or below its place explains. Fields that
 * only some types have may be missing from an object whose type cannot be learnt, if an error says so.
 */
function expectRightOrExplained(got: unknown, want: unknown, path: Path, errors: readonly Path[]): void {
  const isExplained = () => errors.some((other) => path.every((key, at) => at >= other.length || other[at] === key));
  if (got === null && want !== null) {
    expect(isExplained(), `a null without an error at ${path.join(".")}`).toBe(true);
  } else if (typeof want === "object" && want !== null) {
    const names = Object.keys(want);
    const present = names.filter((name) => Object.hasOwn(got as object, name));
    expect(Object.keys(got as object)).toEqual(present);
    if (present.length < names.length) expect(isExplained(), `fields missing at ${path.join(".")}`).toBe(true);
    for (const [key, value] of Object.entries(want)) {
      if (!present.includes(key)) continue;
      const place = [...path, Array.isArray(want) ? Number(key) : key];
      expectRightOrExplained((got as Record<string, unknown>)[key], value, place, errors);
    }
  } else {
    expect(got, path.join(".")).toBe(want);
  }
}

const queryType = engine.schema.getQueryType() as GraphQLObjectType;
const requests = fc.record({
  selection: selectionOf(queryType, 4, { schema: engine.schema, argumentsOf, directives: DIRECTIVES }),
  a: fc.boolean(),
  b: fc.boolean(),
});

/** The query as text, and the answer of one program that holds all the rows. */
async function oneProgram({ selection, a, b }: { selection: string; a: boolean; b: boolean }) {
  const query = `query ($a: Boolean!, $b: Boolean!) { _: __typename @include(if: $a) __: __typename @skip(if: $b) ...Root }
    fragment Root on Query ${selection}`;
  const variables = { a, b };
  const document = parse(query);
  const want = await execute({ schema: engine.schema, document, rootValue: ROOT, variableValues: variables });
  return { query, variables, want };
}

test("any query gets from the subgraphs what one program would answer, to the order of its keys", async () => {
  const property = fc.asyncProperty(requests, async (request) => {
    const { query, variables, want } = await oneProgram(request);
    for (const { execute } of [engine, inProcess]) {
      expect(JSON.stringify(await execute({ query, variables }))).toBe(JSON.stringify(want));
      const text = JSON.stringify(await execute({ query, variables, context: { isForText: true } }));
      expect(text).toBe(JSON.stringify(want));
    }
  });
  await fc.assert(property, { numRuns: 2_000 });
});

test("whichever subgraphs are dead, each value is right or a null with its error", async () => {
  const dead = fc.uniqueArray(fc.constantFrom("cards", "people", "reconciliation", "payments"), { maxLength: 3 });
  const property = fc.asyncProperty(requests, dead, async (request, names) => {
    const { query, variables, want } = await oneProgram(request);
    intercept.clear();
    for (const name of names) intercept.set(name, () => Promise.reject(new Error("gone")));
    const { data, errors = [] } = await engine.execute({ query, variables });
    const paths = errors.map(({ path = [] }) => path);
    expectRightOrExplained(asJson(data), asJson(want.data), [], paths);
  });
  await fc.assert(property, { numRuns: 1_000 });
});
