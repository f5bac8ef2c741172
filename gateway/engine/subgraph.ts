import type { GraphQLFormattedError } from "graphql";
import type { Fault } from "./errors.ts";
import { unavailable } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { isObject } from "./json.ts";
import type { Run } from "./run.ts";

/** The part of the standard `fetch` that the engine uses; anything of this shape will do. */
export type SubgraphFetch = (
  url: string,
  init: { method: "POST"; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** Calls a subgraph in the same process: objects in, objects out, which become the engine's to change. */
export type SubgraphCaller = (request: {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Record<string, unknown>;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}) => Promise<{
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}>;

export type Subgraph =
  | { readonly kind: "http"; readonly name: string; readonly url: string; readonly fetch: SubgraphFetch }
  | { readonly kind: "in-process"; readonly name: string; readonly call: SubgraphCaller };

/** One subgraph's answer to one call. With `fault` nothing usable came back. */
export type SubgraphAnswer = {
  readonly data?: JsonObject | null;
  readonly errors?: readonly unknown[];
  readonly fault?: Fault;
};

/** Posts a ready body. Never rejects: whatever goes wrong is the answer's fault. */
export async function post(subgraph: Subgraph & { kind: "http" }, body: string, run: Run): Promise<SubgraphAnswer> {
  try {
    run.signal.throwIfAborted();
    return answerOf(await run.untilAborted(exchange(subgraph, body, run)), subgraph.name);
  } catch (cause) {
    return { fault: unavailable(subgraph.name, cause) };
  }
}

/** Calls an in-process subgraph. Never rejects. */
export async function call(
  subgraph: Subgraph & { kind: "in-process" },
  request: { query: string; operationName: string | undefined; variables: Record<string, unknown> },
  run: Run,
): Promise<SubgraphAnswer> {
  const { query, operationName, variables } = request;
  try {
    run.signal.throwIfAborted();
    const work = subgraph.call({
      query,
      ...(operationName === undefined ? {} : { operationName }),
      variables,
      headers: { ...run.headers },
      signal: run.signal,
    });
    return answerOf(await run.untilAborted(work), subgraph.name);
  } catch (cause) {
    return { fault: unavailable(subgraph.name, cause) };
  }
}

async function exchange(subgraph: Subgraph & { kind: "http" }, body: string, run: Run): Promise<unknown> {
  const response = await subgraph.fetch(subgraph.url, {
    method: "POST",
    headers: {
      ...run.headers,
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json",
    },
    body,
    signal: run.signal,
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`status ${response.status} and a body of ${text.length} characters that is not JSON`, { cause });
  }
}

function answerOf(answer: unknown, service: string): SubgraphAnswer {
  const { data, errors } = isObject(answer) ? answer : {};
  const hasErrors = Array.isArray(errors) && errors.length > 0;
  if (!isObject(data) && !hasErrors) {
    return { fault: unavailable(service, new Error("the answer has neither data nor errors")) };
  }
  return { data: isObject(data) ? data : null, ...(hasErrors ? { errors } : {}) };
}
