import { LRUCache } from "lru-cache";
import type { BucketStore } from "./rate-limiter.ts";
import type { BucketLevel } from "./token-bucket.ts";
import { takeTokens } from "./token-bucket.ts";

/** The users seen last; one who is forgotten starts with a full bucket. */
const MOST_BUCKETS = 100_000;

/** Buckets of this process. */
export function createMemoryBuckets(now: () => number = Date.now): BucketStore {
  const levels = new LRUCache<string, BucketLevel>({ max: MOST_BUCKETS });
  return {
    async take(key, bucket, cost) {
      const { level, waitMs } = takeTokens(bucket, levels.get(key), cost, now());
      levels.set(key, level);
      return waitMs;
    },
  };
}
