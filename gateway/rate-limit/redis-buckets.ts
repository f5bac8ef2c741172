import { createHash } from "node:crypto";
import { once } from "node:events";
import { type Callback, Redis, type RedisOptions, type Result } from "ioredis";
import type { Log } from "../../subgraphs/shared/log.ts";
import { createMemoryBuckets } from "./memory-buckets.ts";
import type { BucketStore } from "./rate-limiter.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    takeTokens(
      key: string,
      capacity: number,
      perSecond: number,
      cost: number,
      callback?: Callback<number>,
    ): Result<number, Context>;
  }
}

/**
 * The same arithmetic as `takeTokens`, done where all gateways see one level and by the clock of Redis. A bucket expires
 * when it would be full again.
 */
const TAKE_TOKENS = `
local capacity, per_second, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = redis.call("HMGET", KEYS[1], "tokens", "at")
local tokens = math.min(capacity, tonumber(last[1] or capacity) + math.max(0, now - tonumber(last[2] or now)) * per_second / 1000)
local wait = 0
if tokens >= cost then tokens = tokens - cost else wait = math.ceil((cost - tokens) * 1000 / per_second) end
redis.call("HSET", KEYS[1], "tokens", tostring(tokens), "at", tostring(now))
redis.call("PEXPIRE", KEYS[1], math.ceil((capacity - tokens) * 1000 / per_second) + 1000)
return wait
`;

const PATIENCE_MS = 100;
const FIRST_CONNECTION_MS = 1_000;

/**
 * Buckets that all gateways share. While Redis does not answer, each gateway keeps its own: nobody is turned away for it,
 * nor is a start held up.
 */
export async function openRedisBuckets(options: {
  readonly url: string;
  /** Where the password is not in the URL. */
  readonly connector?: RedisOptions["Connector"];
  /** Begins every key. */
  readonly prefix: string;
  readonly log: Log;
}): Promise<BucketStore & { close(): void }> {
  const { url, connector, prefix, log } = options;
  const redis = new Redis(url, {
    commandTimeout: PATIENCE_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    ...(connector && { Connector: connector }),
    scripts: { takeTokens: { lua: TAKE_TOKENS, numberOfKeys: 1 } },
  });
  let isAway = false;
  const note = (err: unknown) => {
    if (!isAway) log.warn({ err }, "Redis does not answer: each gateway counts requests by itself");
    isAway = true;
  };
  redis.on("error", note);
  redis.on("ready", () => {
    isAway = false;
  });
  await once(redis, "ready", { signal: AbortSignal.timeout(FIRST_CONNECTION_MS) }).catch(note);
  const ownBuckets = createMemoryBuckets();
  return {
    async take(key, bucket, cost) {
      try {
        // A user id is whatever the issuer says: hashed, it can neither be long nor meet another key.
        const name = `${prefix}:rate:${createHash("sha256").update(key).digest("base64url")}`;
        return await redis.takeTokens(name, bucket.capacity, bucket.perSecond, cost);
      } catch (error) {
        note(error);
        return ownBuckets.take(key, bucket, cost);
      }
    },
    close() {
      redis.disconnect();
    },
  };
}
