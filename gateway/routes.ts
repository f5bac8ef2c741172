import { createKeysEndpoint, createTokenEndpoint } from "./development-endpoints.ts";
import { createExportsEndpoint } from "./files/exports-endpoint.ts";
import { createFilesEndpoint } from "./files/files-endpoint.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import type { GraphqlEndpointOptions } from "./graphql/graphql-endpoint.ts";
import { createGraphqlEndpoint } from "./graphql/graphql-endpoint.ts";
import type { Health } from "./health.ts";
import type { Handler, Routes } from "./http/router.ts";
import { createLimits } from "./limits/limits.ts";
import type { Metrics } from "./metrics/create-metrics.ts";
import { createGraphiqlRoutes } from "./pages/graphiql-routes.ts";
import { createPortalRoutes } from "./portal/portal-routes.ts";
import { createWebhookRoutes } from "./webhooks/webhooks-endpoint.ts";

type RouteOptions = GatewayOptions &
  Pick<GraphqlEndpointOptions, "engine" | "apollo" | "streamEvents"> & {
    readonly health: Health;
    readonly metrics: Metrics | undefined;
  };

/** Every path the gateway answers. */
export function createRoutes(options: RouteOptions): { readonly routes: Routes; readonly page?: Handler } {
  const { config, identity, receiveFile, developmentIssuer, graphiql, engine, apollo, streamEvents, health } = options;
  const { maxBodyBytes = 100_000, bodyTimeoutMs = 8_000, deadlineMs = 10_000 } = config;
  const { maxFileBytes = 100_000_000, fileIdleMs = 60_000, maxWebhookBytes = 256_000 } = config;
  const body = { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs };
  const files = { maxBytes: maxFileBytes, idleMs: fileIdleMs };
  const explainers = new Set<string | undefined>(options.explainRoles);
  const users = Object.keys(developmentIssuer?.users ?? {});
  const graphql = createGraphqlEndpoint({
    engine,
    apollo,
    streamEvents,
    identity,
    body,
    maxTokens: createLimits(options.limits)().tokens,
    deadlineMs,
    mayExplain: (role) => graphiql || explainers.has(role),
    documents: options.trustedDocuments?.documents,
  });
  const portal = options.portal && createPortalRoutes(options.portal);
  const routes: Routes = new Map([
    ["/graphql", { GET: graphql, POST: graphql }],
    ...(options.sendExport
      ? [["/exports/:id", { GET: createExportsEndpoint({ identity, sendExport: options.sendExport }) }] as const]
      : []),
    ...(options.sendClosing
      ? [["/closings/:id", { GET: createExportsEndpoint({ identity, sendExport: options.sendClosing }) }] as const]
      : []),
    ["/files", { POST: createFilesEndpoint({ identity, receiveFile, limits: files }) }],
    ...createWebhookRoutes(
      { ...options.webhooks, maxBytes: maxWebhookBytes, timeoutMs: bodyTimeoutMs },
      options.metrics,
    ),
    ["/live", { GET: health.live }],
    ["/ready", { GET: health.ready }],
    ...(developmentIssuer ? developmentRoutes(developmentIssuer) : []),
    ...(graphiql ? createGraphiqlRoutes(users) : []),
    ...(portal?.routes ?? []),
  ]);
  return { routes, ...(portal && { page: portal.page }) };
}

function developmentRoutes(issuer: NonNullable<GatewayOptions["developmentIssuer"]>) {
  return [
    ["/dev/token", { POST: createTokenEndpoint(issuer) }] as const,
    ["/.well-known/jwks.json", { GET: createKeysEndpoint(issuer) }] as const,
  ];
}
