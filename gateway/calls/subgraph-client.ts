import type { IncomingHttpHeaders } from "node:http";
import { Pool } from "undici";
import type { Log } from "../../subgraphs/shared/log.ts";
import { Cancellation } from "../engine/cancellation.ts";
import type { SubgraphResponse } from "../engine/read-body.ts";
import type { SubgraphFetch } from "../engine/subgraph.ts";
import { createCircuitBreaker, type Passage } from "./circuit-breaker.ts";
import { type CallAnswer, type CallRequest, dispatchCall } from "./dispatch-call.ts";
import { responseOf } from "./response-of.ts";
import { createRetryBudget, isWorthRetrying, pauseBeforeRetry } from "./retries.ts";

/** Makes the value of `x-gateway-auth` for one attempt to call a subgraph. */
export type SignCall = (call: {
  readonly subgraph: string;
  readonly body: string;
  readonly authorization: string | undefined;
  readonly clientAddress?: string | undefined;
}) => string;

export type CallSettings = {
  /** Sockets to one subgraph for queries and mutations, and so many more for its subscriptions. */
  readonly connections: number;
  /** Calls that may wait for a socket; past it a call fails at once. */
  readonly waiting: number;
  readonly connectTimeoutMs: number;
  /** An abort by the deadline says that a subgraph is slow only if it had so long. */
  readonly slowMs: number;
  readonly mostRetries: number;
  readonly retryShare: number;
  readonly retryReserve: number;
  readonly failuresInRow: number;
  readonly failureRate: number;
  readonly leastCalls: number;
  readonly windowMs: number;
  readonly pauseMs: number;
};

export type ClientOptions = {
  readonly subgraph: string;
  readonly origin: string;
  readonly settings: CallSettings;
  readonly sign: SignCall | undefined;
  readonly log: Log;
};

type Init = Parameters<SubgraphFetch>[1];
export type SubgraphClient = {
  readonly fetch: SubgraphFetch;
  /** Lets calls under way finish. */
  readonly close: () => Promise<void>;
};

/** Calls one subgraph through sockets, a circuit and a retry budget of its own: its trouble stays its own. */
export function createSubgraphClient(options: ClientOptions): SubgraphClient {
  const { subgraph, origin, settings, log } = options;
  const calls = new Pool(origin, poolOptions(settings, BODY_TIMEOUT_MS));
  // An event may be hours away. A socket serves one subscription, so they must not take those of the queries.
  const streams = new Pool(origin, poolOptions({ ...settings, connections: MOST_STREAMS }, 0));
  const budget = createRetryBudget(settings.retryShare, settings.retryReserve);
  const breaker = createCircuitBreaker({
    ...settings,
    onChange: (state) => log.warn({ subgraph, state }, "the circuit of a subgraph has changed"),
  });
  const paths = new Map<string, string>();
  let underWay = 0;

  /** Of the few URLs that a subgraph has, each is read once. */
  function pathOf(url: string): string {
    const known = paths.get(url);
    if (known !== undefined) return known;
    const { pathname, search } = new URL(url);
    paths.set(url, `${pathname}${search}`);
    return `${pathname}${search}`;
  }

  async function attempt(init: Init, call: () => Promise<CallAnswer>): Promise<CallAnswer> {
    const passage = breaker.enter();
    if (!passage) throw new Error(`${subgraph} has failed repeatedly and is not called for the moment`);
    const startedAt = performance.now();
    try {
      const answer = await call();
      if (isSignatureRefused(answer)) throw signatureRefused(answer, subgraph);
      settle(answer, passage, () => isFailure(init.cancellation ?? init.signal, startedAt, settings));
      return answer;
    } catch (error) {
      if (isFailure(init.cancellation ?? init.signal, startedAt, settings)) passage.failed();
      else passage.abandoned();
      throw error;
    }
  }

  async function withRetries(path: string, init: Init): Promise<CallAnswer> {
    if (init.cancellation) return untilAnswered(path, init, init.cancellation);
    const { cancellation, letGo } = Cancellation.following(init.signal);
    // A caller's signal may outlive a great many calls, but not a body that is still coming in.
    try {
      const answer = await untilAnswered(path, init, cancellation);
      if ("body" in answer) answer.body.once("close", letGo);
      else letGo();
      return answer;
    } catch (error) {
      letGo();
      throw error;
    }
  }

  async function untilAnswered(path: string, init: Init, cancellation: Cancellation): Promise<CallAnswer> {
    budget.deposit();
    for (let retry = 0; ; retry++) {
      let outcome: CallAnswer | { readonly error: unknown };
      try {
        outcome = await attempt(init, () => dispatchCall(calls, requestOf(path, init, options), cancellation));
      } catch (error) {
        outcome = { error };
      }
      const mayRetry = isWorthRetrying(outcome) && retry < settings.mostRetries && isQuery(init.body);
      if (mayRetry && budget.withdraw()) {
        if ("body" in outcome) outcome.body.resume();
        const deadline = Number(init.headers["x-deadline"] ?? Number.POSITIVE_INFINITY);
        if (await pauseBeforeRetry(retry, deadline, cancellation.signal)) continue;
        throw "error" in outcome ? outcome.error : new Error(`${subgraph} answered with status ${outcome.status}`);
      }
      if ("error" in outcome) throw outcome.error;
      return outcome;
    }
  }

  async function bounded(path: string, init: Init): Promise<SubgraphResponse> {
    if (underWay >= settings.connections + settings.waiting) {
      throw new Error(`${underWay} calls wait for ${subgraph}, and it takes no more`);
    }
    underWay++;
    const leave = () => {
      underWay--;
    };
    try {
      const answer = await withRetries(path, init);
      if ("body" in answer) answer.body.once("close", leave);
      else leave();
      return responseOf(answer);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function follow(path: string, init: Init): Promise<SubgraphResponse> {
    const answer = await attempt(init, async () => {
      const request = { ...requestOf(path, init, options), origin, method: "POST" as const, signal: init.signal };
      const { statusCode: status, headers, body } = await streams.request(request);
      return { status, headers, body };
    });
    return responseOf(answer);
  }

  return {
    fetch: (url, init) => (isStream(init) ? follow(pathOf(url), init) : bounded(pathOf(url), init)),
    close: async () => {
      await Promise.all([calls.close(), streams.destroy()]);
    },
  };
}

/** The request's own deadline is shorter; these only free a socket that nobody waits for. */
const BODY_TIMEOUT_MS = 60_000;
const MOST_STREAMS = 1_000;

function poolOptions({ connections, connectTimeoutMs }: CallSettings, bodyTimeout: number): Pool.Options {
  return {
    connections,
    connect: { timeout: connectTimeoutMs },
    keepAliveTimeout: 30_000,
    headersTimeout: BODY_TIMEOUT_MS,
    bodyTimeout,
    // One call in a socket at a time: behind a slow one, others would wait though the subgraph is free.
    pipelining: 1,
  };
}

/** All that a subgraph needs of a request; nothing else of the client's gets through. */
const PASSED_ON = [
  "authorization",
  "x-request-id",
  "x-deadline",
  "x-client-address",
  "traceparent",
  "content-type",
  "accept",
];

function requestOf(path: string, { headers, body }: Init, { subgraph, sign }: ClientOptions): CallRequest {
  const passed: string[] = [];
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (value !== undefined) passed.push(name, value);
  }
  const { authorization, "x-client-address": clientAddress } = headers;
  const signature = sign?.({ subgraph, body, authorization, clientAddress });
  if (signature !== undefined) passed.push("x-gateway-auth", signature);
  return { path, headers: passed, body };
}

/** A subgraph is to blame for what failed, unless the client left or the deadline came too soon to judge. */
function isFailure(
  signal: Pick<AbortSignal, "aborted" | "reason">,
  startedAt: number,
  { slowMs }: CallSettings,
): boolean {
  if (!signal.aborted) return true;
  const isTimeout = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  return isTimeout && performance.now() - startedAt >= slowMs;
}

function settle(answer: CallAnswer, passage: Passage, isFailure: () => boolean): void {
  if (answer.status >= 500) passage.failed();
  if ("text" in answer || isEventStream(answer.headers)) passage.succeeded();
  if ("text" in answer) return;
  answer.body.once("end", () => passage.succeeded());
  answer.body.once("error", () => (isFailure() ? passage.failed() : passage.abandoned()));
  answer.body.once("close", () => passage.abandoned());
}

function isSignatureRefused({ status, headers }: CallAnswer): boolean {
  return status === 401 && headers["www-authenticate"] === "Gateway-Signature";
}

/** Otherwise its code would tell a client to sign in again, who can do nothing about it. */
function signatureRefused(answer: CallAnswer, subgraph: string): Error {
  if ("body" in answer) answer.body.resume();
  return new Error(`${subgraph} refused our signature: compare CONCORD_GATEWAY_KEYS and the clocks of both sides`);
}

/** As the engine writes bodies. What is not surely a query is treated as a mutation. */
function isQuery(body: string): boolean {
  return /^\{"query":"(?:query\b|\{)/.test(body);
}

function isStream({ headers }: Init): boolean {
  return headers["accept"]?.startsWith("text/event-stream") ?? false;
}

function isEventStream(headers: IncomingHttpHeaders): boolean {
  return headers["content-type"]?.startsWith("text/event-stream") ?? false;
}
