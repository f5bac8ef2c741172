import { type DocumentNode, GraphQLError, parse, validate } from "graphql";
import { LRUCache } from "lru-cache";
import type { Subgraph } from "./define-subgraph.ts";
import type { Answer, Operation } from "./execute-operation.ts";
import { formatErrors } from "./format-errors.ts";
import type { Services } from "./request-context.ts";

export type InProcessRequest = Operation & { readonly query: string };

/** Calls a subgraph in this process; `subscribe` is the same for what answers more than once. */
export type InProcessCaller = {
  (request: InProcessRequest): Promise<Answer>;
  readonly subscribe: (request: InProcessRequest) => AsyncIterable<Answer>;
};

/**
 * Calls a subgraph without HTTP and answers what HTTP would. The gateway's plans are few and come again, so documents
 * are parsed and validated once; those that fail are not kept.
 */
export function callInProcess(subgraph: Subgraph, services: Services): InProcessCaller {
  const documents = new LRUCache<string, DocumentNode>({ maxSize: CACHE_CHARACTERS, sizeCalculation: sizeOf });
  const prepared = (query: string): Prepared => {
    const known = documents.get(query);
    if (known) return { document: known };
    const fresh = prepare(subgraph, query);
    if ("document" in fresh) documents.set(query, fresh.document);
    return fresh;
  };
  const refused = (errors: readonly GraphQLError[]): Answer => ({ errors: formatErrors(errors, services.log) });
  // With the request as the operation: whoever calls may have its signal made when it is asked for.
  const call = async (request: InProcessRequest): Promise<Answer> => {
    request.signal.throwIfAborted();
    const chosen = prepared(request.query);
    return "errors" in chosen ? refused(chosen.errors) : subgraph.execute(chosen.document, request, services);
  };
  async function* subscribe(request: InProcessRequest): AsyncGenerator<Answer> {
    const chosen = prepared(request.query);
    if ("errors" in chosen) yield refused(chosen.errors);
    else yield* subgraph.subscribe(chosen.document, request, services);
  }
  return Object.assign(call, { subscribe });
}

/** A parsed document takes some twenty times its text; this bounds a subgraph's documents near 40 MB. */
const CACHE_CHARACTERS = 2_000_000;

function sizeOf(_document: DocumentNode, query: string): number {
  return query.length + 1;
}

type Prepared = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

function prepare({ schema }: Subgraph, query: string): Prepared {
  try {
    const document = parse(query, { maxTokens: MOST_TOKENS });
    const errors = validate(schema, document);
    return errors.length === 0
      ? { document }
      : { errors: errors.map((error) => coded(error, "GRAPHQL_VALIDATION_FAILED")) };
  } catch (failure) {
    if (failure instanceof GraphQLError) return { errors: [coded(failure, "GRAPHQL_PARSE_FAILED")] };
    throw failure;
  }
}

export const MOST_TOKENS = 20_000;

function coded({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  });
}
