import type { DiscrepancyFull } from "../discrepancy.ts";

type Candidate = DiscrepancyFull["candidateTransactions"][number];

/** The transactions that a line may be the money of: the one that it is about, or all that fit, the runner-up last. */
export function candidatesOf({ transaction, candidateTransactions, runnerUp }: DiscrepancyFull): readonly Candidate[] {
  const others = candidateTransactions.filter(({ id }) => id !== transaction?.id);
  const sorted = others.toSorted((a, b) => Number(a.id === runnerUp) - Number(b.id === runnerUp));
  return transaction ? [transaction, ...sorted] : sorted;
}
