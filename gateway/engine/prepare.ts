import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, ValidationRule } from "graphql";
import { GraphQLError, getOperationAST, Kind, parse, print, specifiedRules, validate } from "graphql";
import type { PlanContext, Step } from "./compile-plan.ts";
import { compilePlan } from "./compile-plan.ts";
import type { EngineErrorCode } from "./errors.ts";
import { engineError, OperationRefused } from "./errors.ts";
import type { Introspect } from "./introspection.ts";
import { compileIntrospection } from "./introspection.ts";
import { planDocument } from "./plan-document.ts";
import type { Planner, QueryPlan } from "./planner.ts";
import type { SelectionByVariables } from "./specialise.ts";
import { specialise } from "./specialise.ts";

/** An operation that is ready to run any number of times. */
export type PreparedOperation = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly run: Step;
  readonly selection: SelectionByVariables;
  readonly introspect: Introspect | undefined;
  /** About how much memory it holds. */
  readonly sizeBytes: number;
};

export type OperationRequest = {
  /** The operation's text. May be left out when `document` is given; when both are, the text is the cache key. */
  readonly query?: string | undefined;
  readonly document?: DocumentNode | undefined;
  readonly operationName?: string | null | undefined;
};

export type PrepareOptions = {
  readonly schema: GraphQLSchema;
  readonly planner: Planner;
  readonly context: PlanContext;
  readonly maxTokens: number | undefined;
  /** Runs before validation, which is not linear in the size of a document; what it returns refuses the operation. */
  readonly checkDocument: ((document: DocumentNode, schema: GraphQLSchema) => readonly GraphQLError[]) | undefined;
  readonly validationRules: readonly ValidationRule[];
};

/** @throws OperationRefused with everything a client is told. */
export async function prepare(request: OperationRequest, options: PrepareOptions): Promise<PreparedOperation> {
  const document = request.document ?? parseQuery(request.query ?? "", options.maxTokens);
  refuseIfAny(options.checkDocument?.(document, options.schema) ?? [], "GRAPHQL_VALIDATION_FAILED");
  refuseIfAny(
    validate(options.schema, document, [...specifiedRules, ...options.validationRules]),
    "GRAPHQL_VALIDATION_FAILED",
  );
  const operation = chooseOperation(document, request.operationName);
  const planned = planDocument(document, operation);
  const plan = planned ? await makePlan(print(planned), operation, options.planner) : { kind: "QueryPlan" as const };
  const sizeBytes = 4 * (JSON.stringify(plan).length + (document.loc?.end ?? 1_000)) + 2_000;
  return {
    document,
    operation,
    run: compilePlan(plan, options.context),
    selection: specialise(options.schema, document, operation),
    introspect: compileIntrospection(options.schema, document, operation),
    sizeBytes,
  };
}

function parseQuery(query: string, maxTokens: number | undefined): DocumentNode {
  try {
    return parse(query, maxTokens === undefined ? {} : { maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new OperationRefused([withCode(error, "GRAPHQL_PARSE_FAILED")]);
  }
}

function refuseIfAny(errors: readonly GraphQLError[], code: EngineErrorCode): void {
  if (errors.length > 0) throw new OperationRefused(errors.map((error) => withCode(error, code)));
}

function withCode(error: GraphQLError, code: EngineErrorCode): GraphQLError {
  error.extensions["code"] ??= code;
  return error;
}

function chooseOperation(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
  if (operation) return operation;
  const count = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION).length;
  const message = name
    ? `The document has no operation named "${name}".`
    : `The document has ${count} operations: name the one to run.`;
  throw new OperationRefused([engineError("OPERATION_RESOLUTION_FAILURE", message)]);
}

async function makePlan(query: string, operation: OperationDefinitionNode, planner: Planner): Promise<QueryPlan> {
  try {
    return await planner.plan({ query, operationName: operation.name?.value });
  } catch (cause) {
    throw new OperationRefused([engineError("QUERY_PLANNING_FAILED", "No plan answers this operation.", cause)]);
  }
}
