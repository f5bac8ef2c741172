import { readAskedNames } from "./asked-names.ts";
import type { ErrorPath, Fault } from "./errors.ts";
import { faultOf, pathOf } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { isObject, readOwn } from "./json.ts";
import type { PlanContext, Step } from "./plan-context.ts";
import { clientName } from "./planned-names.ts";
import type { BatchFetchNode, FetchNode } from "./planner.ts";
import { compileRewrites, renamedKeys } from "./rewrites.ts";
import type { Run } from "./run.ts";
import type { Subgraph, SubgraphRequest } from "./subgraph.ts";
import { call, post } from "./subgraph.ts";
import type { SubgraphAnswer } from "./subgraph-answer.ts";

/** Representations for one variable of a fetch: as text for a subgraph behind HTTP, as data for one in-process. */
type Representations = {
  readonly variable: string;
  readonly texts: readonly string[];
  readonly objects: readonly JsonObject[];
};

export type Send = (run: Run, representations: readonly Representations[]) => Promise<SubgraphAnswer>;

type AnyFetch = FetchNode | BatchFetchNode;

/** Prepares the call of a fetch. */
export function compileSend(node: AnyFetch, context: PlanContext): Send {
  const subgraph = subgraphOf(node, context);
  if (subgraph.kind === "in-process") {
    const write = compileRequest(node);
    return (run, representations) => call(subgraph, write(run, representations), run);
  }
  const write = compileBody(node);
  return (run, representations) => post(subgraph, write(run, representations), run);
}

export function subgraphOf({ serviceName }: { readonly serviceName: string }, context: PlanContext): Subgraph {
  const subgraph = context.subgraphs.get(serviceName);
  if (!subgraph) throw new Error(`the plan asks an unknown subgraph ${serviceName}`);
  return subgraph;
}

/** The request as data. */
export function compileRequest(
  node: AnyFetch,
): (run: Run, representations: readonly Representations[]) => SubgraphRequest {
  const { operation: query, operationName } = node;
  const usages = variablesOf(node);
  return (run, representations) => {
    const variables: Record<string, unknown> = {};
    for (const { variable, objects } of representations) variables[variable] = objects;
    for (const { name, original } of usages) {
      if (Object.hasOwn(run.variables, original)) variables[name] = run.variables[original];
    }
    return { query, variables, ...(operationName === undefined ? {} : { operationName }) };
  };
}

/** The request as the text of an HTTP body, of which only the variables are written per request. */
export function compileBody(node: AnyFetch): (run: Run, representations: readonly Representations[]) => string {
  const { operation: query, operationName } = node;
  const named = operationName === undefined ? "" : `,"operationName":${JSON.stringify(operationName)}`;
  const prefix = `{"query":${JSON.stringify(query)}${named},"variables":{`;
  const usages = variablesOf(node).map(({ name, original }) => ({ head: `${JSON.stringify(name)}:`, original }));
  return (run, representations) => {
    let body = prefix;
    let separator = "";
    for (const { variable, texts } of representations) {
      body += `${separator}"${variable}":[${texts.join(",")}]`;
      separator = ",";
    }
    for (const { head, original } of usages) {
      const text = run.variableText(original);
      if (text === undefined) continue;
      body += separator + head + text;
      separator = ",";
    }
    return `${body}}}`;
  };
}

function variablesOf({ variableUsages = [] }: AnyFetch): { readonly name: string; readonly original: string }[] {
  return variableUsages.map((name) => ({ name, original: clientName(name) }));
}

/** A fetch of root fields. */
export function compileRootFetch(node: FetchNode, context: PlanContext): Step {
  const send = compileSend(node, context);
  const settle = compileRootAnswer(node, context);
  return async (run) => settle(run, await send(run, []));
}

/** Takes the answer to root fields into a run. */
export function compileRootAnswer(node: RootNode, context: PlanContext): (run: Run, answer: SubgraphAnswer) => void {
  const renamed = renamedKeys(node.outputRewrites);
  const rewrite = compileRewrites(node.outputRewrites, context.supergraph);
  const asked = readAskedNames(node.operation, renamed).root;
  const service = node.serviceName;
  return (run, { data, errors, fault }) => {
    if (fault) {
      run.note(run.data, { asked, missing: fault });
      return;
    }
    rewrite?.(data, undefined);
    if (data) context.merge(run.data, data, "take");
    if (errors) reportRootErrors(run, errors, { asked, renamed, service, isWhole: !data });
  };
}

type RootNode = Pick<FetchNode, "operation" | "outputRewrites" | "serviceName">;

type RootFetch = {
  readonly asked: ReadonlySet<string>;
  readonly renamed: ReadonlyMap<string, string>;
  readonly service: string;
  /** True when the subgraph gave no data at all. */
  readonly isWhole: boolean;
};

function reportRootErrors(run: Run, errors: readonly unknown[], fetch: RootFetch): void {
  let hasPath = false;
  for (const entry of errors) {
    const fault = faultOf(entry, fetch.service);
    const path = pathOf(entry)?.map((key) => (typeof key === "string" ? (fetch.renamed.get(key) ?? key) : key));
    if (path) {
      hasPath = true;
      run.reports.push({ fault, path });
      noteParent(run, path, fault);
    } else if (fetch.isWhole) {
      run.note(run.data, { asked: fetch.asked, missing: fault });
    } else {
      run.reports.push({ fault, path: undefined });
    }
  }
  // The error that made everything null is told at its own path; the other fields are null in its wake.
  if (fetch.isWhole && hasPath) run.note(run.data, { asked: fetch.asked });
}

/** Tells the object that holds the failed field, so that nothing is computed from the field's null. */
function noteParent(run: Run, path: ErrorPath, fault: Fault): void {
  let object: unknown = run.data;
  let at = 0;
  for (; at < path.length - 1; at++) {
    const next = readOwn(object as JsonObject, String(path[at]));
    if (typeof next !== "object" || next === null) break;
    object = next;
  }
  if (isObject(object)) run.note(object, { asked: NONE, inside: [{ path: path.slice(at), fault }], isTold: true });
}

const NONE: ReadonlySet<string> = new Set();
