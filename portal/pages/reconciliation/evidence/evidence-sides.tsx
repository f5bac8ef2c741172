import { useStrings } from "../../../language/language.tsx";
import type { DiscrepancyFull } from "../discrepancy.ts";
import { CandidateChoice } from "./candidate-choice.tsx";
import { candidatesOf } from "./candidates.ts";
import { Comparison } from "./comparison.tsx";
import { evidenceStrings } from "./evidence-strings.ts";
import { useSides } from "./use-sides.ts";

type EvidenceSidesProps = {
  readonly row: DiscrepancyFull;
  /** Which of the transactions that fit is looked at. */
  readonly candidate: number;
  readonly onCandidate: (at: number) => void;
};

/** The two sides that a discrepancy is about: bank and payout, payout and batch, or line and transaction. */
export function EvidenceSides({ row, candidate, onCandidate }: EvidenceSidesProps) {
  const t = useStrings(evidenceStrings);
  const { lineSide, transactionSide, payoutSide, bankSide, linesSide, batchSide } = useSides();
  const { line, transaction, payout, batch } = row;
  if (line) {
    const other = candidatesOf(row)[candidate];
    return (
      <>
        <CandidateChoice row={row} candidate={candidate} onCandidate={onCandidate} />
        <Comparison left={lineSide(line)} right={other && transactionSide(other)} absent={t.noTransaction} />
      </>
    );
  }
  if (transaction) return <Comparison left={transactionSide(transaction)} right={undefined} absent={t.noLine} />;
  if (payout && row.type === "BATCH_DOES_NOT_FOOT") {
    const batches = (payout.batches?.edges ?? []).map(({ node }) => node);
    return <Comparison left={payoutSide(payout)} right={linesSide(batches)} absent={t.noLine} />;
  }
  if (payout) {
    const entries = payout.bankEntries ?? [];
    const bank = entries.length > 0 ? bankSide(entries, payout.reference) : undefined;
    return <Comparison left={payoutSide(payout)} right={bank} absent={t.noBank} />;
  }
  if (!batch) return null;
  const carried = batch.payout ? payoutSide(batch.payout) : undefined;
  return <Comparison left={batchSide(batch)} right={carried} absent={t.noPayout} />;
}
