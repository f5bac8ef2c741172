import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
} from "graphql";
import { DEADLINE_HEADER, followDeadline } from "./deadline.ts";
import { executeDocument } from "./execute-document.ts";
import { formatErrors, formatFailure } from "./format-errors.ts";
import { tooManyRepresentations } from "./representations.ts";
import { type OpenContext, openContext, requestIdOf, type Services } from "./request-context.ts";

export type Operation = {
  readonly operationName?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};

export type Answer = {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
};

/**
 * Runs one operation in one transaction. A mutation that failed anywhere leaves no trace, and then its answer has no
 * data either: half an answer would claim a change that was rolled back. Never rejects.
 */
export async function executeOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: Operation,
  services: Services,
): Promise<Answer> {
  const { operationName, variables, headers } = operation;
  const log = services.log.child({ requestId: requestIdOf(headers["x-request-id"]) });
  const chosen = getOperationAST(document, operationName);
  const refusal = chosen ? tooManyRepresentations(document, chosen, variables) : unknownOperation(operationName);
  if (!chosen || refusal) return { errors: formatErrors(refusal ? [refusal] : [], log) };
  const isMutation = chosen.operation === OperationTypeNode.MUTATION;
  const deadline = followDeadline(headers[DEADLINE_HEADER], operation.signal);
  const { signal, remainingMs } = deadline;
  let open: OpenContext | undefined;
  try {
    signal.throwIfAborted();
    open = await openContext(services, { headers, signal, remainingMs, isMutation });
    const { context } = open;
    const { data, errors } = await executeDocument({ schema, document, operationName, variables, context });
    const ended = open.end(errors ? "rollback" : "commit");
    // What was read is as true before it is let go; nobody has to wait for that.
    if (isMutation || errors) await ended;
    else ended.catch((error: unknown) => log.warn({ err: error }, "what a query read could not be let go"));
    const shown = isMutation && errors && data ? null : data;
    return { ...(shown !== undefined && { data: shown }), ...(errors && { errors: formatErrors(errors, log) }) };
  } catch (failure) {
    await open?.end("rollback");
    return { errors: formatFailure(failure, log) };
  } finally {
    deadline.release();
  }
}

function unknownOperation(name: string | undefined): GraphQLError {
  const message = name === undefined ? "The document must have one operation." : `There is no operation "${name}".`;
  return new GraphQLError(message, { extensions: { code: "OPERATION_RESOLUTION_FAILURE" } });
}
