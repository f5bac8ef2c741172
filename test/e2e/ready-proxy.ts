import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type ReadyProxy = {
  readonly url: string;
  /** Sends requests to it as soon as it says that it is ready. */
  add(url: string): void;
  remove(url: string): void;
  /** The servers that get requests now. */
  ready(): readonly string[];
  close(): Promise<void>;
};

const LOOK_MS = 200;

/**
 * The least that a load balancer does: it asks each server now and then whether it is ready, hands requests to those
 * that are in turn, keeps connections open, and tries nothing twice. What a server does wrong reaches the client.
 */
export async function startReadyProxy(): Promise<ReadyProxy> {
  const agent = new Agent({ keepAlive: true });
  const known = new Map<string, boolean>();
  const ready = () => [...known].filter(([, isReady]) => isReady).map(([url]) => url);
  const looking = setInterval(() => {
    for (const url of known.keys()) {
      isReady(url).then((now) => known.has(url) && known.set(url, now));
    }
  }, LOOK_MS);
  let turn = 0;
  const server = createServer((request, response) => {
    const candidates = ready();
    const target = candidates[turn++ % Math.max(1, candidates.length)];
    if (target === undefined) response.writeHead(502).end("no server is ready");
    else forward(target, request, response, agent);
  });
  // Clients close what they no longer need; a proxy that does so at the moment they use it again loses their request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (url) => known.set(url, false),
    remove: (url) => known.delete(url),
    ready,
    close: () =>
      new Promise((resolve) => {
        clearInterval(looking);
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) });
    return status === 200;
  } catch {
    return false;
  }
}

function forward(target: string, request: IncomingMessage, response: ServerResponse, agent: Agent): void {
  const { method, url, headers } = request;
  const passed = ask(`${target}${url}`, { method, headers, agent }, (answer) => {
    // Connections of either side are its own.
    const { connection: _, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, kept);
    answer.pipe(response);
  });
  passed.once("error", (error) => {
    if (!response.headersSent) response.writeHead(502).end(`${target}: ${error.message}`);
    else response.destroy();
  });
  request.pipe(passed);
}
