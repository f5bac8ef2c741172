import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  ValidationRule,
} from "graphql";
import { GraphQLError, getOperationAST, Kind, parse, specifiedRules, validate } from "graphql";
import { compilePlan } from "./compile-plan.ts";
import type { Primary } from "./compile-subscription.ts";
import { compileSubscription } from "./compile-subscription.ts";
import type { ConditionValues } from "./conditions.ts";
import { conditionNames } from "./conditions.ts";
import type { EngineErrorCode } from "./errors.ts";
import { engineError, OperationRefused } from "./errors.ts";
import { planWithGrafts } from "./graft-plans.ts";
import type { InterfaceObjectFields } from "./interface-objects.ts";
import type { Introspect } from "./introspection.ts";
import { compileIntrospection } from "./introspection.ts";
import type { PlanContext, Step } from "./plan-context.ts";
import { planDocument } from "./plan-document.ts";
import type { Planner, QueryPlan } from "./planner.ts";
import { refusedDirectives } from "./refused-directives.ts";
import { compileSelection } from "./selection.ts";
import type { ObjectShape } from "./shape.ts";

/** An operation that is known to be valid. */
export type ValidOperation = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The variables its `@skip` and `@include` depend on: it has a plan for each combination of their values. */
  readonly conditionNames: readonly string[];
  readonly introspect: Introspect | undefined;
  /** About how much memory it holds. */
  readonly sizeBytes: number;
};

/** An operation under given conditions, ready to run any number of times. */
export type PlannedOperation = {
  readonly plan: QueryPlan;
  /** Of a subscription: where its events come from. */
  readonly primary: Primary | undefined;
  /** Everything to fetch, after the primary's event if there is one. */
  readonly run: Step;
  readonly selection: ObjectShape;
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
  readonly interfaceObjects: InterfaceObjectFields;
  readonly context: PlanContext;
  readonly maxTokens: number | undefined;
  /** Runs before validation, which is not linear in the size of a document; what it returns refuses the operation. */
  readonly checkDocument: ((document: DocumentNode, schema: GraphQLSchema) => readonly GraphQLError[]) | undefined;
  readonly validationRules: readonly ValidationRule[];
  /** Most variables that an operation's `@skip` and `@include` may depend on: each doubles the number of its plans. */
  readonly maxConditions: number;
};

/** @throws OperationRefused with everything a client is told. */
export function validateOperation(request: OperationRequest, options: PrepareOptions): ValidOperation {
  const { schema } = options;
  const document = request.document ?? parseQuery(request.query ?? "", options.maxTokens);
  refuseIfAny(options.checkDocument?.(document, schema) ?? [], "GRAPHQL_VALIDATION_FAILED");
  refuseIfAny(refusedDirectives(document), "GRAPHQL_VALIDATION_FAILED");
  refuseIfAny(validate(schema, document, [...specifiedRules, ...options.validationRules]), "GRAPHQL_VALIDATION_FAILED");
  const operation = chooseOperation(document, request.operationName);
  return {
    document,
    operation,
    conditionNames: boundedConditions(document, operation, options.maxConditions),
    introspect: compileIntrospection(schema, document, operation),
    // A syntax tree with its tokens takes about fifty times its text.
    sizeBytes: 50 * (document.loc?.end ?? 1_000) + 1_000,
  };
}

/** @throws OperationRefused when no plan answers the operation, or it is of a kind that is not served. */
export async function planOperation(
  { document, operation }: ValidOperation,
  conditions: ConditionValues,
  options: PrepareOptions,
): Promise<PlannedOperation> {
  const { schema } = options;
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new Error(`the schema has no type for a ${operation.operation}`);
  const { keyNames } = options.context.supergraph;
  const planned = planDocument(document, operation, conditions, keyNames);
  const plan = planned ? await makePlan(planned, options) : { kind: "QueryPlan" as const };
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const isSubscription = operation.operation === "subscription";
  const steps = isSubscription
    ? compileSubscription(plan, options.context)
    : { primary: undefined, run: compilePlan(plan, options.context) };
  return {
    ...steps,
    plan,
    selection: compileSelection(operation, rootType, { schema, fragments, conditions, keyNames }),
    sizeBytes: 8 * JSON.stringify(plan).length + 8 * (document.loc?.end ?? 1_000) + 2_000,
  };
}

const TOO_DEEP = "The document is nested too deep to be read: send a flatter one.";

function parseQuery(query: string, maxTokens: number | undefined): DocumentNode {
  try {
    return parse(query, maxTokens === undefined ? {} : { maxTokens });
  } catch (error) {
    // The parser follows a document into its depth, and may reach the end of its stack before the end of the document.
    if (error instanceof RangeError) throw new OperationRefused([engineError("GRAPHQL_PARSE_FAILED", TOO_DEEP)]);
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

/** @throws OperationRefused when there are more than are planned for */
function boundedConditions(document: DocumentNode, operation: OperationDefinitionNode, most: number): string[] {
  const own = new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
  const names = conditionNames(document).filter((name) => own.has(name));
  if (names.length <= most) return names;
  const message = `@skip and @include depend on ${names.length} variables, ${most} are allowed: use fewer, or split it.`;
  throw new OperationRefused([engineError("TOO_MANY_CONDITIONS", message)]);
}

async function makePlan(document: DocumentNode, options: PrepareOptions): Promise<QueryPlan> {
  try {
    return await planWithGrafts(document, options);
  } catch (cause) {
    throw new OperationRefused([engineError("QUERY_PLANNING_FAILED", "No plan answers this operation.", cause)]);
  }
}
