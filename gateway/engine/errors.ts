import { GraphQLError } from "graphql";

/** Codes the engine itself gives; a subgraph's own plain code is passed on beside these. */
export type EngineErrorCode =
  | "BAD_USER_INPUT"
  | "DEADLINE_EXCEEDED"
  | "DEFER_NOT_SUPPORTED"
  | "GRAPHQL_PARSE_FAILED"
  | "GRAPHQL_VALIDATION_FAILED"
  | "INTERNAL_SERVER_ERROR"
  | "OPERATION_RESOLUTION_FAILURE"
  | "QUERY_PLANNING_FAILED"
  | "RESPONSE_TOO_LARGE"
  | "STREAM_NOT_SUPPORTED"
  | "SUBGRAPH_ERROR"
  | "SUBGRAPH_UNAVAILABLE"
  | "SUBSCRIPTION_ENDED"
  | "SUBSCRIPTION_NOT_SUPPORTED"
  | "SUBSCRIPTION_TOO_SLOW"
  | "TOO_MANY_CONDITIONS";

export type ErrorPath = readonly (string | number)[];

/** What went wrong at a subgraph, before it is known at which places of the client's answer it shows. */
export type Fault = {
  readonly message: string;
  readonly code: string;
  /** The subgraph, where one is to blame. */
  readonly service?: string;
  /** For the log only: it never leaves the process. */
  readonly cause?: unknown;
};

/** Thrown while an operation is prepared; carries everything a client is told. */
export class OperationRefused extends Error {
  override readonly name = "OperationRefused";
  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors[0]?.message ?? "The operation was refused.");
  }
}

export function engineError(code: EngineErrorCode, message: string, cause?: unknown): GraphQLError {
  return new GraphQLError(message, { extensions: { code }, originalError: cause instanceof Error ? cause : null });
}

export function faultError(fault: Fault, path: ErrorPath | undefined): GraphQLError {
  return new GraphQLError(fault.message, {
    ...(path === undefined ? {} : { path }),
    extensions: { code: fault.code, ...(fault.service === undefined ? {} : { service: fault.service }) },
    originalError: fault.cause instanceof Error ? fault.cause : null,
  });
}

/** An answer, or all answers of one operation, came to more than may be held; the message says what was done. */
export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
}

/** Why a run is aborted whose time is over; its name is the one that `AbortSignal.timeout` gives. */
export class DeadlinePassed extends DOMException {
  constructor() {
    super("The deadline of the request has passed.", "TimeoutError");
  }
}

/** The fault of a call that brought nothing usable. */
export function unavailable(service: string, cause: unknown): Fault {
  if (cause instanceof AnswerTooLarge) {
    const message = `Subgraph "${service}" ${cause.message}: ask for fewer rows or fewer fields.`;
    return { message, code: "RESPONSE_TOO_LARGE", service, cause };
  }
  if (cause instanceof DeadlinePassed) {
    const message = `The time of the request was over before subgraph "${service}" had answered.`;
    return { message, code: "DEADLINE_EXCEEDED", service, cause };
  }
  return { message: `Subgraph "${service}" did not answer.`, code: "SUBGRAPH_UNAVAILABLE", service, cause };
}

const PLAIN_CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * A subgraph that could not read our own query is our fault, and its text would quote that query; so it is with codes
 * that only a gateway gives, whose text clients are shown.
 */
const NOT_A_SUBGRAPHS =
  /^(GRAPHQL_|PERSISTED_QUERY_|OPERATION_RESOLUTION_FAILURE$|BAD_REQUEST$|QUERY_PLANNING_|RESPONSE_TOO_LARGE$|SUBSCRIPTION_|TOO_MANY_CONDITIONS$|[A-Z]+_NOT_SUPPORTED$)/;

/** Turns one entry of a subgraph's `errors` into a fault; the entry is untrusted and may be anything. */
export function faultOf(entry: unknown, service: string): Fault {
  const { message, extensions } = (entry ?? {}) as { message?: unknown; extensions?: { code?: unknown } | null };
  const code = extensions?.code;
  if (typeof code === "string" && NOT_A_SUBGRAPHS.test(code)) {
    return {
      message: `Subgraph "${service}" refused the query.`,
      code: "SUBGRAPH_ERROR",
      service,
      cause: new Error(String(message)),
    };
  }
  return {
    message: typeof message === "string" ? message : `Subgraph "${service}" reported an error.`,
    code: typeof code === "string" && PLAIN_CODE.test(code) ? code : "SUBGRAPH_ERROR",
    service,
  };
}

/** The path of a subgraph's error, or undefined where it has none that can be followed. */
export function pathOf(entry: unknown): ErrorPath | undefined {
  const path = (entry as { path?: unknown } | null)?.path;
  if (!Array.isArray(path) || path.length === 0) return undefined;
  return path.every((key) => typeof key === "string" || typeof key === "number") ? path : undefined;
}
