import { Badge, type Tone } from "../../../design/badge.tsx";
import { Button } from "../../../design/button.tsx";
import type { MatchRowFragment } from "../../../generated/pages/reconciliation/matches/matches.ts";
import { useMay, useViewer } from "../../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { Comparison } from "../evidence/comparison.tsx";
import { useSides } from "../evidence/use-sides.ts";
import { useStageName } from "../trials/stage-name.ts";
import type { MatchAct } from "./match-act-dialog.tsx";
import { matchesStrings } from "./matches-strings.ts";

export const MATCH_TONES: Readonly<Record<MatchRowFragment["state"], Tone>> = {
  PROPOSED: "plum",
  CONFIRMED: "good",
  REJECTED: "bad",
  REVOKED: "plain",
};

/** The key of each act, which is told beside it. */
export const MATCH_KEYS: Readonly<Record<MatchAct, string>> = { unmatch: "u", confirm: "y", reject: "n" };

/** What the person may do about it: whoever proposed a match is not who agrees. */
export function useMatchActs() {
  const mayMatch = useMay("RECONCILIATION", "MATCH");
  const { id: me } = useViewer();
  return ({ state, actorId }: MatchRowFragment): readonly MatchAct[] => {
    if (!mayMatch) return [];
    if (state === "CONFIRMED") return ["unmatch"];
    return state === "PROPOSED" && actorId !== me ? ["confirm", "reject"] : [];
  };
}

type MatchCardProps = { readonly match: MatchRowFragment; readonly onAct: (act: MatchAct) => void };

/** A match with its evidence: what was brought together, by whom and why, and each line beside its transaction. */
export function MatchCard({ match, onAct }: MatchCardProps) {
  const t = useStrings(matchesStrings);
  const { money, moment } = useFormats();
  const { lineSide, transactionSide } = useSides();
  const stageName = useStageName();
  const acts = useMatchActs()(match);
  const isGroup = match.legs.length > 1;
  const { state, method, stage, points, margin, runnerUp, reason, difference } = match;
  return (
    <div className="matches__card">
      <div className="headline">
        <Badge tone={MATCH_TONES[state]}>{t.states[state]}</Badge>
        <Badge>{t.methods[method]}</Badge>
        <span className="soft">
          {match.actorId ?? stageName(stage)} · {moment(match.madeAt)}
        </span>
        {points !== null && <span className="soft">{t.points(points, margin)}</span>}
        {runnerUp && <span className="soft">{t.runnerUp(runnerUp.transactionId, runnerUp.points)}</span>}
      </div>
      {reason && <p>{t.because(reason)}</p>}
      {difference && difference.amountMinor !== "0" && (
        <p className="notice notice--warn">{t.difference(money(difference))}</p>
      )}
      {match.decidedBy && (
        <p className="soft">
          {t.decidedBy(match.decidedBy)}
          {match.decisionReason && `: ${match.decisionReason}`}
        </p>
      )}
      {state === "PROPOSED" && <p className="notice notice--warn">{t.waits}</p>}
      {match.legs.map(({ claimId, amount, line, transaction, active, releasedBecause, releasedBy }) => (
        <div key={`${claimId} ${line?.id} ${transaction?.id}`} className={active || state === "PROPOSED" ? "" : "soft"}>
          {releasedBecause && <p>{t.released(releasedBy ?? "–", releasedBecause)}</p>}
          {line && (
            <Comparison
              left={lineSide(line, isGroup ? amount : undefined)}
              right={transaction ? transactionSide(transaction, isGroup ? amount : undefined) : undefined}
              absent={t.hiddenTransaction}
            />
          )}
        </div>
      ))}
      {acts.length > 0 && (
        <div className="bar">
          {acts.map((act) => (
            <Button key={act} aria-keyshortcuts={MATCH_KEYS[act]} onClick={() => onAct(act)}>
              {t.acts[act]} <kbd>{MATCH_KEYS[act]}</kbd>
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
