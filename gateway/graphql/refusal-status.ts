import type { GraphQLFormattedError } from "graphql";
import { ERRORS } from "../../subgraphs/shared/errors.ts";
import type { Log } from "../../subgraphs/shared/log.ts";

/** The HTTP head of an answer without `data`. */
export type RefusalHead = { readonly status: number; readonly headers: Readonly<Record<string, string>> };

type Refused = {
  readonly error: GraphQLFormattedError | undefined;
  /** The client's Accept header. */
  readonly accept: string | undefined;
  /** The least status; 400 unless it is known better. */
  readonly least?: number | undefined;
  readonly userId: string | undefined;
  readonly log: Log;
};

/** Gives a refusal the status of its first error, and leaves a line in the log: many of one user are an attack. */
export function refusalHead({ error, accept, least = 400, userId, log }: Refused): RefusalHead {
  const { code, limit, retryAfter } = error?.extensions ?? {};
  const status = STATUSES.get(String(code)) ?? Math.max(400, least);
  if (status < 500) log.info({ code, limit, userId }, "an operation was refused");
  return {
    status: DOCUMENT_FAULTS.has(String(code)) && isLegacy(accept) ? 200 : status,
    headers: typeof retryAfter === "number" ? { "retry-after": String(retryAfter) } : {},
  };
}

const STATUSES = new Map<string, number>(Object.entries(ERRORS).map(([code, { status }]) => [code, status]));

/** What the client can see to be wrong with its own document or variables. */
const DOCUMENT_FAULTS = new Set(["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"]);

/**
 * GraphQL over HTTP asks for status 200 here where a client accepts the older media type alone: it cannot tell another
 * status from one that a proxy gave. Refusals of ours (a limit, a budget, introspection) keep their own all the same.
 */
function isLegacy(accept = ""): boolean {
  return accept.includes("application/json") && !accept.includes("application/graphql-response+json");
}
