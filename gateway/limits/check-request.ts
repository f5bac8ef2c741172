import type { DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { GraphQLError as Refusal } from "graphql";
import { checkLiterals, checkVariables } from "./check-values.ts";
import type { Limits } from "./limits.ts";
import { createListKinds } from "./list-sizes.ts";
import type { Cost, CostRequest } from "./measure-cost.ts";
import { measureCost } from "./measure-cost.ts";
import type { DocumentSize } from "./measure-document.ts";
import { measureDocument } from "./measure-document.ts";
import type { LimitName } from "./refusal.ts";
import { exceeded } from "./refusal.ts";

/** A refusal, or what the operation costs. */
export type Verdict = { readonly refusal: GraphQLError } | { readonly cost: number };

export type RequestCheck = (request: CostRequest, limits: Limits) => Verdict;

/** In the order they are told. The cheapest way to exceed a limit comes first, so that the message fits the cause. */
const STRUCTURAL = [
  "fragments",
  "directives",
  "depth",
  "rootFields",
  "aliases",
  "selections",
  "repeats",
  "conditionVariables",
] as const satisfies readonly (LimitName & keyof DocumentSize)[];

/** Holds requests to limits. What depends on the document alone is remembered with the document. */
export function createRequestCheck(schema: GraphQLSchema): RequestCheck {
  const kinds = createListKinds(schema);
  const documentRefusal = remembering((document: DocumentNode, limits) => checkDocument(document, limits));
  const costs = new WeakMap<OperationDefinitionNode, { readonly limits: Limits; readonly found: Cost }>();

  function costOf(request: CostRequest, limits: Limits): Cost {
    const known = costs.get(request.operation);
    if (known?.limits === limits) return known.found;
    const found = measureCost(request, schema, kinds, limits);
    if (!found.dependsOnVariables) costs.set(request.operation, { limits, found });
    return found;
  }

  return (request, limits) => {
    const refusal = documentRefusal(request.document, limits) ?? checkVariables(request.variables, limits);
    if (refusal) return { refusal };
    const { cost, refusal: refusedList } = costOf(request, limits);
    if (refusedList) return { refusal: refusedList };
    return cost > limits.cost ? { refusal: exceeded("cost", cost, limits) } : { cost };
  };
}

function remembering<K extends object, V>(find: (key: K, limits: Limits) => V): (key: K, limits: Limits) => V {
  const known = new WeakMap<K, { readonly limits: Limits; readonly found: V }>();
  return (key, limits) => {
    const last = known.get(key);
    if (last?.limits === limits) return last.found;
    const found = find(key, limits);
    known.set(key, { limits, found });
    return found;
  };
}

/** What is wrong with a document whatever its variables. */
export function checkDocument(document: DocumentNode, limits: Limits): GraphQLError | undefined {
  return checkSize(measureDocument(document), limits) ?? checkLiterals(document, limits);
}

function checkSize(size: DocumentSize, limits: Limits): GraphQLError | undefined {
  if (size.isCyclic) {
    const message = "A fragment spreads itself: take the spread out that leads back to it.";
    return new Refusal(message, { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } });
  }
  const name = STRUCTURAL.find((limit) => size[limit] > limits[limit]);
  return name && exceeded(name, size[name], limits);
}
