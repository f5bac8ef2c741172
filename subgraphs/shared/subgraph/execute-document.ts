import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  visit,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import type { RequestContext } from "./request-context.ts";

export type Execution = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
};

/**
 * Executes an operation as graphql-js does. A query that comes again and again is compiled, since graphql-js makes several
 * objects for each field of each row: a gateway has few, and asks them for as long as it runs. Whatever changes something
 * is left to graphql-js.
 */
export async function executeDocument(execution: Execution): Promise<ExecutionResult> {
  const { schema, document, operationName, variables, context } = execution;
  const compiled = compiledFor(schema, document);
  if (compiled) {
    const result: ExecutionResult = await compiled.query(undefined, context, variables);
    // Where no resolver ran it is about the variables, and graphql-js says it in words that callers know.
    if (!result.errors?.some(({ path }) => path === undefined)) return result;
  }
  const options = { schema, document, variableValues: variables, contextValue: context };
  return execute({ ...options, operationName: operationName ?? null });
}

/** To compile takes milliseconds, and some 60 KB for as long as it is kept. */
const OFTEN = 10;
const MOST_COMPILED = 200;
/** Characters: nobody is to wait while a document as large as may be asked is compiled. */
const LARGEST = 4_000;

const timesAsked = new WeakMap<DocumentNode, number>();
const compiledQueries = new LRUCache<DocumentNode, CompiledQuery>({ max: MOST_COMPILED });

function compiledFor(schema: GraphQLSchema, document: DocumentNode): CompiledQuery | undefined {
  const known = compiledQueries.get(document);
  if (known) return known;
  const times = (timesAsked.get(document) ?? 0) + 1;
  timesAsked.set(document, times);
  if (times % OFTEN !== 0 || (document.loc?.end ?? 0) > LARGEST || !isPlainQuery(document)) return undefined;
  const compiled = compileQuery(schema, document);
  if (!isCompiledQuery(compiled)) return undefined;
  compiledQueries.set(document, compiled);
  return compiled;
}

/**
 * One query, in which nothing may be left out: of a field that is asked twice, once behind a directive, a compiled query
 * gives what was left out as well.
 */
function isPlainQuery(document: DocumentNode): boolean {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  let isPlain = operations.length === 1 && operations[0]?.operation === OperationTypeNode.QUERY;
  visit(document, {
    Directive: () => {
      isPlain = false;
      return BREAK;
    },
  });
  return isPlain;
}
