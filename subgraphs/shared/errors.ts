type ErrorEntry = {
  /** The HTTP status of a response whose only fault this is. */
  readonly status: number;
  /** What it means and what to do, in one sentence that is safe to show to any caller. */
  readonly message: string;
  /** True when the same call may succeed later without a change by the caller; a job with any other code is not retried. */
  readonly retry: boolean;
};

/** Every error code that leaves this program, alphabetical. */
export const ERRORS = {
  BAD_CONFIGURATION: {
    status: 500,
    message: "The settings of this process are not usable: correct the environment variables named in the message.",
    retry: false,
  },
  COMPOSITION_FAILED: {
    status: 500,
    message: "The subgraph schemas do not form one graph: correct the types named in the message.",
    retry: false,
  },
  CONFLICT: {
    status: 409,
    message: "Someone else changed this first: read it again and decide anew.",
    retry: false,
  },
  CURRENCY_MISMATCH: {
    status: 400,
    message: "Amounts of two currencies cannot be added or compared: keep them apart or convert one first.",
    retry: false,
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    message: "The database does not answer: try again shortly.",
    retry: true,
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    message: "The answer was not ready in the time that the caller gave: ask for less, or try again.",
    retry: true,
  },
  DEFER_NOT_SUPPORTED: {
    status: 400,
    message: "Answers in parts are not served: ask without @defer, for the whole answer at once.",
    retry: false,
  },
  FILE_REJECTED: {
    status: 422,
    message: "The settlement file was not taken and left no row: correct it as the message says and send it again.",
    retry: false,
  },
  FORBIDDEN: {
    status: 403,
    message: "Your role or merchant does not allow this: ask the merchant's administrator for access.",
    retry: false,
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    message: "This idempotency key was used for a different request: send a new key.",
    retry: false,
  },
  INTERNAL_ERROR: {
    status: 500,
    message: "Something failed on our side: try again, and report the request id if it persists.",
    retry: true,
  },
  INTROSPECTION_DISABLED: {
    status: 400,
    message: "Introspection is off here: ask the operator for the schema as a file.",
    retry: false,
  },
  INVALID_AMOUNT: {
    status: 400,
    message: "The amount is not a decimal number its currency can hold: write it as the message says.",
    retry: false,
  },
  INVALID_CURSOR: {
    status: 400,
    message: "The cursor is not one we gave for this list: start again from the first page.",
    retry: false,
  },
  INVALID_INPUT: {
    status: 400,
    message: "A value is not acceptable: correct the one named in the message.",
    retry: false,
  },
  LEASE_LOST: {
    status: 409,
    message: "Another worker took over this run, so nothing was written: let that worker finish.",
    retry: false,
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: "This path does not take this method: use one that the Allow header names.",
    retry: false,
  },
  MIGRATIONS_PENDING: {
    status: 503,
    message: "The database is older than this program: run `concord migrate`, then start again.",
    retry: true,
  },
  NOT_FOUND: {
    status: 404,
    message: "There is nothing by this id that you may see: check the id and the merchant.",
    retry: false,
  },
  NO_ADAPTER: {
    status: 422,
    message: "No adapter reads this file: check the provider, or add an adapter for its format.",
    retry: false,
  },
  OPERATION_NOT_ALLOWED: {
    status: 400,
    message: "This document is not one that was registered here: send the id of one that was.",
    retry: false,
  },
  OPERATION_TOO_LARGE: {
    status: 400,
    message: "The operation asks for more than one request may: ask for fewer fields, less deep.",
    retry: false,
  },
  OVERLOADED: {
    status: 503,
    message: "More is asked of this gateway than it can answer in time: try again as late as Retry-After says.",
    retry: true,
  },
  PLATFORM_UNSUPPORTED: {
    status: 500,
    message: "The built-in PostgreSQL does not run on this system: set DATABASE_URL to a server of your own.",
    retry: false,
  },
  PROGRESSIVE_OVERRIDE_NOT_SUPPORTED: {
    status: 500,
    message:
      "The supergraph hands a field over step by step, which is not served: remove the label of the @override named in the message.",
    retry: false,
  },
  PROVIDER_UNAVAILABLE: {
    status: 503,
    message: "A provider's API does not answer as it should: nothing is lost, it is asked again later.",
    retry: true,
  },
  QUERY_PLANNING_FAILED: {
    status: 500,
    message: "No plan answers this operation: try again, and report the request id if it persists.",
    retry: true,
  },
  QUEUE_UNAVAILABLE: {
    status: 503,
    message: "The job queue does not answer: nothing is lost, the work is queued again within a minute.",
    retry: true,
  },
  RATE_LIMITED: {
    status: 429,
    message: "You asked for more than one user may in this time: wait as long as Retry-After says.",
    retry: true,
  },
  REQUEST_TIMEOUT: {
    status: 408,
    message: "The request did not arrive in time: send it again, without pauses.",
    retry: true,
  },
  RESPONSE_TOO_LARGE: {
    status: 422,
    message: "The answer is larger than one request may fetch: ask for fewer rows or fewer fields.",
    retry: false,
  },
  STORAGE_FULL: {
    status: 507,
    message: "There is no room to keep the file, and nothing of it was kept: send it again once there is.",
    retry: true,
  },
  STREAM_NOT_SUPPORTED: {
    status: 400,
    message: "Lists in parts are not served: ask without @stream, page by page.",
    retry: false,
  },
  SUBGRAPH_ERROR: {
    status: 502,
    message: "A part of the graph answered with a fault: try again, and report the request id if it persists.",
    retry: true,
  },
  SUBGRAPH_UNAVAILABLE: {
    status: 503,
    message: "A part of the graph does not answer: try again shortly.",
    retry: true,
  },
  SUBSCRIPTION_ENDED: {
    status: 503,
    message: "The gateway stopped or its graph was replaced: subscribe again.",
    retry: true,
  },
  SUBSCRIPTION_NOT_SUPPORTED: {
    status: 400,
    message: "Subscriptions are not served here: ask again with a query, or over a transport that carries them.",
    retry: false,
  },
  SUBSCRIPTION_TOO_SLOW: {
    status: 429,
    message: "Events came faster than they were read: subscribe again with a narrower filter, and read as they come.",
    retry: false,
  },
  TOO_LARGE: {
    status: 413,
    message: "The request or the file is larger than we take: send less, or split the file.",
    retry: false,
  },
  TOO_MANY_CONDITIONS: {
    status: 400,
    message: "The operation depends on more @skip and @include variables than we plan for: use fewer, or split it.",
    retry: false,
  },
  TOO_MANY_STREAMS: {
    status: 429,
    message: "As many streams of yours are open as one user may have: close one first.",
    retry: true,
  },
  UNAUTHENTICATED: {
    status: 401,
    message: "The access token is missing, expired or not ours: sign in again.",
    retry: false,
  },
  UNKNOWN_CURRENCY: {
    status: 400,
    message: "The currency is not in our ISO 4217 table: use its three-letter code.",
    retry: false,
  },
  UNKNOWN_ZONE: {
    status: 400,
    message: "The time zone is not known: use an IANA name such as Europe/Amsterdam.",
    retry: false,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: "The body is not of a kind that this path reads: send the content type named in the message.",
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** A failure with a code from the one table; `message` states the fact, the value and what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "AppError";
    this.code = code;
  }
}
