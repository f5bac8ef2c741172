import { Link } from "../../app/link.tsx";
import { Button } from "../../design/button.tsx";
import { domainStrings } from "../../domain/domain-strings.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { ACTS, type Act, type DiscrepancyFull } from "./discrepancy.ts";
import { ProposalNote } from "./proposal-note.tsx";
import { reconciliationStrings } from "./reconciliation-strings.ts";

type DiscrepancyEvidenceProps = {
  readonly row: DiscrepancyFull;
  readonly onAct: ((act: Act) => void) | undefined;
  readonly onDecided: () => void;
};

/** The line and the transaction side by side, what people noted, and what can be done. */
export function DiscrepancyEvidence({ row, onAct, onDecided }: DiscrepancyEvidenceProps) {
  const t = useStrings(reconciliationStrings);
  const domain = useStrings(domainStrings);
  const { money, date, dateTime } = useFormats();
  const maySeeTransactions = useMay("TRANSACTIONS", "VIEW");
  const { line, transaction } = row;
  const isEqual = line && transaction && line.gross.amountMinor === transaction.amount.amountMinor;
  const differs = line && transaction && !isEqual ? "work__differs" : undefined;
  return (
    <div className="work__evidence">
      <p>{row.explanation}</p>
      <div className="work__sides">
        <section className="panel" aria-label={t.line}>
          <h3>{t.line}</h3>
          {line ? (
            <dl className="facts">
              <dt>{t.amount}</dt>
              <dd className={differs}>{money(line.gross)}</dd>
              <dt>{t.date}</dt>
              <dd>{date(line.bookingDate)}</dd>
              <dt>{t.origin}</dt>
              <dd>
                {line.fileName ?? t.hiddenFile}, {t.lineNumber(line.lineNumber)}
              </dd>
            </dl>
          ) : (
            <p className="soft">{t.noLine}</p>
          )}
        </section>
        <section className="panel" aria-label={t.transaction}>
          <h3>{t.transaction}</h3>
          {transaction ? (
            <dl className="facts">
              <dt>{t.amount}</dt>
              <dd className={differs}>{transaction.amount ? money(transaction.amount) : "–"}</dd>
              <dt>{t.date}</dt>
              <dd>{transaction.occurredAt ? dateTime(transaction.occurredAt) : "–"}</dd>
              <dt>{t.status}</dt>
              <dd>{transaction.status ? domain.statuses[transaction.status] : "–"}</dd>
              <dt>{t.reference}</dt>
              <dd>
                {maySeeTransactions ? (
                  <Link href={`/transactions?open=${encodeURIComponent(transaction.id)}`}>
                    {transaction.providerReference ?? transaction.id}
                  </Link>
                ) : (
                  (transaction.providerReference ?? transaction.id)
                )}
              </dd>
            </dl>
          ) : (
            <p className="soft">{t.noTransaction}</p>
          )}
        </section>
      </div>
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
