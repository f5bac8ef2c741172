import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { CloseCode, handleProtocols } from "graphql-ws";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Log } from "../../subgraphs/shared/log.ts";
import { clientAddress } from "../http/trusted-proxies.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { createSocketProtocol } from "./socket-protocol.ts";

export type AcceptSocket = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export type Sockets = {
  readonly accept: AcceptSocket;
  /** Closes each socket once its queries and mutations are answered, after `maxMs` whatever is under way. */
  close(maxMs: number): Promise<void>;
};

export type SocketSettings = {
  readonly protocol: ReturnType<typeof createSocketProtocol>;
  readonly log: Log;
  /** Most bytes of one message. */
  readonly maxMessageBytes: number;
  /** How often a silent client is asked whether it lives; with no sign until the next time, it is cut off. */
  readonly heartbeatMs: number;
};

/** Serves `graphql-transport-ws` on sockets that a server hands over. */
export function createSockets({ protocol, log, maxMessageBytes, heartbeatMs }: SocketSettings): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    // A message that unfolds in memory could be larger than any limit on what arrives.
    perMessageDeflate: false,
    handleProtocols,
  });
  const connections = new Set<Connection>();

  function serve(socket: WebSocket, request: IncomingMessage): void {
    const connection = openConnection(socket, log, clientAddress(request));
    connections.add(connection);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => connection.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on("message", (data: RawData) => {
            connection.receive(String(data), handle).catch((err: unknown) => {
              log.error({ err }, "a message over a socket failed");
              socket.close(CloseCode.InternalServerError, "Internal error");
            });
          }),
      },
      { connection },
    );
    const heartbeat = setInterval(connection.beat, heartbeatMs);
    socket.once("close", (code, reason) => {
      clearInterval(heartbeat);
      connections.delete(connection);
      connection.abandon();
      closed(code, String(reason)).catch((err: unknown) => log.error({ err }, "a socket did not close well"));
    });
    // A broken frame or a reset: `close` follows, and nothing is ours to correct.
    socket.on("error", (err) => log.debug({ err, path: request.url }, "a socket broke"));
  }

  return {
    accept: (request, socket, head) => server.handleUpgrade(request, socket, head, (opened) => serve(opened, request)),
    async close(maxMs) {
      const limit = new AbortController();
      const late = delay(maxMs, undefined, { signal: limit.signal }).then(
        () => {
          for (const connection of connections) connection.terminate();
        },
        () => undefined,
      );
      await Promise.all([...connections].map((connection) => connection.closeWhenIdle()));
      limit.abort();
      await late;
      server.close();
    },
  };
}
