import fc from "fast-check";
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from "graphql";
import {
  GraphQLError,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  visit,
} from "graphql";
import { expect, test } from "vitest";
import { createRequestCheck } from "../../../gateway/limits/check-request.ts";
import { createLimits, DEFAULT_LIMITS } from "../../../gateway/limits/limits.ts";
import { createListKinds } from "../../../gateway/limits/list-sizes.ts";
import { measureCost } from "../../../gateway/limits/measure-cost.ts";
import { measureDocument } from "../../../gateway/limits/measure-document.ts";
import { SHOP } from "./support/shop-schema.ts";

const check = createRequestCheck(SHOP);
const kinds = createListKinds(SHOP);
const SMALL = { numRuns: 2_000 };

/** Fields of the schema and others, with arguments that make sense and others. */
const name = fc.constantFrom("orders", "tenths", "edges", "node", "parts", "notes", "self", "id", "nope", "__proto__");
const size = fc.constantFrom("1", "3", "100", "101", "-1", "$n", '"x"', "null");
const given = fc.constantFrom("first", "last", "after", "filter");
const args = fc.array(fc.tuple(given, size), { maxLength: 2 });
const argumentText = args.map((pairs) =>
  pairs.length === 0 ? "" : `(${pairs.map(([key, value]) => `${key}: ${value}`).join(", ")})`,
);
const directive = fc.constantFrom("", "", "", " @skip(if: $b)", " @include(if: true)", " @nope");
const alias = fc.constantFrom("", "", "a: ", "b: ", "__proto__: ");
const type = fc.constantFrom("Query", "Order", "OrderConnection", "OrderEdge", "Thing", "Note", "Nope");
const fragmentName = fc.constantFrom("f0", "f1", "f2", "f3", "__schema");

const { set } = fc.letrec<{ set: string; selection: string }>((tie) => ({
  set: fc.array(tie("selection"), { minLength: 1, maxLength: 4 }).map((parts) => `{ ${parts.join(" ")} }`),
  selection: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.tuple(alias, name, argumentText, directive).map((parts) => parts.join("")),
    fc.tuple(fragmentName, directive).map(([spread, on]) => `...${spread}${on}`),
    fc.tuple(alias, name, argumentText, directive, tie("set")).map((parts) => parts.join("")),
    fc.tuple(type, tie("set")).map(([on, inner]) => `... on ${on} ${inner}`),
    tie("set").map((inner) => `... ${inner}`),
  ),
}));

const source = fc
  .record({ root: set, fragments: fc.array(fc.tuple(fragmentName, type, set), { maxLength: 5 }) })
  .map(({ root, fragments }) => {
    const definitions = fragments.map(([called, on, inner]) => `fragment ${called} on ${on} ${inner}`);
    return [`query ($n: Int = 2, $b: Boolean) ${root}`, ...definitions].join("\n");
  });

const variables = fc.dictionary(fc.constantFrom("n", "b", "__proto__"), fc.anything(), { maxKeys: 2 });

test("whatever the document and the variables, the answer is a cost or a refusal with a code", () => {
  fc.assert(
    fc.property(source, variables, (text, given) => {
      const document = parse(text);
      const verdict = check({ document, operation: getOperationAST(document)!, variables: given }, DEFAULT_LIMITS);
      if ("cost" in verdict) return verdict.cost >= 0 && verdict.cost <= DEFAULT_LIMITS.cost;
      const { refusal } = verdict;
      return refusal instanceof GraphQLError && typeof refusal.extensions["code"] === "string";
    }),
    SMALL,
  );
});

test("each selection is looked at once at most, however often its fragment is spread", () => {
  fc.assert(
    fc.property(source, (text) => measureDocument(parse(text)).visited <= writtenSelections(parse(text))),
    SMALL,
  );
  const doubling = parse(
    `{ ...f0 } ${Array.from({ length: 500 }, (_, i) => {
      return `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} self { ...f${i + 1} } }`;
    }).join(" ")} fragment f500 on Query { __typename }`,
  );
  expect(measureDocument(doubling).visited).toBeLessThanOrEqual(writtenSelections(doubling));
});

test("small documents measure what they come to when every fragment is written out", () => {
  let compared = 0;
  fc.assert(
    fc.property(source, fc.constantFrom(undefined, null, 1, 7, 100), (text, n) => {
      const document = parse(text);
      const measured = measureDocument(document);
      const naive = new NaiveCount(document, n === undefined ? {} : { n });
      if (measured.isCyclic) return;
      const { depth, selections, aliases } = measured;
      const operation = getOperationAST(document)!;
      const limits = createLimits()();
      const request = { document, operation, variables: n === undefined ? {} : { n } };
      const { cost } = measureCost(request, SHOP, kinds, limits);
      expect({ depth, selections, aliases, cost }).toEqual(naive.count(operation.selectionSet, "Query"));
      compared++;
    }),
    SMALL,
  );
  expect(compared).toBeGreaterThan(500);
});

test("a document nested deeper than a call stack is refused like any other", () => {
  const levels = 100_000;
  const inner = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "self" } } as const;
  let selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [inner] };
  for (let level = 0; level < levels; level++) {
    selectionSet = { kind: Kind.SELECTION_SET, selections: [{ ...inner, selectionSet }] };
  }
  const operation = { ...getOperationAST(parse("{ self }"))!, selectionSet };
  const document = { kind: Kind.DOCUMENT, definitions: [operation] } as const;
  const verdict = check({ document, operation, variables: {} }, DEFAULT_LIMITS);
  expect(verdict).toMatchObject({ refusal: { extensions: { limit: "depth" } } });
});

function writtenSelections(document: DocumentNode): number {
  let count = 0;
  visit(document, {
    SelectionSet({ selections }) {
      count += selections.length;
    },
  });
  return count;
}

type Counted = { depth: number; selections: number; aliases: number; cost: number };

/** Counts by writing everything out, which a large document would never survive. */
class NaiveCount {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    document: DocumentNode,
    private readonly variables: Record<string, unknown>,
  ) {
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
    }
  }

  count({ selections }: SelectionSetNode, on: string | undefined): Counted {
    const total = { depth: 0, selections: 0, aliases: 0, cost: 0 };
    for (const selection of selections) {
      const part = this.selection(selection, on);
      total.depth = Math.max(total.depth, part.depth);
      total.selections += 1 + part.selections;
      total.aliases += part.aliases;
      total.cost += part.cost;
    }
    return total;
  }

  private selection(node: SelectionSetNode["selections"][number], on: string | undefined): Counted {
    const nothing = { depth: 0, selections: 0, aliases: 0, cost: 0 };
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = this.fragments.get(node.name.value);
      return fragment ? this.count(fragment.selectionSet, fragment.typeCondition.name.value) : nothing;
    }
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const condition = node.typeCondition?.name.value;
      return this.count(node.selectionSet, condition !== undefined && SHOP.getType(condition) ? condition : on);
    }
    const parent = on === undefined ? undefined : SHOP.getType(on);
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const inner = node.selectionSet ? this.count(node.selectionSet, field && getNamedType(field.type).name) : nothing;
    const factor = field && factorOf(`${on}.${field.name}`);
    const asked = ["first", "last"].map((arg) => {
      const value = node.arguments?.find(({ name: { value: called } }) => called === arg)?.value;
      if (value?.kind === Kind.INT) return Number(value.value);
      if (value?.kind === Kind.VARIABLE) return "n" in this.variables ? this.variables["n"] : 2;
      return !value && arg === "first" && field?.name === "tenths" ? 10 : undefined;
    });
    const paged = Math.max(0, Number(asked.find((value) => typeof value === "number") ?? 25));
    const times = factor === "paged" ? paged : factor;
    return {
      depth: inner.depth + 1,
      selections: inner.selections,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      cost: !field ? 0 : times === undefined ? inner.cost : times * Math.max(1, inner.cost),
    };
  }
}

function factorOf(field: string): "paged" | 5 | undefined {
  if (["Query.orders", "Query.tenths", "Order.parts", "Thing.parts"].includes(field)) return "paged";
  return field === "Order.notes" ? 5 : undefined;
}
