import type { TokenBucket } from "./token-bucket.ts";

/** Mutations have a budget of their own, so that a user who reads too much can still decide and correct. */
export type Budget = "query" | "mutation";

export type RateLimiter = {
  /** Takes a cost from a user's budget. Answers 0 when it was there, else how many milliseconds until it is. */
  take(userId: string, budget: Budget, cost: number): Promise<number>;
};

/** Where buckets are kept: in this process or, shared by all gateways, in Redis. */
export type BucketStore = {
  /** @see RateLimiter.take */
  take(key: string, bucket: TokenBucket, cost: number): Promise<number>;
};

export type Budgets = Readonly<Record<Budget, TokenBucket>>;

/** Rows a second that a user may ask for; ten seconds' worth at once. A person decides no more than one thing a second. */
export function budgetsOf(costPerSecond: number): Budgets {
  return {
    query: { capacity: 10 * costPerSecond, perSecond: costPerSecond },
    mutation: { capacity: 60, perSecond: 1 },
  };
}

export function createRateLimiter(store: BucketStore, budgets: Budgets): RateLimiter {
  return {
    take(userId, budget, cost) {
      const bucket = budgets[budget];
      // What one request may cost at all is the limits' to say: a request larger than the bucket empties it.
      return store.take(`${budget}:${userId}`, bucket, Math.min(cost, bucket.capacity));
    },
  };
}
