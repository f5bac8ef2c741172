import type { DocumentNode, GraphQLError, ValueNode } from "graphql";
import { BREAK, Kind, visit } from "graphql";
import type { Limits } from "./limits.ts";
import { exceeded, unacceptable } from "./refusal.ts";

/** The first thing wrong with the variables of a request, before anything else reads them. */
export function checkVariables(variables: unknown, limits: Limits): GraphQLError | undefined {
  return checkJson(variables, limits, 0);
}

/** The first thing wrong with a value that is written in a document. */
export function checkLiterals(document: DocumentNode, limits: Limits): GraphQLError | undefined {
  let refusal: GraphQLError | undefined;
  const check = (value: ValueNode | undefined) => {
    if (value) refusal ??= checkLiteral(value, limits, 0);
    return refusal ? BREAK : undefined;
  };
  visit(document, {
    Argument: ({ value }) => check(value) ?? false,
    VariableDefinition: ({ defaultValue }) => check(defaultValue),
  });
  return refusal;
}

function checkJson(value: unknown, limits: Limits, depth: number): GraphQLError | undefined {
  if (typeof value === "string") return checkText(value, limits);
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > limits.valueDepth) return exceeded("valueDepth", depth, limits);
  if (Array.isArray(value)) {
    if (value.length > limits.arrayLength) return exceeded("arrayLength", value.length, limits);
    return firstOf(value, (member) => checkJson(member, limits, depth + 1));
  }
  return firstOf(Object.entries(value), ([name, member]) => {
    if (name === "__proto__")
      return unacceptable("A value has a member `__proto__`, which no input has: leave it out.");
    return checkText(name, limits) ?? checkJson(member, limits, depth + 1);
  });
}

function checkLiteral(node: ValueNode, limits: Limits, depth: number): GraphQLError | undefined {
  if (node.kind === Kind.STRING) return checkText(node.value, limits);
  if (node.kind !== Kind.LIST && node.kind !== Kind.OBJECT) return undefined;
  if (depth > limits.valueDepth) return exceeded("valueDepth", depth, limits);
  if (node.kind === Kind.OBJECT) return firstOf(node.fields, ({ value }) => checkLiteral(value, limits, depth + 1));
  if (node.values.length > limits.arrayLength) return exceeded("arrayLength", node.values.length, limits);
  return firstOf(node.values, (value) => checkLiteral(value, limits, depth + 1));
}

/** PostgreSQL stores no U+0000, and half of a surrogate pair has no UTF-8. */
function checkText(text: string, limits: Limits): GraphQLError | undefined {
  if (text.length > limits.stringLength) return exceeded("stringLength", text.length, limits);
  if (text.includes("\u0000")) return unacceptable("A text holds the character U+0000: leave it out.");
  if (LONE_SURROGATE.test(text)) return unacceptable("A text holds half of a surrogate pair: send whole characters.");
  return undefined;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function firstOf<T>(items: readonly T[], check: (item: T) => GraphQLError | undefined): GraphQLError | undefined {
  for (const item of items) {
    const refusal = check(item);
    if (refusal) return refusal;
  }
  return undefined;
}
