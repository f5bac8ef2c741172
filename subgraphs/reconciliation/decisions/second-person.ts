import type { Plan } from "./plan-match.ts";

/**
 * Whether a forced match is too large for one person: above the limit of its currency, the larger side counting. In a
 * currency without a limit no amount is small enough.
 */
export function needsSecondPerson(limits: ReadonlyMap<string, bigint> | undefined, plan: Plan): boolean {
  const limit = limits?.get(plan.currency) ?? 0n;
  return [plan.linesMinor, plan.transactionsMinor].some((minor) => minor > limit);
}
