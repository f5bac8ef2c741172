import { GraphQLError } from "graphql";
import type { ErrorCode } from "../../subgraphs/shared/errors.ts";

/** Refuses a request of a caller whose budget is spent; `extensions.retryAfter` is in whole seconds. */
export function rateLimited(waitMs: number): GraphQLError {
  const code: ErrorCode = "RATE_LIMITED";
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1_000));
  const message = `Your requests of the last minutes cost more than one user may spend: wait ${retryAfter} s.`;
  return new GraphQLError(message, { extensions: { code, retryAfter } });
}
