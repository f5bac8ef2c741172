import type { DocumentNode } from "graphql";
import { getVariableValues } from "graphql";
import { conditionValues } from "./conditions.ts";
import { OperationRefused } from "./errors.ts";
import { createOperationCache } from "./operation-cache.ts";
import type { OperationRequest, PlannedOperation, PrepareOptions, ValidOperation } from "./prepare.ts";
import { planOperation, validateOperation } from "./prepare.ts";
import type { RunContext } from "./run.ts";

export type ExecuteRequest = OperationRequest & {
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context?: RunContext | undefined;
};

/** Everything one request needs in order to run. */
export type StartedOperation = {
  readonly valid: ValidOperation;
  readonly planned: PlannedOperation;
  /** The client's variables after coercion, with defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
};

/** The operations seen lately: each text is validated once, and planned once for each set of conditions. */
export function createOperations(options: PrepareOptions, cacheBytes: number) {
  const half = { maxBytes: Math.ceil(cacheBytes / 2) };
  const validCache = createOperationCache<ValidOperation>({ ...half, sizeOf: ({ sizeBytes }) => sizeBytes });
  const plannedCache = createOperationCache<PlannedOperation>({ ...half, sizeOf: ({ sizeBytes }) => sizeBytes });
  const idOfDocument = numbering<DocumentNode>();
  const idOfOperation = numbering<ValidOperation>();

  /** A document without text is known by its identity. */
  function keyOf({ query, document, operationName }: OperationRequest): string {
    const name = operationName ? `${operationName.length}:${operationName}` : "";
    return query === undefined && document ? `${name}#${idOfDocument(document)}` : `${name} ${query ?? ""}`;
  }

  return {
    /** @throws OperationRefused */
    async start(request: ExecuteRequest): Promise<StartedOperation> {
      const valid = await validCache.get(keyOf(request), () => validateOperation(request, options));
      const definitions = valid.operation.variableDefinitions ?? [];
      const { coerced, errors } = getVariableValues(options.schema, definitions, request.variables ?? {});
      if (errors) {
        for (const error of errors) error.extensions["code"] ??= "BAD_USER_INPUT";
        throw new OperationRefused(errors);
      }
      const conditions = conditionValues(valid.conditionNames, coerced);
      const key = `${idOfOperation(valid)}${valid.conditionNames.map((name) => (conditions[name] ? "+" : "-")).join("")}`;
      const planned = await plannedCache.get(key, () => planOperation(valid, conditions, options));
      return { valid, planned, variables: coerced };
    },
    clear() {
      validCache.clear();
      plannedCache.clear();
    },
  };
}

/** Gives each object a number of its own, for as long as the object lives. */
function numbering<T extends object>(): (object: T) => number {
  const numbers = new WeakMap<T, number>();
  let last = 0;
  return (object) => {
    const known = numbers.get(object);
    if (known !== undefined) return known;
    numbers.set(object, ++last);
    return last;
  };
}
