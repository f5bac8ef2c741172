import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { createMemoryBuckets } from "../../gateway/rate-limit/memory-buckets.ts";
import { type BucketStore, budgetsOf, createRateLimiter } from "../../gateway/rate-limit/rate-limiter.ts";
import { openRedisBuckets } from "../../gateway/rate-limit/redis-buckets.ts";
import { takeTokens } from "../../gateway/rate-limit/token-bucket.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const log = createLog({ logLevel: "silent" }, {}, { write: () => undefined });

describe("a token bucket", () => {
  const bucket = { capacity: 100, perSecond: 10 };

  test("gives its capacity at once, then what has flowed in since", () => {
    const first = takeTokens(bucket, undefined, 100, 0);
    expect(first.waitMs).toBe(0);
    expect(takeTokens(bucket, first.level, 1, 0).waitMs).toBe(100);
    expect(takeTokens(bucket, first.level, 20, 500).waitMs).toBe(1_500);
    expect(takeTokens(bucket, first.level, 20, 2_000).waitMs).toBe(0);
  });

  test("holds no more than its capacity, and loses nothing when the clock goes back", () => {
    const { level } = takeTokens(bucket, undefined, 0, 1_000_000);
    expect(takeTokens(bucket, level, 101, 9_000_000).waitMs).toBeGreaterThan(0);
    expect(takeTokens(bucket, level, 100, 0).waitMs).toBe(0);
  });

  test("is not emptied by a request that it refuses", () => {
    const first = takeTokens(bucket, undefined, 95, 0);
    const refused = takeTokens(bucket, first.level, 10, 0);
    expect(takeTokens(bucket, refused.level, 5, 0).waitMs).toBe(0);
  });
});

const redisUrl = inject("redisUrl");

describe.each<[string, () => Promise<BucketStore[]>, boolean]>([
  ["in memory", async () => [createMemoryBuckets()], true],
  ["in Redis, by two gateways", () => redisStores(redisUrl ?? ""), redisUrl !== undefined],
])("buckets %s", (_, open, isHere) => {
  test.runIf(isHere)("are spent together, and each user and each budget has its own", async () => {
    const stores = await open();
    const user = randomUUID();
    const [one, two = one] = stores.map((store) => createRateLimiter(store, budgetsOf(10)));
    expect(await one!.take(user, "query", 60)).toBe(0);
    const waitMs = await two!.take(user, "query", 60);
    expect(waitMs).toBeGreaterThan(1_000);
    expect(waitMs).toBeLessThanOrEqual(2_000);
    expect(await two!.take(user, "mutation", 1)).toBe(0);
    expect(await two!.take(`${user}x`, "query", 60)).toBe(0);
  });

  test.runIf(isHere)("let a request that is larger than a bucket take all of it", async () => {
    const limiter = createRateLimiter((await open())[0]!, budgetsOf(10));
    const user = randomUUID();
    expect(await limiter.take(user, "query", 5_000)).toBe(0);
    expect(await limiter.take(user, "query", 1)).toBeGreaterThan(0);
  });
});

test.runIf(redisUrl !== undefined)("a bucket in Redis goes when it would be full, and names no user", async () => {
  const prefix = `test-${randomUUID()}`;
  const store = await openRedisBuckets({ url: redisUrl!, prefix, log });
  onTestFinished(() => store.close());
  await store.take("query:usr_1", { capacity: 100, perSecond: 10 }, 50);
  const redis = new Redis(redisUrl!);
  onTestFinished(() => redis.disconnect());
  const keys = await redis.keys(`${prefix}:*`);
  expect(keys).toHaveLength(1);
  expect(keys.join()).not.toContain("usr_1");
  for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
});

test("without Redis each gateway counts by itself, and nobody waits for it", async () => {
  const store = await openRedisBuckets({ url: "redis://127.0.0.1:1", prefix: "test", log });
  onTestFinished(() => store.close());
  const bucket = { capacity: 10, perSecond: 1 };
  const startedAt = performance.now();
  expect(await store.take("a", bucket, 10)).toBe(0);
  expect(await store.take("a", bucket, 10)).toBeGreaterThan(8_000);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

describe("a user over budget", () => {
  test("gets 429 with the time to wait, while mutations, other users and health go on", async () => {
    const rateLimiter = createRateLimiter(createMemoryBuckets(), budgetsOf(1));
    const gateway = await startTestGateway({
      rateLimiter,
      identity: async (token) => ({ userId: token, name: token }),
    });
    const headers = { authorization: "Bearer one" };
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => gateway.query("{ orders { id } }", { headers })),
    );
    const refused = replies.filter(({ status }) => status === 429);
    // Each costs 5 of the 10 that are there at once.
    expect(refused).toHaveLength(18);
    expect(refused[0]?.body.errors).toMatchObject([
      { message: /wait \d s/, extensions: { code: "RATE_LIMITED", retryAfter: 5 } },
    ]);
    expect(refused[0]?.headers.get("retry-after")).toBe("5");
    expect((await gateway.query("mutation { cancel(id: 1) }", { headers })).status).toBe(200);
    const other = await gateway.query("{ orders { id } }", { headers: { authorization: "Bearer two" } });
    expect(other.status).toBe(200);
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
  });
});

function redisStores(url: string): Promise<BucketStore[]> {
  const prefix = `test-${randomUUID()}`;
  return Promise.all(
    [1, 2].map(async () => {
      const store = await openRedisBuckets({ url, prefix, log });
      onTestFinished(() => store.close());
      return store;
    }),
  );
}
