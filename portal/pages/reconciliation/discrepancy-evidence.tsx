import { Button } from "../../design/button.tsx";
import { Explanation } from "../../domain/discrepancies/explanation.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { ACTS, type Act, type DiscrepancyFull } from "./discrepancy.ts";
import { EvidenceSides } from "./evidence/evidence-sides.tsx";
import { MatchesOf } from "./matches/matches-of.tsx";
import { ProposalNote } from "./proposal-note.tsx";
import { reconciliationStrings } from "./reconciliation-strings.ts";

type DiscrepancyEvidenceProps = {
  readonly row: DiscrepancyFull;
  readonly onAct: ((act: Act) => void) | undefined;
  readonly onMatch: (() => void) | undefined;
  readonly candidate: number;
  readonly onCandidate: (at: number) => void;
  readonly onDecided: () => void;
};

/** Both sides beside each other, what holds them now, what people noted, and what can be done. */
export function DiscrepancyEvidence(props: DiscrepancyEvidenceProps) {
  const { row, onAct, onMatch, candidate, onCandidate, onDecided } = props;
  const t = useStrings(reconciliationStrings);
  const { dateTime } = useFormats();
  return (
    <div className="work__evidence">
      <p>
        <Explanation type={row.type} details={row.explanation} />
      </p>
      <EvidenceSides row={row} candidate={candidate} onCandidate={onCandidate} />
      {(row.line || row.transaction) && (
        <MatchesOf lineId={row.line?.id} transactionId={row.transaction?.id} round={row} onDone={onDecided} />
      )}
      {row.comments.length > 0 && (
        <ul className="work__comments">
          {row.comments.map((comment) => (
            <li key={comment.id}>
              <strong>{comment.authorId}</strong> <span className="soft">{dateTime(comment.writtenAt)}</span>
              <br />
              {comment.text}
            </li>
          ))}
        </ul>
      )}
      {row.assigneeId && <p className="soft">{t.assignedTo(row.assigneeId)}</p>}
      {row.proposal && <ProposalNote row={row} proposal={row.proposal} onDecided={onAct && onDecided} />}
      {onAct && row.state !== "RESOLVED" && (
        <div className="reconciliation__bar">
          {onMatch && (
            <Button look="primary" aria-keyshortcuts="m" onClick={onMatch}>
              {t.keys.match} <kbd>m</kbd>
            </Button>
          )}
          {ACTS.map((act) => (
            <Button key={act} aria-keyshortcuts={act[0]} onClick={() => onAct(act)}>
              {t.acts[act]} <kbd>{act[0]}</kbd>
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
