import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { AcceptSocket } from "./accept-sockets.ts";

export type UpgradeOptions = {
  /** The one path that takes sockets. */
  readonly path: string;
  readonly accept: AcceptSocket;
  /** Origins whose pages may open one beside our own, as a browser writes them. */
  readonly origins: readonly string[];
};

/** Gives the server's WebSocket requests to `accept`; what else would be upgraded is answered as plain HTTP. */
export function acceptUpgrades(server: Server, { path, accept, origins }: UpgradeOptions): void {
  const allowed = new Set(origins);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return asPlainHttp(server, request, socket, head);
    if (request.url?.replace(/\?.*$/s, "") !== path) return refuse(socket, "404 Not Found");
    // A page of another origin has no token to show, but it should not hold a connection either.
    if (!isOriginAllowed(request, allowed)) return refuse(socket, "403 Forbidden");
    accept(request, socket, head);
  });
}

function isOriginAllowed({ headers: { origin, host } }: IncomingMessage, allowed: ReadonlySet<string>): boolean {
  if (origin === undefined || allowed.has(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/**
 * A server may ignore an upgrade, and some clients offer one with every request (Java's offers HTTP/2). Node has let go
 * of such a connection by now: it gets it back, with the request as it was but for the offer.
 */
function asPlainHttp(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!OFFER.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[index + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}

const OFFER: ReadonlySet<string> = new Set(["upgrade", "connection", "http2-settings"]);
