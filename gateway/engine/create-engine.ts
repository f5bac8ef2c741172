import type { DocumentNode, ExecutionResult, GraphQLSchema } from "graphql";
import { parse } from "graphql";
import { inSpan } from "../../subgraphs/shared/trace.ts";
import { answer } from "./answer.ts";
import type { EngineOptions } from "./engine-options.ts";
import { DEFAULTS, subscriptionLimits } from "./engine-options.ts";
import { engineError, OperationRefused } from "./errors.ts";
import { createInFlight } from "./in-flight.ts";
import { readInterfaceObjects, withRootFields } from "./interface-objects.ts";
import { createMerge } from "./merge.ts";
import type { ExecuteRequest, StartedOperation } from "./operations.ts";
import { createOperations } from "./operations.ts";
import { createHivePlanner } from "./planner.ts";
import type { PrepareOptions, ValidOperation } from "./prepare.ts";
import { buildPublicSchema } from "./public-schema.ts";
import { refuseProgressiveOverrides } from "./refuse-overrides.ts";
import type { RunContext, RunLimits } from "./run.ts";
import { Run } from "./run.ts";
import type { Subgraph } from "./subgraph.ts";
import type { Subscription } from "./subscription.ts";
import { startSubscription } from "./subscription.ts";
import type { Supergraph } from "./supergraph.ts";
import { readSupergraph } from "./supergraph.ts";

export type Engine = {
  /** What clients see: no join machinery, nothing `@inaccessible`. */
  readonly schema: GraphQLSchema;
  /** Validates and plans an operation for given variables, or finds it ready. @throws OperationRefused */
  prepare(request: ExecuteRequest): Promise<ValidOperation>;
  /**
   * Runs an operation. Never rejects: whatever is wrong is in the result's errors. A subscription gives a result for
   * each event until it ends, the iterator's `return` is called or the context's signal is aborted; its context has no
   * deadline.
   */
  execute(request: ExecuteRequest): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>;
  /** Refuses new operations and ends subscriptions; resolves when what is running has finished. */
  close(): Promise<void>;
};

/**
 * A federation gateway without its HTTP front: plans operations over a supergraph and runs them on its subgraphs.
 * @throws AppError PROGRESSIVE_OVERRIDE_NOT_SUPPORTED, or an error of the supergraph's own when it cannot be read
 */
export function createEngine(options: EngineOptions): Engine {
  const prepareOptions = prepareOptionsOf(options);
  const operations = createOperations(prepareOptions, options.cacheBytes ?? DEFAULTS.cacheBytes);
  const limits = subscriptionLimits(options);
  const inFlight = createInFlight();
  const subscriptions = new Set<Subscription>();
  let isClosed = false;

  async function start(request: ExecuteRequest): Promise<StartedOperation> {
    if (isClosed) throw new OperationRefused([engineError("INTERNAL_SERVER_ERROR", "This engine is closed.")]);
    return inSpan("plan", {}, () => operations.start(request));
  }

  async function execute(request: ExecuteRequest): ReturnType<Engine["execute"]> {
    try {
      const started = await start(request);
      const context = request.context ?? {};
      const { primary } = started.planned;
      if (!primary) return await runOperation(started, context, limits);
      return startSubscription({ started, primary, context }, limits, subscriptions);
    } catch (error) {
      if (error instanceof OperationRefused) return { errors: error.errors };
      return { errors: [engineError("INTERNAL_SERVER_ERROR", "Internal error.", error)] };
    }
  }

  return {
    schema: prepareOptions.schema,
    prepare: (request) => inFlight.during(async () => (await start(request)).valid),
    execute: (request) => inFlight.during(() => execute(request)),
    async close() {
      isClosed = true;
      for (const subscription of subscriptions) subscription.end(ENDED);
      await inFlight.drained();
      // Those that were being prepared when the engine closed.
      for (const subscription of subscriptions) subscription.end(ENDED);
      operations.clear();
    },
  };
}

const ENDED = {
  message: "The gateway stopped or its graph was replaced: subscribe again.",
  code: "SUBSCRIPTION_ENDED",
};

function prepareOptionsOf(options: EngineOptions): PrepareOptions {
  const document = parse(options.supergraphSdl, { noLocation: true });
  refuseProgressiveOverrides(document);
  const supergraph = readSupergraph(document);
  return {
    schema: buildPublicSchema(document),
    ...plannerOf(document, options),
    context: {
      supergraph,
      subgraphs: subgraphsOf(supergraph, options),
      merge: createMerge(supergraph),
      maxRepresentations: options.maxRepresentations ?? DEFAULTS.maxRepresentations,
    },
    maxTokens: options.maxTokens,
    checkDocument: options.checkDocument,
    validationRules: options.validationRules ?? [],
    maxConditions: options.maxConditions ?? DEFAULTS.maxConditions,
  };
}

function plannerOf(document: DocumentNode, { createPlanner = createHivePlanner, supergraphSdl }: EngineOptions) {
  const interfaceObjects = readInterfaceObjects(document);
  const sdl = interfaceObjects.size === 0 ? supergraphSdl : withRootFields(document, interfaceObjects);
  return { planner: createPlanner(sdl), interfaceObjects };
}

async function runOperation(
  { valid, planned, variables }: StartedOperation,
  context: RunContext,
  limits: RunLimits,
): Promise<ExecutionResult> {
  const run = new Run(variables, context, limits);
  try {
    await planned.run(run);
    return answer(planned, run, {
      introspection: valid.introspect?.(variables),
      isExplained: context.explain === true,
      isForText: context.isForText,
    });
  } finally {
    run.end();
  }
}

function subgraphsOf(supergraph: Supergraph, options: EngineOptions): Map<string, Subgraph> {
  const { fetch, subgraphs = {}, socketUrls = {}, maxAnswerBytes = DEFAULTS.maxAnswerBytes } = options;
  const all = new Map<string, Subgraph>();
  for (const [name, url] of supergraph.routingUrls) {
    const call = Object.hasOwn(subgraphs, name) ? subgraphs[name] : undefined;
    if (call) {
      all.set(name, { kind: "in-process", name, call });
      continue;
    }
    const isSocket = /^wss?:/.test(url);
    const socketUrl = Object.hasOwn(socketUrls, name) ? socketUrls[name] : isSocket ? url : undefined;
    // A subgraph known by its socket takes queries over HTTP at the same place.
    all.set(name, {
      kind: "http",
      name,
      url: isSocket ? url.replace(/^ws/, "http") : url,
      socketUrl,
      fetch,
      maxAnswerBytes,
    });
  }
  return all;
}
