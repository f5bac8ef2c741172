import { createClient } from "graphql-ws";
import type { RawData } from "ws";
import { WebSocket } from "ws";
import { AnswerTooLarge } from "./errors.ts";
import type { SubgraphRequest } from "./subgraph.ts";
import type { UpstreamOptions } from "./upstream.ts";

const PATIENCE_MS = 10_000;
const PING_EVERY_MS = 15_000;

/** Reads the events of a subgraph that serves graphql-ws: one connection for one subscription, with its headers. */
export async function followOverSocket(url: string, request: SubgraphRequest, options: UpstreamOptions): Promise<void> {
  const { signal, maxAnswerBytes, deliver } = options;
  const seen: Seen = { socket: undefined, lastBytes: 0, failure: undefined };
  let missedPong: NodeJS.Timeout | undefined;
  const client = createClient({
    url,
    webSocketImpl: socketClass(options, seen),
    retryAttempts: 0,
    connectionAckWaitTimeout: PATIENCE_MS,
    keepAlive: PING_EVERY_MS,
    on: {
      ping: (isReceived) => {
        if (!isReceived) missedPong = setTimeout(() => client.terminate(), PATIENCE_MS);
      },
      pong: () => clearTimeout(missedPong),
    },
  });
  const stop = () => client.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.subscribe(request, {
        next: (answer) => deliver(answer, seen.lastBytes),
        error: (cause) => {
          // A subgraph that refuses the subscription says so with a list of errors; anything else broke the connection.
          if (Array.isArray(cause)) {
            deliver({ errors: cause }, 0);
            resolve();
          } else reject(failureOf(cause, seen.failure, maxAnswerBytes));
        },
        complete: resolve,
      });
    });
  } finally {
    clearTimeout(missedPong);
    signal.removeEventListener("abort", stop);
    client.terminate();
    // The closing handshake may go unanswered for half a minute.
    seen.socket?.terminate();
  }
}

/** What the client library does not tell of its socket. */
type Seen = { socket: WebSocket | undefined; lastBytes: number; failure: Error | undefined };

/** The client library makes its sockets itself and knows neither headers nor sizes. */
function socketClass(
  { headers, maxAnswerBytes }: UpstreamOptions,
  seen: Seen,
): new (
  address: string,
  protocols: string,
) => WebSocket {
  return class UpstreamSocket extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, {
        headers,
        maxPayload: maxAnswerBytes,
        handshakeTimeout: PATIENCE_MS,
        perMessageDeflate: false,
      });
      seen.socket = this;
      this.on("message", (data: RawData) => {
        seen.lastBytes = Array.isArray(data) ? 0 : data.byteLength;
      });
      this.on("error", (error) => {
        seen.failure = error;
      });
    }
  };
}

function failureOf(cause: unknown, failure: Error | undefined, maxBytes: number): Error {
  if (failure && "code" in failure && failure.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") {
    return new AnswerTooLarge(`sent an event of more than ${maxBytes} bytes`);
  }
  const code = typeof cause === "object" && cause !== null && "code" in cause ? ` with code ${cause.code}` : "";
  return failure ?? new Error(`the connection was closed${code}`, { cause });
}
