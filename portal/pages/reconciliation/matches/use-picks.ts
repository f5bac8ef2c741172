import type {
  LineEvidenceFragment,
  TransactionEvidenceFragment,
} from "../../../generated/pages/reconciliation/evidence/evidence.ts";
import { amountOf, useSides } from "../evidence/use-sides.ts";
import type { Pick } from "./subject.ts";

/** What the graph tells of a line or a transaction, as one that can be picked. */
export function usePicks() {
  const { lineSide, transactionSide } = useSides();
  return {
    linePick: (line: LineEvidenceFragment): Pick => ({ id: line.id, amount: amountOf(line), side: lineSide(line) }),
    transactionPick: (transaction: TransactionEvidenceFragment): Pick => ({
      id: transaction.id,
      amount: transaction.amount,
      side: transactionSide(transaction),
    }),
  };
}
