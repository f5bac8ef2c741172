import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Stops the server; what is unfinished after `maxMs` is cut off. */
export type Drain = (maxMs: number) => Promise<void>;

/** A connection whose answer went out before the drain began falls idle without an event that says so. */
const IDLE_CHECK_MS = 100;

/**
 * Makes a server that can stop without cutting anyone off: it takes no new connection, tells clients to close theirs,
 * and waits for the answers under way. Call it before the first request.
 */
export function createDrain(server: Server): Drain {
  /*
   * By connection, of which few come and go. A set that took each answer in and let it go would outgrow its tables all the
   * time, and of those the first to outlive a collection of the young generation keeps the next, and so on, with the
   * answers in them, until the whole heap is looked through.
   */
  const latest = new Map<Socket, ServerResponse | undefined>();
  let isDraining = false;
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (isDraining) response.setHeader("connection", "close");
    if (!latest.has(socket)) socket.once("close", () => latest.delete(socket));
    latest.set(socket, response);
    response.on("close", forget);
  });
  /** One for all answers: one for each would hold its answer. */
  function forget(this: ServerResponse): void {
    if (latest.get(this.req.socket) === this) latest.set(this.req.socket, undefined);
  }
  return async (maxMs) => {
    isDraining = true;
    for (const response of latest.values()) {
      if (response && !response.headersSent) response.setHeader("connection", "close");
    }
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    const deadline = setTimeout(() => server.closeAllConnections(), maxMs);
    await closed;
    clearInterval(idleCheck);
    clearTimeout(deadline);
  };
}
