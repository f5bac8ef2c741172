import type { GraphQLError, GraphQLFormattedError } from "graphql";
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
    // Without a path no resolver ran: it is about the document or a variable, and only graphql-js says which.
    if (!path) return { message: error.message, ...place, extensions: { code: codeOfRequest(error) } };
    return { ...shown(originalError ?? error, path, log, idsByCause), ...place };
  });
}

/** An error before or after resolvers ran: no token, a commit that failed. */
export function formatFailure(failure: unknown, log: Log): GraphQLFormattedError[] {
  return [shown(failure instanceof Error ? failure : new Error(String(failure)), undefined, log, new Map())];
}

type Path = readonly (string | number)[] | undefined;

/** One broken query fails many fields; `idsByCause` keeps it to one line of the log and one id for all of them. */
function shown(failure: Error, path: Path, log: Log, idsByCause: Map<unknown, string>): GraphQLFormattedError {
  const cause = knownFailure(failure);
  if (cause instanceof AppError && cause.code !== "INTERNAL_ERROR") {
    if (ERRORS[cause.code].status >= 500) log.error({ err: failure, path }, "an operation met a failure");
    return { message: cause.message, extensions: { code: cause.code } };
  }
  const errorId = idsByCause.get(failure) ?? randomId("err");
  if (!idsByCause.has(failure)) log.error({ err: failure, path, errorId }, "a resolver failed");
  idsByCause.set(failure, errorId);
  return { message: ERRORS.INTERNAL_ERROR.message, extensions: { code: "INTERNAL_ERROR", errorId } };
}

/** The codes are those Apollo Server gives; a scalar of ours that refused a value says its own. */
function codeOfRequest({ extensions, originalError }: GraphQLError): string {
  if (originalError instanceof AppError) return originalError.code;
  const code = extensions["code"];
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
