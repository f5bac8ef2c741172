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
  const costOf = rememberingCosts((request, limits) => measureCost(request, schema, kinds, limits));

  return (request, limits) => {
    const refusal = documentRefusal(request.document, limits) ?? checkVariables(request.variables, limits);
    if (refusal) return { refusal };
    const { cost, refusal: refusedList } = costOf(request, limits);
    if (refusedList) return { refusal: refusedList };
    return cost > limits.cost ? { refusal: exceeded("cost", cost, limits) } : { cost };
  };
}

/** Pages come in few sizes, so each cost is counted once; somebody who asks for all sizes makes us forget, not grow. */
const MOST_COSTS = 100;

function rememberingCosts(find: (request: CostRequest, limits: Limits) => Cost): typeof find {
  type Known = { readonly limits: Limits; readonly variables: readonly string[]; readonly costs: Map<string, Cost> };
  const byOperation = new WeakMap<OperationDefinitionNode, Known>();
  return (request, limits) => {
    const { operation, variables } = request;
    const known = byOperation.get(operation);
    if (known?.limits !== limits) {
      const found = find(request, limits);
      const costs = new Map([[sizesIn(variables, found.variables), found]]);
      byOperation.set(operation, { limits, variables: found.variables, costs });
      return found;
    }
    const sizes = sizesIn(variables, known.variables);
    const kept = known.costs.get(sizes);
    if (kept) return kept;
    const found = find(request, limits);
    if (known.costs.size >= MOST_COSTS) known.costs.clear();
    known.costs.set(sizes, found);
    return found;
  };
}

/** What these variables say about sizes: a number each, that the default holds, or nothing. */
function sizesIn(variables: CostRequest["variables"], names: readonly string[]): string {
  let sizes = "";
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : "default";
    sizes += `${typeof value === "number" || value === "default" ? value : "none"},`;
  }
  return sizes;
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
