import { randomUUID } from "node:crypto";
import type { GraphQLFormattedError } from "graphql";
import { GraphQLError } from "graphql";
import { maskCards } from "../subgraphs/shared/card-detector.ts";
import type { ErrorCode } from "../subgraphs/shared/errors.ts";
import { ERRORS } from "../subgraphs/shared/errors.ts";
import type { Log } from "../subgraphs/shared/log.ts";

export type ErrorMask = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * Decides what a client learns of an error. A code of our table with a 4xx status, or one that says what is wrong with
 * the client's own document, keeps its message. Anything else gets a fixed text and an id; the log has the rest under
 * that id. Of the extensions only the code, the id, what our own refusals advise and, for a subgraph's failure, the
 * subgraph's name go out: it is public in the schema's documentation, and a client must know which part is missing.
 */
export function createErrorMask(log: Log): ErrorMask {
  const idOf = createErrorIds();
  return (formatted, error) => {
    const { code, service } = extensionsOf(formatted);
    if (isClientsOwn(code, service)) {
      const extensions = { code, ...(service === undefined && adviceOf(formatted)) };
      return { ...placeOf(formatted), message: plain(formatted.message), extensions };
    }
    const fixed = isOurs(code) && ERRORS[code].status >= 500 ? code : "INTERNAL_ERROR";
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const { id: errorId, isNew } = idOf(cause);
    if (isNew) {
      // Nobody waits for the answer to a client that has left, and nothing is wrong.
      const level = cause instanceof Error && cause.name === "AbortError" ? "debug" : "error";
      log[level]({ errorId, code, service, path: formatted.path, err: cause }, "an operation failed in part");
    }
    const part = fixed.startsWith("SUBGRAPH_") && service !== undefined ? { service } : {};
    return { ...placeOf(formatted), message: ERRORS[fixed].message, extensions: { code: fixed, errorId, ...part } };
  };
}

/** Codes of GraphQL itself, whose messages speak of the client's own document and variables. */
const DOCUMENT_CODES = new Set([
  "BAD_REQUEST",
  "DEFER_NOT_SUPPORTED",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "SUBSCRIPTION_NOT_SUPPORTED",
]);

function isClientsOwn(code: string, service: string | undefined): boolean {
  // A subgraph reads a document that we wrote: its document errors are ours, but a value it refuses is the client's.
  // Turned away under load it is told when to come back, and the log is not filled by those who do.
  if (DOCUMENT_CODES.has(code) || code === "OVERLOADED") return service === undefined;
  return code === "BAD_USER_INPUT" || (isOurs(code) && ERRORS[code].status < 500);
}

function isOurs(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

function extensionsOf({ extensions }: GraphQLFormattedError): { code: string; service: string | undefined } {
  const service = extensions?.["service"];
  return { code: String(extensions?.["code"]), service: typeof service === "string" ? service : undefined };
}

/** Which limit a request exceeded, and in how many seconds to try again: our own refusals say it for programs. */
function adviceOf({ extensions }: GraphQLFormattedError): Readonly<Record<string, unknown>> {
  const { limit, retryAfter } = extensions ?? {};
  return { ...(typeof limit === "string" && { limit }), ...(typeof retryAfter === "number" && { retryAfter }) };
}

function placeOf({ path, locations }: GraphQLFormattedError): Pick<GraphQLFormattedError, "path" | "locations"> {
  return { ...(path && { path }), ...(locations && { locations }) };
}

const LONGEST_MESSAGE = 500;

/**
 * Suggestions spell out a schema that introspection keeps closed; a message may quote a name as long as the body, or the
 * card number that someone gave for a value.
 */
function plain(message: string): string {
  // The parser follows a document into its depth, and may reach the end of its stack before the end of the document.
  if (message.startsWith("Maximum call stack"))
    return "The document is nested too deep to be read: send a flatter one.";
  const { text } = maskCards(message.replace(/ ?Did you mean [^?]*\?/g, ""));
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

/** One failed call shows at every place that waited for it: these share one id and one line in the log. */
function createErrorIds(): (cause: unknown) => { readonly id: string; readonly isNew: boolean } {
  const ids = new WeakMap<object, string>();
  return (cause) => {
    const known = typeof cause === "object" && cause !== null ? ids.get(cause) : undefined;
    if (known !== undefined) return { id: known, isNew: false };
    const id = randomUUID();
    if (typeof cause === "object" && cause !== null) ids.set(cause, id);
    return { id, isNew: true };
  };
}
