import { useEffect, useRef, useState } from "react";
import { useShortcuts } from "../../../app/shortcuts.tsx";
import { MatchesDocument, type MatchRowFragment } from "../../../generated/pages/reconciliation/matches/matches.ts";
import { useGraph } from "../../../graph/use-graph.ts";
import { useStrings } from "../../../language/language.tsx";
import { type MatchAct, MatchActDialog } from "./match-act-dialog.tsx";
import { MATCH_KEYS, MatchCard, useMatchActs } from "./match-card.tsx";
import { matchesStrings } from "./matches-strings.ts";

type MatchesOfProps = {
  readonly lineId?: string | undefined;
  readonly transactionId?: string | undefined;
  /** They are asked for again whenever this is another. */
  readonly round: unknown;
  readonly onDone: () => void;
};

/** The matches that hold a line or a transaction now, or that wait for a second person to. */
export function MatchesOf({ lineId, transactionId, round, onDone }: MatchesOfProps) {
  const t = useStrings(matchesStrings);
  const states = ["PROPOSED", "CONFIRMED"] as const;
  const about = lineId ? { lineId } : { transactionId: transactionId ?? "" };
  const { data, reload } = useGraph(MatchesDocument, { filter: { ...about, states }, after: null });
  const ask = useRef(reload);
  ask.current = reload;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that was read again may be held by another match
  useEffect(() => ask.current(), [round]);
  const matches = data?.matches?.edges.map(({ node }) => node) ?? [];
  const [asking, setAsking] = useState<{ readonly act: MatchAct; readonly match: MatchRowFragment }>();
  const actsOf = useMatchActs();
  const begin = (act: MatchAct) => {
    const match = matches.find((each) => actsOf(each).includes(act));
    if (match) setAsking({ act, match });
  };
  useShortcuts(
    (["unmatch", "confirm", "reject"] as const).map((act) => ({
      key: MATCH_KEYS[act],
      label: t.acts[act],
      run: () => begin(act),
    })),
  );
  if (matches.length === 0) return null;
  return (
    <section className="section" aria-label={t.matchesOf}>
      <h3>{t.matchesOf}</h3>
      {matches.map((match) => (
        <div key={match.id} className="panel matches__of">
          <MatchCard match={match} onAct={(act) => setAsking({ act, match })} />
        </div>
      ))}
      {asking && (
        <MatchActDialog
          {...asking}
          onClose={() => setAsking(undefined)}
          onDone={() => {
            setAsking(undefined);
            onDone();
          }}
        />
      )}
    </section>
  );
}
