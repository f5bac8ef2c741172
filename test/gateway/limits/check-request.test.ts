import { getIntrospectionQuery, getOperationAST, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { createRequestCheck } from "../../../gateway/limits/check-request.ts";
import { createLimits, DEFAULT_LIMITS, type Limits } from "../../../gateway/limits/limits.ts";
import { SHOP } from "./support/shop-schema.ts";

const check = createRequestCheck(SHOP);

/** The name of the exceeded limit, or the cost. */
function verdictOn(query: string, variables: Record<string, unknown> = {}, limits: Limits = DEFAULT_LIMITS) {
  const document = parse(query);
  const verdict = check({ document, operation: getOperationAST(document)!, variables }, limits);
  if ("cost" in verdict) return verdict.cost;
  return verdict.refusal.extensions["limit"] ?? verdict.refusal.extensions["code"];
}

const repeat = (times: number, each: (index: number) => string) => Array.from({ length: times }, (_, i) => each(i));
const nested = (depth: number) => `${"{ self ".repeat(depth - 1)}{ __typename }${" }".repeat(depth - 1)}`;

describe("each limit admits what it says and not one more", () => {
  test.each<[keyof Limits, string, string]>([
    ["depth", nested(10), nested(11)],
    ["depth", `{ ...f } fragment f on Query ${nested(10)}`, `{ ...f } fragment f on Query ${nested(11)}`],
    [
      "aliases",
      `{ self { ${repeat(20, (i) => `a${i}: __typename`).join(" ")} } }`,
      `{ self { ${repeat(21, (i) => `a${i}: __typename`).join(" ")} } }`,
    ],
    ["aliases", unfolded(5), unfolded(6)],
    ["rootFields", `{ ${"__typename ".repeat(10)} }`, `{ ${"__typename ".repeat(11)} }`],
    [
      "rootFields",
      `{ ...f ...f } fragment f on Query { ${"__typename ".repeat(5)} }`,
      `{ ...f ...f } fragment f on Query { ${"__typename ".repeat(5)} ... { __typename } }`,
    ],
    ["directives", `{ __typename ${"@a ".repeat(20)} }`, `{ __typename ${"@a ".repeat(21)} }`],
    ["directives", `query @a { __typename ${"@a ".repeat(19)} }`, `query @a { __typename ${"@a ".repeat(20)} }`],
    ["fragments", `{ __typename } ${fragments(30)}`, `{ __typename } ${fragments(31)}`],
    ["selections", twiceTheFields(497), twiceTheFields(498)],
    ["repeats", `{ self { ${"a ".repeat(51)} } }`, `{ self { ${"a ".repeat(50)} ... { a a } } }`],
    ["conditionVariables", conditions(5), conditions(6)],
    ["listSize", "{ orders(first: 100) { total } }", "{ orders(first: 101) { total } }"],
    ["listSize", "{ orders(last: 1) { total } }", "{ orders(last: 0) { total } }"],
    ["listSize", "{ orders(first: 1) { total } }", "{ orders(first: 2147483648) { total } }"],
    ["listSize", "{ orders(first: 1, last: null) { total } }", "{ orders(first: 1, last: 1) { total } }"],
    [
      "cost",
      "{ tenths(first: 100) { parts(first: 100) { total } } }",
      "{ tenths(first: 100) { parts(first: 100) { edges { node { notes { text } } } } } }",
    ],
    [
      "valueDepth",
      `{ search(texts: ${"[".repeat(21)}${"]".repeat(21)}) { id } }`,
      `{ search(texts: ${"[".repeat(22)}${"]".repeat(22)}) { id } }`,
    ],
    [
      "stringLength",
      `{ search(text: "${"x".repeat(1_000)}") { id } }`,
      `{ search(text: "${"x".repeat(1_001)}") { id } }`,
    ],
    [
      "arrayLength",
      `{ search(texts: [${"1 ".repeat(200)}]) { id } }`,
      `{ search(texts: [${"1 ".repeat(201)}]) { id } }`,
    ],
    [
      "arrayLength",
      `query ($a: A = [${"1 ".repeat(200)}]) { self { a } }`,
      `query ($a: A = [${"1 ".repeat(201)}]) { self { a } }`,
    ],
  ])("%s", (limit, within, beyond) => {
    expect(verdictOn(within)).toEqual(expect.any(Number));
    expect(verdictOn(beyond)).toBe(limit);
  });

  test("a refusal says what was found, what is allowed and what to do", () => {
    const document = parse(nested(11));
    const verdict = check({ document, operation: getOperationAST(document)!, variables: {} }, DEFAULT_LIMITS);
    expect(verdict).toMatchObject({
      refusal: {
        message: /11 levels deep, 10 are allowed: ask for/,
        extensions: { code: "OPERATION_TOO_LARGE", limit: "depth" },
      },
    });
  });
});

describe("variables are read before anything else reads them", () => {
  const nest = (depth: number) => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
  test.each<[string, unknown, unknown]>([
    ["valueDepth", nest(20), nest(21)],
    ["valueDepth", nest(20), nest(50_000)],
    ["stringLength", "x".repeat(1_000), "x".repeat(1_001)],
    ["arrayLength", Array(200).fill(1), Array(201).fill(1)],
    ["INVALID_INPUT", "e\u0301\u202E😀", "\u0000"],
    ["INVALID_INPUT", "\ud83d\ude00", "\ud83d"],
    ["INVALID_INPUT", { constructor: 1 }, JSON.parse('{"__proto__": {"polluted": true}}')],
    ["INVALID_INPUT", { a: 1 }, { "\u0000": 1 }],
  ])("%s", (limit, within, beyond) => {
    expect(verdictOn("{ self { __typename } }", { v: within })).toEqual(expect.any(Number));
    expect(verdictOn("{ self { __typename } }", { v: beyond })).toBe(limit);
  });

  test("a member called __proto__ at the top is refused too", () => {
    expect(verdictOn("{ __typename }", JSON.parse('{"__proto__": 1}'))).toBe("INVALID_INPUT");
  });

  test("a text written in the document is held to the same", () => {
    expect(verdictOn('{ search(text: "\\u0000") { id } }')).toBe("INVALID_INPUT");
    expect(verdictOn('{ orders(filter: { inner: { ids: ["\\u0000"] } }) { total } }')).toBe("INVALID_INPUT");
  });
});

describe("the cost", () => {
  test.each<[string, number, Record<string, unknown>?]>([
    ["{ self { __typename } }", 0],
    ["{ orders { total } }", 25],
    ["{ orders(first: 10) { edges { node { id } } } }", 10],
    ["{ tenths { id } }", 10],
    ["{ orders(first: 10) { edges { node { tags notes { text } } } } }", 50],
    ["{ orders(first: 10) { edges { node { parts(first: 3) { total } } } } }", 30],
    ["{ orders(first: 10) { total } tenths(first: 5) { id } }", 15],
    ["query ($n: Int) { orders(first: $n) { total } }", 7, { n: 7 }],
    ["query ($n: Int) { orders(first: $n) { total } }", 25],
    ["query ($n: Int = 9) { orders(last: $n) { total } }", 9],
    ["query ($n: Int = 9) { orders(first: $n) { total } }", 25, { n: null }],
    ["{ ...f self { ...f } } fragment f on Query { orders(first: 4) { edges { node { notes { text } } } } }", 40],
    ["{ search { ... on Thing { parts(first: 2) { total } } ... { parts(first: 3) { total } } } }", 5],
    ["mutation { cancel(id: 1) { notes { text } } }", 5],
  ])("of %s is %i", (query, cost, variables = {}) => {
    expect(verdictOn(query, variables)).toBe(cost);
  });

  test("is looked at again when variables change", () => {
    const document = parse("query ($n: Int) { orders(first: $n) { total } }");
    const operation = getOperationAST(document)!;
    const costs = [3, 4, 101].map((n) => check({ document, operation, variables: { n } }, DEFAULT_LIMITS));
    expect(costs).toMatchObject([{ cost: 3 }, { cost: 4 }, { refusal: { extensions: { limit: "listSize" } } }]);
  });
});

test("a role's own limits hold for that role only, even for a document seen before", () => {
  const limitsOf = createLimits({ roles: { machine: { depth: 12 } } });
  const document = parse(nested(12));
  const operation = getOperationAST(document)!;
  const verdicts = ["machine", undefined, "machine", "other"].map((role) => {
    return "cost" in check({ document, operation, variables: {} }, limitsOf(role));
  });
  expect(verdicts).toEqual([true, false, true, false]);
});

test.each([
  "{ ...a } fragment a on Query { ...a }",
  "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a self { ...b } }",
  "{ __typename } fragment a on Query { ... { ...b } } fragment b on Query { ...a }",
])("a fragment that spreads itself is refused: %s", (query) => {
  expect(verdictOn(query)).toBe("GRAPHQL_VALIDATION_FAILED");
});

test("a spread of a fragment that is not there is the validator's", () => {
  expect(verdictOn("{ ...missing }")).toBe(0);
});

test("two fragments of one name hide nothing written in the first", () => {
  const first = `fragment f on Query { self { ${"a ".repeat(60)} } }`;
  expect(verdictOn(`{ ...f } ${first} fragment f on Query { __typename }`)).toBe("repeats");
});

test("a fragment called __schema hides no depth", () => {
  expect(verdictOn(`{ ...__schema } fragment __schema on Query ${nested(20)}`)).toBe("depth");
});

test("what GraphiQL asks for its documentation is within the limits", () => {
  expect(verdictOn(getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true }))).toBe(0);
});

/** A fragment of so many aliases, spread four times by a fragment in between. */
function unfolded(aliases: number): string {
  const inner = repeat(aliases, (i) => `a${i}: __typename`).join(" ");
  return `{ self { ...g ...g } } fragment g on Query { ...f self { ...f } } fragment f on Query { ${inner} }`;
}

function fragments(count: number): string {
  return repeat(count, (i) => `fragment f${i} on Query { __typename }`).join(" ");
}

/** Five selections more than twice `fields`. */
function twiceTheFields(fields: number): string {
  return `{ self { ...f ...f } } fragment f on Query { self { ${repeat(fields, (i) => `f${i}`).join(" ")} } }`;
}

function conditions(count: number): string {
  const declared = repeat(count, (i) => `$v${i}: Boolean!`).join(", ");
  return `query (${declared}) { self { ${repeat(count, (i) => `f${i} @include(if: $v${i})`).join(" ")} } }`;
}
