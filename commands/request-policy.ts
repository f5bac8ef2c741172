import type { GatewayOptions } from "../gateway/gateway-options.ts";
import { loadLimits } from "../gateway/limits/load-limits.ts";
import { createMemoryBuckets } from "../gateway/rate-limit/memory-buckets.ts";
import { budgetsOf, createRateLimiter } from "../gateway/rate-limit/rate-limiter.ts";
import { openRedisBuckets } from "../gateway/rate-limit/redis-buckets.ts";
import { loadTrustedDocuments } from "../gateway/trusted-documents/trusted-documents.ts";
import type { Config } from "../subgraphs/shared/config.ts";
import type { Log } from "../subgraphs/shared/log.ts";
import { connectorReading } from "../subgraphs/shared/redis-password.ts";
import { portalDocuments } from "./portal-build.ts";

export type RequestPolicy = Pick<GatewayOptions, "rateLimiter" | "trustedDocuments" | "limits" | "explainRoles"> & {
  close(): void;
};

/** What the settings say about which requests are taken, and how many. Call `close` after the gateway's. */
export async function openRequestPolicy(config: Config, log: Log): Promise<RequestPolicy> {
  const { rateLimit, redisUrl, redisPasswordFile, queuePrefix, trustedDocuments, trustedOnly } = config;
  const limits = config.limits === undefined ? undefined : await loadLimits(config.limits);
  const manifests = [...portalDocuments(), ...(trustedDocuments === undefined ? [] : [trustedDocuments])];
  const documents = manifests.length === 0 ? undefined : await loadTrustedDocuments(...manifests);
  const connector = redisPasswordFile === undefined ? undefined : connectorReading(redisPasswordFile);
  const redis =
    redisUrl !== undefined && rateLimit > 0
      ? await openRedisBuckets({ url: redisUrl, connector, prefix: queuePrefix, log })
      : undefined;
  return {
    ...(rateLimit > 0 && { rateLimiter: createRateLimiter(redis ?? createMemoryBuckets(), budgetsOf(rateLimit)) }),
    ...(limits && { limits }),
    explainRoles: config.explainRoles,
    ...(documents && { trustedDocuments: { documents, only: trustedOnly } }),
    close: () => redis?.close(),
  };
}
