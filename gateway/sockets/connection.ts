import { once } from "node:events";
import type { WebSocket } from "ws";
import type { Log } from "../../subgraphs/shared/log.ts";
import type { Caller } from "../http/authenticate.ts";

/** One operation under way on a socket. */
export type OpenOperation = { readonly abort: AbortController; readonly isSubscription: boolean };

/** One client's socket: whose it is, what runs on it, and how far it is behind. */
export type Connection = {
  readonly log: Log;
  /** Where the client is, as far as this process can tell. */
  readonly address: string | undefined;
  readonly operations: Map<string, OpenOperation>;
  readonly isGone: boolean;
  /** Undefined until the client has shown its token. */
  caller: Caller | undefined;
  /** Called once, when the socket is gone. */
  release: () => void;
  /** Resolves when the text has left this process, so that a slow reader is sent no more than it reads. */
  send(text: string): Promise<void>;
  receive(text: string, handle: (text: string) => Promise<void>): Promise<void>;
  /** Cuts off a client that has given no sign of life since the last beat, and asks for the next one. */
  beat(): void;
  /** Aborts all that runs. */
  abandon(): void;
  close(code: number, reason: string): void;
  /** Closes when no query and no mutation is under way; resolves when the socket is gone. */
  closeWhenIdle(): Promise<void>;
  terminate(): void;
};

/** A client with so much unread is read no further until it has caught up. */
const MOST_UNREAD_BYTES = 1024 * 1024;

export function openConnection(socket: WebSocket, parent: Log, address: string | undefined): Connection {
  const operations = new Map<string, OpenOperation>();
  let isAlive = true;
  let isClosing = false;

  function settle(): void {
    if (!isClosing) return;
    for (const { isSubscription } of operations.values()) if (!isSubscription) return;
    // "Going away": clients connect again, and take their subscriptions along.
    socket.close(1001, "The gateway stops: connect again");
  }

  socket.on("pong", () => {
    isAlive = true;
  });

  return {
    log: parent,
    address,
    operations,
    get isGone() {
      return socket.readyState === socket.CLOSED;
    },
    caller: undefined,
    release: () => undefined,
    send: (text) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) return resolve();
        socket.send(text, (error) => {
          if (socket.isPaused && socket.bufferedAmount <= MOST_UNREAD_BYTES) socket.resume();
          if (!error) isAlive = true;
          return error && socket.readyState === socket.OPEN ? reject(error) : resolve();
        });
      }),
    async receive(text, handle) {
      isAlive = true;
      if (socket.bufferedAmount > MOST_UNREAD_BYTES) socket.pause();
      const completed = completedId(text);
      if (completed !== undefined) operations.get(completed)?.abort.abort();
      await handle(text);
      settle();
    },
    beat() {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      if (socket.readyState === socket.OPEN) socket.ping();
    },
    abandon() {
      for (const { abort } of operations.values()) abort.abort();
      this.release();
    },
    close: (code, reason) => socket.close(code, reason),
    async closeWhenIdle() {
      isClosing = true;
      if (socket.readyState === socket.CLOSED) return;
      const closed = once(socket, "close");
      settle();
      await closed;
    },
    terminate: () => socket.terminate(),
  };
}

const LONGEST_COMPLETE = 1_024;

/** The operation that a client gives up. The protocol's library tells of it only once the operation has answered. */
function completedId(text: string): string | undefined {
  if (text.length > LONGEST_COMPLETE || !text.includes('"complete"')) return undefined;
  try {
    const message = JSON.parse(text) as { readonly type?: unknown; readonly id?: unknown } | null;
    return message?.type === "complete" && typeof message.id === "string" ? message.id : undefined;
  } catch {
    return undefined;
  }
}
