import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, ValidationRule } from "graphql";
import { getVariableValues, parse } from "graphql";
import { engineError, OperationRefused } from "./errors.ts";
import { createMerge } from "./merge.ts";
import type { OperationCache } from "./operation-cache.ts";
import { createOperationCache } from "./operation-cache.ts";
import type { Planner } from "./planner.ts";
import { createHivePlanner } from "./planner.ts";
import type { OperationRequest, PreparedOperation, PrepareOptions } from "./prepare.ts";
import { prepare } from "./prepare.ts";
import { project } from "./project.ts";
import { buildPublicSchema } from "./public-schema.ts";
import type { RunContext } from "./run.ts";
import { Run } from "./run.ts";
import type { Subgraph, SubgraphCaller, SubgraphFetch } from "./subgraph.ts";
import type { Supergraph } from "./supergraph.ts";
import { readSupergraph } from "./supergraph.ts";

export type EngineOptions = {
  readonly supergraphSdl: string;
  /** Called with the routing URL of a subgraph in the supergraph. */
  readonly fetch: SubgraphFetch;
  /** Subgraphs that are called in this process instead, by name. */
  readonly subgraphs?: Readonly<Record<string, SubgraphCaller>>;
  /** Replaces the planner. */
  readonly planner?: Planner;
  /** Most tokens of a document; unlimited when left out. */
  readonly maxTokens?: number;
  /** Looks at a parsed document before it is validated and planned; what it returns refuses the operation. */
  readonly checkDocument?: (document: DocumentNode, schema: GraphQLSchema) => readonly GraphQLError[];
  /** Rules beside those of the specification. */
  readonly validationRules?: readonly ValidationRule[];
  /** Most entities in one call of a subgraph (200 when left out); more are asked in several calls at once. */
  readonly maxRepresentations?: number;
  /** Memory for prepared operations. */
  readonly cacheBytes?: number;
};

type ExecuteRequest = OperationRequest & {
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context?: RunContext | undefined;
};

export type Engine = {
  /** What clients see: no join machinery, nothing `@inaccessible`. */
  readonly schema: GraphQLSchema;
  /** Readies an operation, or finds it ready. @throws OperationRefused */
  prepare(request: OperationRequest): Promise<PreparedOperation>;
  /** Runs an operation. Never rejects: whatever is wrong is in the result's errors. */
  execute(request: ExecuteRequest): Promise<ExecutionResult>;
  /** Forgets prepared operations and refuses new ones; what is running finishes. */
  close(): void;
};

const DEFAULT_MAX_REPRESENTATIONS = 200;
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;

/** A federation gateway without its HTTP front: plans operations over a supergraph and runs them on its subgraphs. */
export function createEngine(options: EngineOptions): Engine {
  const document = parse(options.supergraphSdl, { noLocation: true });
  const schema = buildPublicSchema(document);
  const supergraph = readSupergraph(document);
  const prepareOptions: PrepareOptions = {
    schema,
    planner: options.planner ?? createHivePlanner(options.supergraphSdl),
    context: {
      supergraph,
      subgraphs: subgraphsOf(supergraph, options),
      merge: createMerge(supergraph),
      maxRepresentations: options.maxRepresentations ?? DEFAULT_MAX_REPRESENTATIONS,
    },
    maxTokens: options.maxTokens,
    checkDocument: options.checkDocument,
    validationRules: options.validationRules ?? [],
  };
  const cache: OperationCache<PreparedOperation> = createOperationCache({
    maxBytes: options.cacheBytes ?? DEFAULT_CACHE_BYTES,
    sizeOf: ({ sizeBytes }) => sizeBytes,
  });
  const keyOf = createCacheKeys();
  let isClosed = false;

  async function prepareCached(request: OperationRequest): Promise<PreparedOperation> {
    if (isClosed) throw new OperationRefused([engineError("INTERNAL_SERVER_ERROR", "This engine is closed.")]);
    return cache.get(keyOf(request), () => prepare(request, prepareOptions));
  }

  return {
    schema,
    prepare: prepareCached,
    async execute(request) {
      try {
        return await runOperation(schema, await prepareCached(request), request);
      } catch (error) {
        if (error instanceof OperationRefused) return { errors: error.errors };
        return { errors: [engineError("INTERNAL_SERVER_ERROR", "Internal error.", error)] };
      }
    },
    close() {
      isClosed = true;
      cache.clear();
    },
  };
}

async function runOperation(
  schema: GraphQLSchema,
  prepared: PreparedOperation,
  { variables, context = {} }: ExecuteRequest,
): Promise<ExecutionResult> {
  const { coerced, errors } = getVariableValues(schema, prepared.operation.variableDefinitions ?? [], variables ?? {});
  if (errors) {
    for (const error of errors) error.extensions["code"] ??= "BAD_USER_INPUT";
    return { errors };
  }
  const run = new Run(coerced, context);
  try {
    await prepared.run(run);
    return project(prepared.selection(coerced), run, prepared.introspect?.(coerced));
  } finally {
    run.end();
  }
}

function subgraphsOf(supergraph: Supergraph, { fetch, subgraphs = {} }: EngineOptions): Map<string, Subgraph> {
  const all = new Map<string, Subgraph>();
  for (const [name, url] of supergraph.routingUrls) {
    const call = Object.hasOwn(subgraphs, name) ? subgraphs[name] : undefined;
    all.set(name, call ? { kind: "in-process", name, call } : { kind: "http", name, url, fetch });
  }
  return all;
}

/** Cache keys: the text where there is one; documents without text are known by identity. */
function createCacheKeys(): (request: OperationRequest) => string {
  const ids = new WeakMap<DocumentNode, number>();
  let lastId = 0;
  return ({ query, document, operationName }) => {
    if (query !== undefined || !document) return JSON.stringify([operationName ?? null, query ?? ""]);
    let id = ids.get(document);
    if (id === undefined) {
      id = ++lastId;
      ids.set(document, id);
    }
    return JSON.stringify([operationName ?? null, id]);
  };
}
