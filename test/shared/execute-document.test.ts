import fc from "fast-check";
import { buildSchema, type ExecutionResult, execute, type GraphQLObjectType, parse } from "graphql";
import { expect, test } from "vitest";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { executeDocument } from "../../subgraphs/shared/subgraph/execute-document.ts";
import type { RequestContext } from "../../subgraphs/shared/subgraph/request-context.ts";
import { type Arguments, DIRECTIVES, selectionOf } from "../support/random-selection.ts";

/* A query that comes again is compiled: whatever is asked, it must be answered as graphql-js answers it. */

const TYPES = `
  interface Payment { id: ID! cents: Int! note: String payer: Payer later: Payer! siblings(most: Int = 2): [Payment!] }
  type Card implements Payment { id: ID! cents: Int! note: String payer: Payer later: Payer! siblings(most: Int = 2): [Payment!] brand: Brand }
  type Voucher implements Payment { id: ID! cents: Int! note: String payer: Payer later: Payer! siblings(most: Int = 2): [Payment!] purse: String! }
  type Payer { name: String! initials: [String] broken: String strict: String! denied(reason: String): Int }
  union Found = Card | Payer
  enum Brand { VISA MAESTRO }
  type Mutation { calls: Int }
  type Query { payments(most: Int): [Payment] strict: [Payment!]! found: [Found] one(id: ID!): Payment none: Payment failing: Payment! calls(most: Int): Int }
`;

const payer = (name: string | null) => ({ __typename: "Payer", name, initials: name && [...name, null] });
const ROWS = [
  { __typename: "Card", id: "c1", cents: 100, note: "a", payer: payer("ann"), brand: "VISA" },
  { __typename: "Voucher", id: "v1", cents: 200, note: null, payer: null, purse: "MEAL" },
  // Whatever may be wrong with a row: no integer, no such brand, nothing where something must be.
  { __typename: "Card", id: "c2", cents: 1.5, note: "c", payer: payer(null), brand: "AMEX" },
  { __typename: "Voucher", id: "v2", cents: 7, note: "d", payer: payer("bob"), purse: null },
];
type Row = (typeof ROWS)[number];
const later = async (row: Row) => payer(row.id === "v2" ? null : "eve");
const siblings = (_: Row, { most }: { most: number }) => ROWS.slice(0, most).map(async (row) => row);

const RESOLVERS: Readonly<Record<string, Readonly<Record<string, (source: never, args: never) => unknown>>>> = {
  Card: { later, siblings },
  Voucher: { later, siblings },
  Payer: {
    broken: () => {
      throw new Error("it broke");
    },
    strict: async () => null,
    denied: async (_: unknown, { reason }: { reason?: string }) => {
      throw new AppError("FORBIDDEN", `denied ${reason}`);
    },
  },
  Query: {
    payments: async (_: unknown, { most = 4 }: { most?: number }) => [...ROWS.slice(0, most), null],
    strict: () => ROWS.slice(0, 2).map(async (row) => row),
    found: () => [ROWS[0], payer("zoe"), new Error("lost"), payer(null)],
    one: async (_: unknown, { id }: { id: string }) => ROWS.find((row) => row.id === id),
    failing: () => Promise.reject(new AppError("NOT_FOUND", "no such payment")),
  },
};

const schema = buildSchema(TYPES);
for (const [type, fields] of Object.entries(RESOLVERS)) {
  const known = (schema.getType(type) as GraphQLObjectType).getFields();
  for (const [name, resolve] of Object.entries(fields)) {
    Object.assign(known[name] ?? {}, { resolve });
  }
}

const argumentsOf: Arguments = ({ args }) => {
  const names = args.map(({ name }) => name);
  if (names.includes("id")) return ['id: "c1"', 'id: "v2"', 'id: "none"'];
  if (names.includes("most")) return ["most: 1", "most: 3"];
  return names.includes("reason") ? ['reason: "x"'] : [];
};

const context = {} as RequestContext;
const TIMES = 12;

/** Where and why. Of a field that is asked twice graphql-js does not tell the place of the one that is skipped. */
function plain({ errors = [] }: ExecutionResult) {
  const told = errors.map(({ path = [], message, originalError }) => {
    const code = originalError instanceof AppError ? originalError.code : "";
    return { path, code, message };
  });
  return told.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** What failed inside of an object that is null, for another reason, may be told or not. */
function isBelowNull(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data;
  for (const key of path) {
    if (value === null || value === undefined) return true;
    value = (value as Record<string | number, unknown>)[key];
  }
  return false;
}

const queryType = schema.getQueryType() as GraphQLObjectType;

/** Answers twelve times, and compares each with what graphql-js answers. */
async function expectTheSame(query: string, variablesOf: (time: number) => Record<string, unknown>): Promise<void> {
  const document = parse(query);
  for (let time = 0; time < TIMES; time++) {
    const variables = variablesOf(time);
    const want = await execute({ schema, document, variableValues: variables, contextValue: context });
    const got = await executeDocument({ schema, document, operationName: undefined, variables, context });
    expect(JSON.stringify(got.data)).toBe(JSON.stringify(want.data));
    const errors = plain(got).filter(({ path }) => !isBelowNull(got.data, path));
    expect(errors).toEqual(plain(want).filter(({ path }) => !isBelowNull(want.data, path)));
  }
}

test("whatever is asked ten times is answered as the first time", async () => {
  const selection = selectionOf(queryType, 4, { schema, argumentsOf, directives: [""] });
  const property = fc.asyncProperty(selection, (selection) =>
    expectTheSame(
      `query ($id: ID = "c1", $most: Int) { one(id: $id) { id siblings(most: $most) { id } } ...Root }
      fragment Root on Query ${selection}`,
      (time) => (time % 2 === 0 ? { id: "v2", most: 1 } : {}),
    ),
  );
  await fc.assert(property, { numRuns: 300 });
});

test("so is what is left out or not by a variable", async () => {
  const selection = selectionOf(queryType, 4, { schema, argumentsOf, directives: DIRECTIVES });
  const property = fc.asyncProperty(selection, fc.boolean(), fc.boolean(), (selection, a, b) =>
    expectTheSame(
      `query ($a: Boolean!, $b: Boolean!) { _: __typename @include(if: $a) __: __typename @skip(if: $b) ...Root }
      fragment Root on Query ${selection}`,
      (time) => ({ a: time % 2 === 0 ? a : b, b }),
    ),
  );
  await fc.assert(property, { numRuns: 200 });
});

test("variables that do not fit are refused in the words of graphql-js, and no resolver runs", async () => {
  let calls = 0;
  Object.assign(queryType.getFields()["calls"] ?? {}, { resolve: () => ++calls });
  const document = parse("query ($most: Int) { calls(most: $most) }");
  const ask = (variables: Record<string, unknown>) =>
    executeDocument({ schema, document, operationName: undefined, variables, context });
  const answers = [];
  for (let time = 0; time < TIMES; time++) answers.push(plain(await ask({ most: "many" })));
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveLength(1);
  expect(answers[0]).toMatchObject([
    { path: [], message: expect.stringMatching(/^Variable "\$most" got invalid value/) },
  ]);
  expect(calls).toBe(0);
  expect((await ask({ most: 1 })).data).toEqual({ calls: 1 });
});

test.each([
  ["a plain query", "is compiled", "{ calls }"],
  ["a query with a directive", "is not", "{ calls @skip(if: false) }"],
  ["a mutation", "is not", "mutation { calls }"],
  ["what has to be chosen by its name", "is not", "query A { calls } query B { calls }"],
  ["what is very long", "is not", `{ ${"calls ".repeat(1_000)} }`],
])("of what comes again, %s %s", async (_, isOrNot, query) => {
  const document = parse(query);
  const operationName = query.includes("query A") ? "A" : undefined;
  const field = (query.startsWith("mutation") ? schema.getMutationType() : queryType)?.getFields()["calls"] ?? {};
  const ask = () => executeDocument({ schema, document, operationName, variables: {}, context });
  Object.assign(field, { resolve: () => 1 });
  for (let time = 0; time < TIMES; time++) expect((await ask()).data).toEqual({ calls: 1 });
  // What was compiled holds on to the resolvers that the schema had by then.
  Object.assign(field, { resolve: () => 2 });
  expect((await ask()).data).toEqual({ calls: isOrNot === "is compiled" ? 1 : 2 });
});
