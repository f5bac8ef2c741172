import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { AppError, ERRORS } from "../errors.ts";
import { randomId } from "../ids.ts";
import type { Log } from "../log.ts";

/**
 * What a caller may know of a failure: our own errors as they are, the caller's own mistakes as graphql-js words them,
 * and of anything else only an id that finds it in the log. No SQL, no stack, no address leaves.
 */
export function formatErrors(errors: readonly GraphQLError[], log: Log): GraphQLFormattedError[] {
  const idsByCause = new Map<unknown, string>();
  return errors.map((error) => {
    const { locations, path, originalError } = error;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    if (!originalError) return { message: error.message, ...place, extensions: { code: codeOfRequest(error) } };
    const cause = knownFailure(originalError);
    if (cause instanceof AppError && cause.code !== "INTERNAL_ERROR") {
      if (ERRORS[cause.code].status >= 500) log.error({ err: originalError, path }, "an operation met a failure");
      // Without a path it is about a variable, and only graphql-js says which.
      const message = path ? cause.message : error.message;
      return { message, ...place, extensions: { code: cause.code } };
    }
    // One broken query fails many fields; one line and one id for all of them.
    const errorId = idsByCause.get(originalError) ?? randomId("err");
    if (!idsByCause.has(originalError)) log.error({ err: originalError, path, errorId }, "a resolver failed");
    idsByCause.set(originalError, errorId);
    return { message: ERRORS.INTERNAL_ERROR.message, ...place, extensions: { code: "INTERNAL_ERROR", errorId } };
  });
}

/** An error before or after resolvers ran: no token, a commit that failed. */
export function formatFailure(failure: unknown, log: Log): GraphQLFormattedError[] {
  const originalError = failure instanceof Error ? failure : new Error(String(failure));
  const known = knownFailure(originalError);
  return formatErrors([new GraphQLError(known.message, { originalError: known })], log);
}

/** Mistakes in the request that graphql-js found itself; the codes are those Apollo Server gives them. */
function codeOfRequest(error: GraphQLError): string {
  const code = error.extensions["code"];
  return typeof code === "string" ? code : "BAD_USER_INPUT";
}

function knownFailure(error: Error): Error {
  if (error instanceof AppError || !isUnavailable(error)) return error;
  return new AppError("DATABASE_UNAVAILABLE", ERRORS.DATABASE_UNAVAILABLE.message, { cause: error });
}

/** SQLSTATE classes: 08 connection, 53 no resources, 57P shutdown; and what Node and the pool say of a dead socket. */
function isUnavailable(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  return (
    /^(08...|53...|57P..|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  );
}
