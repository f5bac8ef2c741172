import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, ValidationRule } from "graphql";
import { parse } from "graphql";
import { engineError, OperationRefused } from "./errors.ts";
import { createMerge } from "./merge.ts";
import type { ExecuteRequest, StartedOperation } from "./operations.ts";
import { createOperations } from "./operations.ts";
import type { Planner } from "./planner.ts";
import { createHivePlanner } from "./planner.ts";
import type { PrepareOptions, ValidOperation } from "./prepare.ts";
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

export type Engine = {
  /** What clients see: no join machinery, nothing `@inaccessible`. */
  readonly schema: GraphQLSchema;
  /** Validates and plans an operation for given variables, or finds it ready. @throws OperationRefused */
  prepare(request: ExecuteRequest): Promise<ValidOperation>;
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
  const operations = createOperations(prepareOptions, options.cacheBytes ?? DEFAULT_CACHE_BYTES);
  let isClosed = false;

  async function start(request: ExecuteRequest): Promise<StartedOperation> {
    if (isClosed) throw new OperationRefused([engineError("INTERNAL_SERVER_ERROR", "This engine is closed.")]);
    return operations.start(request);
  }

  return {
    schema,
    prepare: async (request) => (await start(request)).valid,
    async execute(request) {
      try {
        return await runOperation(await start(request), request.context ?? {});
      } catch (error) {
        if (error instanceof OperationRefused) return { errors: error.errors };
        return { errors: [engineError("INTERNAL_SERVER_ERROR", "Internal error.", error)] };
      }
    },
    close() {
      isClosed = true;
      operations.clear();
    },
  };
}

async function runOperation(started: StartedOperation, context: RunContext): Promise<ExecutionResult> {
  const { valid, planned, variables } = started;
  const run = new Run(variables, context);
  try {
    await planned.run(run);
    return project(planned.selection, run, valid.introspect?.(variables));
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
