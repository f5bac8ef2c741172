import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, Pool } from "undici";
import type { Log } from "../../subgraphs/shared/log.ts";
import type { SubgraphFetch } from "../engine/subgraph.ts";
import { createCircuitBreaker, type Passage } from "./circuit-breaker.ts";
import { createRetryBudget, isWorthRetrying, pauseBeforeRetry } from "./retries.ts";

/** Makes the value of `x-gateway-auth` for one attempt to call a subgraph. */
export type SignCall = (call: {
  readonly subgraph: string;
  readonly body: string;
  readonly authorization: string | undefined;
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
type Response = Dispatcher.ResponseData;
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
  let underWay = 0;

  async function attempt(path: string, init: Init, pool: Pool): Promise<Response> {
    const passage = breaker.enter();
    if (!passage) throw new Error(`${subgraph} has failed repeatedly and is not called for the moment`);
    const startedAt = performance.now();
    try {
      const response = await pool.request({ ...requestOf(path, init, options), origin });
      if (isSignatureRefused(response)) throw await signatureRefused(response, subgraph);
      settleWithBody(response, passage, () => isFailure(init.signal, startedAt, settings));
      return response;
    } catch (error) {
      if (isFailure(init.signal, startedAt, settings)) passage.failed();
      else passage.abandoned();
      throw error;
    }
  }

  async function withRetries(path: string, init: Init): Promise<Response> {
    const deadline = Number(init.headers["x-deadline"] ?? Number.POSITIVE_INFINITY);
    budget.deposit();
    for (let retry = 0; ; retry++) {
      const outcome = await attempt(path, init, calls).then(
        (response) => ({ response, status: response.statusCode }),
        (error: unknown) => ({ error }),
      );
      const mayRetry = retry < settings.mostRetries && isQuery(init.body) && isWorthRetrying(outcome);
      if (mayRetry && budget.withdraw()) {
        if ("response" in outcome) await outcome.response.body.dump();
        if (await pauseBeforeRetry(retry, deadline, init.signal)) continue;
        throw "error" in outcome ? outcome.error : new Error(`${subgraph} answered with status ${outcome.status}`);
      }
      if ("error" in outcome) throw outcome.error;
      return outcome.response;
    }
  }

  async function bounded(path: string, init: Init): Promise<Response> {
    if (underWay >= settings.connections + settings.waiting) {
      throw new Error(`${underWay} calls wait for ${subgraph}, and it takes no more`);
    }
    underWay++;
    const leave = () => {
      underWay--;
    };
    try {
      const response = await withRetries(path, init);
      response.body.once("close", leave);
      return response;
    } catch (error) {
      leave();
      throw error;
    }
  }

  return {
    fetch: async (url, init) => {
      const { pathname, search } = new URL(url);
      const path = `${pathname}${search}`;
      return answerOf(await (isStream(init) ? attempt(path, init, streams) : bounded(path, init)));
    },
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
const PASSED_ON = ["authorization", "x-request-id", "x-deadline", "traceparent", "content-type", "accept"];

function requestOf(path: string, { headers, body, signal }: Init, { subgraph, sign }: ClientOptions) {
  const passed = Object.fromEntries(
    PASSED_ON.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  const authorization = headers["authorization"];
  const signature = sign?.({ subgraph, body, authorization });
  return {
    path,
    method: "POST" as const,
    headers: { ...passed, ...(signature !== undefined && { "x-gateway-auth": signature }) },
    body,
    signal,
  };
}

/** A subgraph is to blame for what failed, unless the client left or the deadline came too soon to judge. */
function isFailure(signal: AbortSignal, startedAt: number, { slowMs }: CallSettings): boolean {
  if (!signal.aborted) return true;
  const isTimeout = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  return isTimeout && performance.now() - startedAt >= slowMs;
}

function settleWithBody({ statusCode, headers, body }: Response, passage: Passage, isFailure: () => boolean): void {
  if (statusCode >= 500) passage.failed();
  if (isEventStream(headers)) passage.succeeded();
  body.once("end", passage.succeeded);
  body.once("error", () => (isFailure() ? passage.failed() : passage.abandoned()));
  body.once("close", passage.abandoned);
}

function isSignatureRefused({ statusCode, headers }: Response): boolean {
  return statusCode === 401 && headers["www-authenticate"] === "Gateway-Signature";
}

/** Otherwise its code would tell a client to sign in again, who can do nothing about it. */
async function signatureRefused({ body }: Response, subgraph: string): Promise<Error> {
  await body.dump();
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

function answerOf({ statusCode, headers, body }: Response) {
  return {
    status: statusCode,
    headers: {
      get: (name: string) => {
        const value = headers[name.toLowerCase()];
        return value === undefined ? null : String(value);
      },
    },
    body,
    text: () => body.text(),
  };
}
