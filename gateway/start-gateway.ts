import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { createReloadableEngine } from "./engine/reloadable-engine.ts";
import type { GatewayConfig, GatewayOptions } from "./gateway-options.ts";
import { createApollo } from "./graphql/create-apollo.ts";
import { engineGateway } from "./graphql/engine-gateway.ts";
import { createEventStream } from "./graphql/event-stream.ts";
import { createOpenStreams } from "./graphql/open-streams.ts";
import { createHealth } from "./health.ts";
import { allowOrigins } from "./http/cors.ts";
import { createDrain } from "./http/drain.ts";
import { createRouter } from "./http/router.ts";
import { trustProxies } from "./http/trusted-proxies.ts";
import { withUsualHeaders } from "./http/usual-headers.ts";
import { createLimits } from "./limits/limits.ts";
import { createMetrics } from "./metrics/create-metrics.ts";
import { serveMetrics } from "./metrics/metrics-server.ts";
import { openEngine } from "./open-engine.ts";
import { createAdmission } from "./overload/admission.ts";
import { createReload } from "./reload.ts";
import { createRoutes } from "./routes.ts";
import { createSockets } from "./sockets/accept-sockets.ts";
import { createSocketProtocol } from "./sockets/socket-protocol.ts";
import { acceptUpgrades } from "./sockets/upgrade.ts";

export type Gateway = {
  readonly url: string;
  /** Where its metrics are, if they are served. */
  readonly metricsUrl: string | undefined;
  /**
   * Replaces the supergraph while requests run: those under way finish on the one they began with. Whatever is wrong
   * with what `read` gives is logged and counted, and the present one stays. True when another is in place.
   */
  reload(read: () => Promise<string>): Promise<boolean>;
  /** Not ready at once; after the notice no new connection; resolves when what is under way is answered or cut off. */
  close(): Promise<void>;
};

/** Starts the HTTP front of the graph. @throws when the supergraph cannot be read or the port cannot be had. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, supergraphSdl, readiness, trustedDocuments: trusted } = options;
  const { deadlineMs = 10_000, maxBodyBytes = 100_000, heartbeatMs = 15_000, drainMs = 8_000 } = config;
  const metrics = config.metricsPort === undefined ? undefined : createMetrics();
  const limitsOf = createLimits(options.limits);
  const maxTokens = limitsOf().tokens;
  const admission = createAdmission({ maxInFlight: config.maxInFlight ?? 256, log, onShed: metrics?.shed });
  const engine = createReloadableEngine(supergraphSdl, (sdl) => {
    const trustedDocuments = trusted?.only ? trusted.documents : undefined;
    const introspection = options.graphiql;
    return openEngine(sdl, { ...options, introspection, limitsOf, admission, trustedDocuments, metrics });
  });
  const gateway = engineGateway(engine, supergraphSdl);
  const apollo = await createApollo({ gateway, log, maxTokens });
  const health = createHealth(readiness, log);
  const streams = createOpenStreams(config.maxStreamsPerUser ?? 20);
  const connections = createOpenStreams(config.maxSocketsPerUser ?? 20);
  metrics?.watch({ admission, streams, connections });
  const streamEvents = createEventStream({ engine, streams, heartbeatMs });
  const { routes, page } = createRoutes({ ...options, engine, apollo, streamEvents, health, metrics });
  const router = createRouter(routes, log, page);
  const server = createServer(
    SERVER_LIMITS,
    withUsualHeaders(config.hstsSeconds ?? 0, allowOrigins(config.corsOrigins ?? [], router)),
  );
  trustProxies(server, config.trustedProxies ?? []);
  const drain = createDrain(server);
  const { identity } = options;
  const documents = trusted?.documents;
  const protocol = createSocketProtocol({ engine, identity, streams, connections, documents, deadlineMs, maxTokens });
  const sockets = createSockets({ protocol, log, maxMessageBytes: maxBodyBytes, heartbeatMs });
  acceptUpgrades(server, { path: "/graphql", accept: sockets.accept, origins: config.corsOrigins ?? [] });
  const metricsServer = metrics && (await serveMetrics(config.metricsPort ?? 0, metrics, options.moreMetrics));
  const url = await listen(server, config);
  log.info({ url }, "the gateway answers");
  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    health.retire();
    if (config.noticeMs) await setTimeout(config.noticeMs);
    streams.close();
    connections.close();
    await Promise.all([drain(drainMs), sockets.close(drainMs)]);
    await apollo.stop();
    admission.close();
    await metricsServer?.close();
  }
  return {
    url,
    metricsUrl: metricsServer?.url,
    reload: createReload({ engine, supergraphSdl, log, metrics, onChange: gateway.tellSchema }),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

const SERVER_LIMITS = {
  // With the interval of the checks, whoever sends a header byte by byte is gone within ten seconds.
  headersTimeout: 7_000,
  // Long enough for the largest file on a slow line; shorter bodies have their own, shorter limit.
  requestTimeout: 15 * 60_000,
  // Longer than the minute that proxies commonly keep a connection, so that theirs is the side that closes it.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
};

function listen(server: Server, { host, port }: GatewayConfig): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      const { port: taken } = server.address() as AddressInfo;
      resolve(`http://${host.includes(":") ? `[${host}]` : host}:${taken}`);
    });
  });
}
