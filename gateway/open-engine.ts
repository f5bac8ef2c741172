import { AppError } from "../subgraphs/shared/errors.ts";
import type { Log } from "../subgraphs/shared/log.ts";
import { createEngine, type Engine } from "./engine/create-engine.ts";
import { createInFlight } from "./engine/in-flight.ts";
import { createHivePlanner } from "./engine/planner.ts";
import type { SubgraphCaller } from "./engine/subgraph.ts";
import { knownOperationType } from "./graphql/known-operation-type.ts";
import { refuseInnerFields } from "./graphql/no-inner-fields.ts";
import { noIntrospection } from "./graphql/no-introspection.ts";
import { limitEngine } from "./limits/limited-engine.ts";
import type { Limits } from "./limits/limits.ts";
import type { Metrics } from "./metrics/create-metrics.ts";
import type { Admission } from "./overload/admission.ts";
import type { RateLimiter } from "./rate-limit/rate-limiter.ts";
import { createSubgraphFetch, namesByUrl, type SubgraphFetchOptions } from "./subgraph-fetch.ts";
import { traceCaller, traceFetch } from "./tracing/traced-calls.ts";
import type { TrustedDocuments } from "./trusted-documents/trusted-documents.ts";
import { trustedOnly } from "./trusted-documents/trusted-only.ts";

export type OpenEngineOptions = {
  readonly log: Log;
  /** Subgraphs that are called in this process, by name; the others are called over HTTP. */
  readonly callers?: Readonly<Record<string, SubgraphCaller>>;
  /** How subgraphs are called over HTTP: who signs the calls, and what replaces the usual limits. */
  readonly calls?: Pick<SubgraphFetchOptions, "sign" | "settings">;
  /** Lets clients ask for the schema. */
  readonly introspection: boolean;
  readonly limitsOf: (role?: string) => Limits;
  readonly rateLimiter?: RateLimiter | undefined;
  readonly admission: Admission;
  /** Runs no other documents. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
  readonly metrics?: Metrics | undefined;
};

/**
 * The engine of one supergraph as clients reach it: held to the limits, measured, with connections of its own. Nothing
 * that depends on the supergraph is outside it, so that replacing it replaces all of that at once. Closing it waits for
 * every operation that has come in, also for those that are not planned yet.
 * @throws AppError BAD_CONFIGURATION, or as `createEngine` does
 */
export function openEngine(supergraphSdl: string, options: OpenEngineOptions): Engine {
  const { log, callers = {}, limitsOf, rateLimiter, admission, introspection, trustedDocuments, metrics } = options;
  const names = namesByUrl(supergraphSdl);
  if (names.size === 0) {
    throw new AppError("BAD_CONFIGURATION", "The schema names no subgraph: serve one that `concord compose` wrote.");
  }
  const nameOf = (url: string) => names.get(url);
  const pool = createSubgraphFetch({ ...options.calls, nameOf, log });
  const planned = createEngine({
    supergraphSdl,
    fetch: traceFetch(metrics?.fetch(pool.fetch, nameOf) ?? pool.fetch, nameOf),
    subgraphs: observedCallers(callers, metrics),
    ...(metrics && { createPlanner: (sdl: string) => metrics.planner(createHivePlanner(sdl)) }),
    maxTokens: limitsOf().tokens,
    checkDocument: refuseInnerFields,
    validationRules: introspection ? [knownOperationType] : [knownOperationType, noIntrospection],
  });
  const limited = limitEngine(planned, { limitsOf, rateLimiter, admission });
  const trusted = trustedDocuments ? trustedOnly(limited, trustedDocuments) : limited;
  const engine = metrics?.engine(trusted) ?? trusted;
  const inFlight = createInFlight();
  return {
    ...engine,
    execute: (request) => inFlight.during(() => engine.execute(request)),
    async close() {
      await inFlight.drained();
      await engine.close();
      await pool.close();
    },
  };
}

function observedCallers(callers: Readonly<Record<string, SubgraphCaller>>, metrics: Metrics | undefined) {
  const observed = Object.entries(callers).map(([name, call]): [string, SubgraphCaller] => [
    name,
    traceCaller(name, metrics?.caller(name, call) ?? call),
  ]);
  return Object.fromEntries(observed);
}
