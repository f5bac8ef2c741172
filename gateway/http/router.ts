import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError, ERRORS } from "../../subgraphs/shared/errors.ts";
import type { Log } from "../../subgraphs/shared/log.ts";
import { continueTrace, inSpan } from "../../subgraphs/shared/trace.ts";
import { answerError } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { openExchange } from "./exchange.ts";

export type Handler = (exchange: Exchange) => Promise<void> | void;

/** Handlers by path, then by method. A GET handler also answers HEAD. */
export type Routes = ReadonlyMap<string, Readonly<Partial<Record<"GET" | "POST", Handler>>>>;

/**
 * Gives each request to its handler; what a handler throws becomes the answer.
 * @param page answers a browser that opens any other path
 */
export function createRouter(
  routes: Routes,
  log: Log,
  page?: Handler,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const exchange = openExchange(request, response, log);
    response.setHeader("x-request-id", exchange.requestId);
    const known = routeOf(routes, exchange.path) ?? UNKNOWN;
    if (log.isLevelEnabled("debug")) logOutcome(exchange, known);
    traced(exchange, known, () => handle(routes, exchange, page).catch((error: unknown) => refuse(exchange, error)));
  };
}

/** The route of a path: its own, or the one that has `:id` for its last part. */
function routeOf(routes: Routes, path: string): string | undefined {
  if (routes.has(path)) return path;
  const withId = path.replace(/[^/]+$/, ":id");
  return routes.has(withId) ? withId : undefined;
}

/** A path that is none of ours may hold anything, and there is no end to them. */
const UNKNOWN = "unknown";

/** Probes come every second and tell nothing. */
const UNTRACED: ReadonlySet<string> = new Set(["/live", "/ready"]);

function traced({ request, response }: Exchange, path: string, work: () => Promise<void>): Promise<void> {
  if (UNTRACED.has(path)) return work();
  const { traceparent } = request.headers;
  return continueTrace(typeof traceparent === "string" ? traceparent : undefined, () =>
    inSpan(`${request.method} request`, { kind: "server" }, async (span) => {
      await work();
      span?.setAttributes({ "url.path": path, "http.response.status_code": response.statusCode });
    }),
  );
}

async function handle(routes: Routes, exchange: Exchange, page: Handler | undefined): Promise<void> {
  const { request, response, path } = exchange;
  const route = routes.get(routeOf(routes, path) ?? UNKNOWN);
  if (!route && page && isNavigation(request)) return page(exchange);
  if (!route) throw new AppError("NOT_FOUND", "There is nothing at this path: check the address.");
  const handler = handlerOf(route, request.method);
  if (handler) return handler(exchange);
  response.setHeader("allow", Object.keys(route).join(", "));
  throw new AppError("METHOD_NOT_ALLOWED", `This path takes ${Object.keys(route).join(" or ")} only: use that.`);
}

/** Whoever opens an address, and not a program that missed its path. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && headers.accept?.includes("text/html") === true;
}

function handlerOf({ GET, POST }: { GET?: Handler; POST?: Handler }, method: string | undefined): Handler | undefined {
  if (method === "POST") return POST;
  return method === "GET" || method === "HEAD" ? GET : undefined;
}

/** Answers with an error of our table as it stands; any other is only in the log, under the id that the answer has. */
function refuse({ response, log }: Exchange, error: unknown): void {
  const code = error instanceof AppError ? error.code : "INTERNAL_ERROR";
  if (error instanceof AppError && ERRORS[code].status < 500) {
    log.info({ code }, error.message);
    const challenge = code === "UNAUTHENTICATED" ? { "www-authenticate": "Bearer" } : undefined;
    answerError(response, { code, message: error.message }, challenge);
  } else {
    const errorId = randomUUID();
    log.error({ errorId, code, err: error }, "a request failed");
    answerError(response, { code, message: ERRORS[code].message, errorId });
  }
}

function logOutcome({ request, response, log }: Exchange, path: string): void {
  const startedAt = performance.now();
  response.once("close", () => {
    const ms = Math.round(performance.now() - startedAt);
    const isWhole = response.writableFinished;
    log.debug({ method: request.method, path, status: response.statusCode, ms, isWhole }, "request");
  });
}
