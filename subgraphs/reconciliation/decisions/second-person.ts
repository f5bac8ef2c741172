import type { Plan } from "./plan-match.ts";

/**
 * Whether a forced match is too large for one person: above the limit of its currency, the larger side counting. A
 * currency without a limit has none that one person may pass.
 */
export function needsSecondPerson(limits: ReadonlyMap<string, bigint> = DEFAULT_LIMITS, plan: Plan): boolean {
  const limit = limits.get(plan.currency) ?? 0n;
  return [plan.linesMinor, plan.transactionsMinor].some((minor) => minor > limit);
}

/** 1,000 euros. */
const DEFAULT_LIMITS: ReadonlyMap<string, bigint> = new Map([["EUR", 100_000n]]);
