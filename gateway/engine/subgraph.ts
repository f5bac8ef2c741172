import type { GraphQLFormattedError } from "graphql";
import type { Cancellation } from "./cancellation.ts";
import { unavailable } from "./errors.ts";
import { isObject } from "./json.ts";
import type { SubgraphResponse } from "./read-body.ts";
import { readBody } from "./read-body.ts";
import type { Run } from "./run.ts";
import type { SubgraphAnswer } from "./subgraph-answer.ts";

/** The part of the standard `fetch` that the engine uses; anything of this shape will do. */
export type SubgraphFetch = (
  url: string,
  init: {
    method: "POST";
    headers: Record<string, string>;
    body: string;
    signal: AbortSignal;
    /** The same as `signal`, for a `fetch` of ours. */
    cancellation?: Cancellation;
  },
) => Promise<SubgraphResponse>;

export type SubgraphRequest = {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Record<string, unknown>;
};

type CallerRequest = SubgraphRequest & {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
};

type CallerAnswer = {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
};

/** Calls a subgraph in the same process: objects in, objects out, which become the engine's to change. */
export type SubgraphCaller = {
  (request: CallerRequest): Promise<CallerAnswer>;
  /** Where the subgraph has subscriptions: an answer for each event, until the signal is aborted. */
  readonly subscribe?: (
    request: CallerRequest,
  ) => AsyncIterable<CallerAnswer> | PromiseLike<AsyncIterable<CallerAnswer>>;
};

export type HttpSubgraph = {
  readonly kind: "http";
  readonly name: string;
  readonly url: string;
  /** Where its subscriptions are served over graphql-ws; without it they are read as server-sent events. */
  readonly socketUrl: string | undefined;
  readonly fetch: SubgraphFetch;
  /** Most bytes of one answer or event. */
  readonly maxAnswerBytes: number;
};

export type InProcessSubgraph = { readonly kind: "in-process"; readonly name: string; readonly call: SubgraphCaller };

export type Subgraph = HttpSubgraph | InProcessSubgraph;

/** Posts a ready body. Never rejects: whatever goes wrong is the answer's fault. */
export async function post(subgraph: HttpSubgraph, body: string, run: Run): Promise<SubgraphAnswer> {
  try {
    run.cancellation.throwIfAborted();
    return answerOf(await run.untilAborted(exchange(subgraph, body, run)), subgraph.name, run);
  } catch (cause) {
    return { fault: unavailable(subgraph.name, cause) };
  }
}

/** Calls an in-process subgraph. Never rejects. */
export async function call(subgraph: InProcessSubgraph, request: SubgraphRequest, run: Run): Promise<SubgraphAnswer> {
  try {
    run.cancellation.throwIfAborted();
    const work = subgraph.call(new CallInit(request, { ...run.headers }, run.cancellation));
    return answerOf(await run.untilAborted(work), subgraph.name, run);
  } catch (cause) {
    return { fault: unavailable(subgraph.name, cause) };
  }
}

/*
 * They make a signal only for those who ask for it. By classes, because an object that is written with a getter gets a
 * shape of its own, which keeps all that the getter can reach until all of the heap is looked through.
 */

class CallInit implements CallerRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Record<string, unknown>;

  constructor(
    { query, operationName, variables }: SubgraphRequest,
    readonly headers: Record<string, string>,
    private readonly cancellation: Cancellation,
  ) {
    this.query = query;
    if (operationName !== undefined) this.operationName = operationName;
    this.variables = variables;
  }

  get signal(): AbortSignal {
    return this.cancellation.signal;
  }
}

class PostInit {
  readonly method = "POST";

  constructor(
    readonly headers: Record<string, string>,
    readonly body: string,
    readonly cancellation: Cancellation,
  ) {}

  get signal(): AbortSignal {
    return this.cancellation.signal;
  }
}

async function exchange(subgraph: HttpSubgraph, body: string, run: Run): Promise<unknown> {
  const { postHeaders: headers, cancellation } = run;
  const response = await subgraph.fetch(subgraph.url, new PostInit(headers, body, cancellation));
  const text = await readBody(response, subgraph.maxAnswerBytes, run.receive);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`status ${response.status} and a body of ${text.length} characters that is not JSON`, { cause });
  }
}

/** Reads what a subgraph sent, which may be anything. */
export function answerOf(answer: unknown, service: string, run: Run): SubgraphAnswer {
  const { data, errors, extensions } = isObject(answer) ? answer : {};
  if (extensions !== undefined) run.keepExtensions(service, extensions);
  const hasErrors = Array.isArray(errors) && errors.length > 0;
  if (!isObject(data) && !hasErrors) {
    return { fault: unavailable(service, new Error("the answer has neither data nor errors")) };
  }
  return { data: isObject(data) ? data : null, ...(hasErrors ? { errors } : {}) };
}
