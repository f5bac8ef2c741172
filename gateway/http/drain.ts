import type { Server, ServerResponse } from "node:http";

/** Stops the server; what is unfinished after `maxMs` is cut off. */
export type Drain = (maxMs: number) => Promise<void>;

/** A connection whose answer went out before the drain began falls idle without an event that says so. */
const IDLE_CHECK_MS = 100;

/**
 * Makes a server that can stop without cutting anyone off: it takes no new connection, tells clients to close theirs,
 * and waits for the answers under way. Call it before the first request.
 */
export function createDrain(server: Server): Drain {
  const open = new Set<ServerResponse>();
  let isDraining = false;
  server.prependListener("request", (_, response: ServerResponse) => {
    if (isDraining) response.setHeader("connection", "close");
    open.add(response);
    response.once("close", () => open.delete(response));
  });
  return async (maxMs) => {
    isDraining = true;
    for (const response of open) if (!response.headersSent) response.setHeader("connection", "close");
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    const deadline = setTimeout(() => server.closeAllConnections(), maxMs);
    await closed;
    clearInterval(idleCheck);
    clearTimeout(deadline);
  };
}
