import { type Client, type ClientOptions, createClient, type SubscribePayload } from "graphql-ws";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

export type Told =
  | { readonly next: unknown }
  | { readonly errors: unknown }
  | { readonly closed: { readonly code: number; readonly reason: string } }
  | { readonly complete: true };

export type SocketClient = {
  readonly client: Client;
  /** Starts an operation. What comes of it is in `told`; `stop` gives it up. */
  start(payload: SubscribePayload | object): { readonly told: readonly Told[]; readonly stop: () => void };
  /** All that comes of an operation that ends. */
  run(payload: SubscribePayload | object): Promise<readonly Told[]>;
};

/** A graphql-ws client in front of a gateway; it connects with its first operation and once only. */
export function socketClient(url: string, options: Partial<ClientOptions> = {}): SocketClient {
  const client = createClient({
    url: `${url.replace(/^http/, "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: "Bearer good" },
    retryAttempts: 0,
    // Between two operations a closed socket is nobody's error.
    onNonLazyError: () => undefined,
    ...options,
  });
  onTestFinished(() => client.dispose());
  const open = (payload: object, done: () => void) => {
    const told: Told[] = [];
    const stop = client.subscribe(payload as SubscribePayload, {
      next: (value) => told.push({ next: value }),
      error: (error) => {
        told.push(Array.isArray(error) ? { errors: error } : { closed: closeOf(error) });
        done();
      },
      complete: () => {
        told.push({ complete: true });
        done();
      },
    });
    return { told, stop };
  };
  return {
    client,
    start: (payload) => open(payload, () => undefined),
    run: (payload) =>
      new Promise((resolve) => {
        const { told } = open(payload, () => resolve(told));
      }),
  };
}

function closeOf(error: unknown): { code: number; reason: string } {
  const { code, reason } = error as { code: number; reason: string };
  return { code, reason };
}
