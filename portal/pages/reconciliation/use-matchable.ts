import type { DiscrepancyFull } from "./discrepancy.ts";
import { candidatesOf } from "./evidence/candidates.ts";
import type { Pick, Subject } from "./matches/subject.ts";
import { usePicks } from "./matches/use-picks.ts";

type Matchable = { readonly subject: Subject; readonly fitting: readonly Pick[] };

/** What of a discrepancy can be matched by hand, and with what, the one that is looked at first; undefined where nothing can. */
export function useMatchable() {
  const { linePick, transactionPick } = usePicks();
  return (row: DiscrepancyFull, candidate: number): Matchable | undefined => {
    const { line, transaction, merchantId, provider, state } = row;
    if (state === "RESOLVED") return undefined;
    if (line) {
      const candidates = candidatesOf(row);
      const looked = candidates[candidate];
      const fitting = looked ? [looked, ...candidates.filter((each) => each !== looked)] : candidates;
      const { occurredAt } = line;
      return {
        subject: { kind: "line", merchantId, provider, occurredAt, ...linePick(line) },
        fitting: fitting.map(transactionPick),
      };
    }
    if (!transaction?.occurredAt) return undefined;
    const { occurredAt } = transaction;
    return {
      subject: { kind: "transaction", merchantId, provider, occurredAt, ...transactionPick(transaction) },
      fitting: [],
    };
  };
}
