/** A budget that fills at a steady pace up to its capacity. */
export type TokenBucket = { readonly capacity: number; readonly perSecond: number };

export type BucketLevel = { readonly tokens: number; readonly at: number };

/** What is left after taking `cost` at `now` (milliseconds), or how long until it can be taken. */
export function takeTokens(
  { capacity, perSecond }: TokenBucket,
  last: BucketLevel | undefined,
  cost: number,
  now: number,
): { readonly level: BucketLevel; readonly waitMs: number } {
  const elapsedMs = last ? Math.max(0, now - last.at) : 0;
  const tokens = Math.min(capacity, (last?.tokens ?? capacity) + (elapsedMs * perSecond) / 1_000);
  if (tokens >= cost) return { level: { tokens: tokens - cost, at: now }, waitMs: 0 };
  return { level: { tokens, at: now }, waitMs: Math.ceil(((cost - tokens) * 1_000) / perSecond) };
}
