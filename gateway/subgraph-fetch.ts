import { parse } from "graphql";
import type { Log } from "../subgraphs/shared/log.ts";
import {
  type CallSettings,
  createSubgraphClient,
  type SignCall,
  type SubgraphClient,
} from "./calls/subgraph-client.ts";
import type { SubgraphFetch } from "./engine/subgraph.ts";
import { readSupergraph } from "./engine/supergraph.ts";

export type SubgraphFetchOptions = {
  /** The name of the subgraph with this routing URL; each has a URL of its own. */
  readonly nameOf: (url: string) => string | undefined;
  /** Calls go out unsigned when left out. */
  readonly sign?: SignCall | undefined;
  readonly settings?: Partial<CallSettings> | undefined;
  readonly log: Log;
};

const SETTINGS: CallSettings = {
  connections: 64,
  waiting: 256,
  connectTimeoutMs: 1_000,
  slowMs: 1_000,
  mostRetries: 2,
  retryShare: 0.1,
  retryReserve: 10,
  failuresInRow: 5,
  failureRate: 0.5,
  leastCalls: 20,
  windowMs: 10_000,
  pauseMs: 5_000,
};

/** Calls subgraphs over kept-alive connections. Follows no redirect: a token must not go where we did not send it. */
export function createSubgraphFetch(options: SubgraphFetchOptions): {
  readonly fetch: SubgraphFetch;
  close(): Promise<void>;
} {
  const { nameOf, sign, log } = options;
  const settings = { ...SETTINGS, ...options.settings };
  /** By subgraph and origin, and by the URLs that were asked for. */
  const clients = new Map<string, SubgraphClient>();
  const byUrl = new Map<string, SubgraphClient>();

  function clientFor(url: string): SubgraphClient {
    const subgraph = nameOf(url);
    if (subgraph === undefined) throw new Error(`no subgraph of the supergraph has the URL ${url}`);
    const { origin } = new URL(url);
    const key = `${subgraph} ${origin}`;
    const client = clients.get(key) ?? createSubgraphClient({ subgraph, origin, settings, sign, log });
    clients.set(key, client);
    byUrl.set(url, client);
    return client;
  }

  return {
    fetch: (url, init) => (byUrl.get(url) ?? clientFor(url)).fetch(url, init),
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

/** The subgraphs of a supergraph by routing URL, for `nameOf`. */
export function namesByUrl(supergraphSdl: string): ReadonlyMap<string, string> {
  const { routingUrls } = readSupergraph(parse(supergraphSdl, { noLocation: true }));
  return new Map([...routingUrls].map(([name, url]) => [url, name]));
}
