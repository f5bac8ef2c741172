import type { IncomingMessage, ServerResponse } from "node:http";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const PREFLIGHT = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers":
    "authorization, content-type, apollo-require-preflight, x-request-id, x-file-name, x-show-cost, x-concord-explain, range",
  "access-control-max-age": "600",
  "content-length": "0",
};

/**
 * Lets pages of the given origins, compared as they stand, read what `listener` answers. Callers show who they are by a
 * token that a page has to add by itself, so that cookies ("credentials") are never allowed.
 */
export function allowOrigins(origins: readonly string[], listener: Listener): Listener {
  if (origins.length === 0) return listener;
  const allowed = new Set(origins);
  return (request, response) => {
    const { origin } = request.headers;
    response.appendHeader("vary", "Origin");
    if (origin === undefined || !allowed.has(origin)) return listener(request, response);
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader(
      "access-control-expose-headers",
      "x-request-id, retry-after, content-disposition, content-range, etag",
    );
    const isPreflight = request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
    if (isPreflight) response.writeHead(204, PREFLIGHT).end();
    else listener(request, response);
  };
}
