import { Badge } from "../../../design/badge.tsx";
import { useStrings } from "../../../language/language.tsx";
import type { DiscrepancyFull } from "../discrepancy.ts";
import { candidatesOf } from "./candidates.ts";
import { evidenceStrings } from "./evidence-strings.ts";
import { useSides } from "./use-sides.ts";

type CandidateChoiceProps = {
  readonly row: DiscrepancyFull;
  readonly candidate: number;
  readonly onCandidate: (at: number) => void;
};

/** Of several transactions that fit, which one stands beside the line, and how far they are apart. */
export function CandidateChoice({ row, candidate, onCandidate }: CandidateChoiceProps) {
  const t = useStrings(evidenceStrings);
  const { transactionSide } = useSides();
  const candidates = candidatesOf(row);
  if (candidates.length < 2) return null;
  return (
    <fieldset className="compare__choice">
      <legend className="field__label">{t.candidates}</legend>
      {row.margin !== null && <p className="soft">{row.margin > 0 ? t.ahead(row.margin) : t.equalFit}</p>}
      <div className="bar">
        {candidates.map((each, at) => {
          const { amount, time, reference } = transactionSide(each).facts;
          return (
            <button
              key={each.id}
              type="button"
              className="button button--plain compare__candidate"
              aria-pressed={at === candidate}
              onClick={() => onCandidate(at)}
            >
              <span>
                {[amount?.shown, time?.shown].filter(Boolean).join(" · ")}
                <br />
                <span className="soft">{reference?.shown ?? each.id}</span>
              </span>
              {(row.margin ?? 0) > 0 && each.id === row.runnerUp && <Badge>{t.runnerUp}</Badge>}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
