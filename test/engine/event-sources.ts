import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ExecutionResult, GraphQLFormattedError, GraphQLSchema } from "graphql";
import { GraphQLError } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { SubgraphCaller } from "../../gateway/engine/subgraph.ts";

type Asked = {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
};

/** A subgraph whose subscription the test feeds by hand. */
export type EventSource = {
  /** Where the engine finds it: at an address, or in the same process. */
  readonly url?: string;
  readonly subscribe?: SubgraphCaller["subscribe"];
  /** What it was asked, once it was. */
  readonly asked: Promise<Asked>;
  send(answer: object): void;
  complete(): void;
  /** Ends without a word. */
  break(): void;
  /** Resolves when the engine has left. */
  readonly left: Promise<void>;
  close(): void;
};

export const EVENT_SOURCES = {
  "in the same process": async () => inProcess(),
  "over server-sent events": overHttp,
  "over graphql-ws": overSocket,
} satisfies Record<string, (schema: GraphQLSchema) => Promise<EventSource>>;

function inProcess(): EventSource {
  const queue = createQueue();
  const { promise: asked, resolve } = withResolvers<Asked>();
  return {
    ...queue,
    asked,
    subscribe({ query, variables, headers }) {
      resolve({ query, variables, headers });
      return queue.items;
    },
    break: () => queue.fail(new Error("connect ECONNREFUSED 10.0.0.7")),
    close() {},
  };
}

/** graphql-sse's distinct connections, as its protocol has them. */
async function overHttp(): Promise<EventSource> {
  const { promise: asked, resolve } = withResolvers<Asked>();
  const { promise: left, resolve: leave } = withResolvers<void>();
  let stream: ServerResponse | undefined;
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await text(request));
    stream = response;
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).write(":\n\n");
    response.on("close", () => leave());
    resolve({ query, variables, headers: request.headers });
  });
  return {
    url: await listen(server, "http"),
    asked,
    left,
    send: (answer) => stream?.write(`event: next\ndata: ${JSON.stringify(answer)}\n\n`),
    complete: () => stream?.end("event: complete\ndata:\n\n"),
    break: () => stream?.destroy(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function overSocket(schema: GraphQLSchema): Promise<EventSource> {
  const queue = createQueue();
  const { promise: asked, resolve } = withResolvers<Asked>();
  const { promise: left, resolve: leave } = withResolvers<void>();
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  useServer(
    {
      schema,
      onSubscribe: ({ extra }, _, { query, variables }) => {
        resolve({ query, variables, headers: extra.request.headers });
      },
      subscribe: () => queue.items as AsyncIterableIterator<ExecutionResult>,
    },
    sockets,
  );
  sockets.on("connection", (socket) => socket.on("close", () => leave()));
  return {
    ...queue,
    // The server serializes errors of graphql's own class only.
    send: ({ errors, ...answer }: { errors?: readonly GraphQLFormattedError[] }) =>
      queue.send({ ...answer, ...(errors && { errors: errors.map(toError) }) }),
    url: await listen(server, "ws"),
    asked,
    left,
    break() {
      for (const socket of sockets.clients) socket.terminate();
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

function toError({ message, path, extensions }: GraphQLFormattedError): GraphQLError {
  return new GraphQLError(message, { ...(path && { path }), ...(extensions && { extensions }) });
}

async function listen(server: ReturnType<typeof createServer>, protocol: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

/** An async iterator that a test fills; `left` resolves when its reader returns. */
function createQueue() {
  const { promise: left, resolve: leave } = withResolvers<void>();
  const waiting: Promise<IteratorResult<object>>[] = [];
  let next = withResolvers<IteratorResult<object>>();
  waiting.push(next.promise);
  const add = (settle: (slot: typeof next) => void) => {
    const slot = next;
    next = withResolvers();
    waiting.push(next.promise);
    settle(slot);
  };
  const items: AsyncIterableIterator<object> = {
    next: () => waiting.shift() ?? Promise.resolve({ done: true, value: undefined }),
    async return() {
      leave();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return {
    items,
    left,
    send: (answer: object) => add(({ resolve }) => resolve({ done: false, value: answer })),
    complete: () => add(({ resolve }) => resolve({ done: true, value: undefined })),
    fail: (error: Error) => add(({ reject }) => reject(error)),
  };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (cause: Error) => void } {
  let resolve: (value: T) => void = () => {};
  let reject: (cause: Error) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
