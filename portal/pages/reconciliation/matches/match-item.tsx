import { Badge } from "../../../design/badge.tsx";
import { ICONS, Icon } from "../../../design/icon.tsx";
import { providerName } from "../../../domain/method-name.ts";
import type { MatchRowFragment } from "../../../generated/pages/reconciliation/matches/matches.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { amountOf } from "../evidence/use-sides.ts";
import { intoView } from "../into-view.ts";
import type { MatchAct } from "./match-act-dialog.tsx";
import { MATCH_TONES, MatchCard } from "./match-card.tsx";
import { matchesStrings } from "./matches-strings.ts";

type MatchItemProps = {
  readonly match: MatchRowFragment;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onAct: (act: MatchAct) => void;
};

export function MatchItem({ match, isOpen, onToggle, onAct }: MatchItemProps) {
  const t = useStrings(matchesStrings);
  const { money, moment } = useFormats();
  const line = match.legs.find((leg) => leg.line)?.line;
  return (
    <li className="work__item" ref={isOpen ? intoView : undefined}>
      <button type="button" className="work__row" aria-expanded={isOpen} onClick={onToggle}>
        <Icon path={isOpen ? ICONS.up : ICONS.down} />
        <span className="work__type">{t.methods[match.method]}</span>
        <span className="work__provider">{line && providerName(line.provider)}</span>
        <span className="work__badges">
          <Badge tone={MATCH_TONES[match.state]}>{t.states[match.state]}</Badge>
          {match.legs.length > 1 && <Badge>{t.legs(match.legs.length)}</Badge>}
        </span>
        <span className="soft work__age">{moment(match.madeAt)}</span>
        <span className="number work__amount">{line && money(amountOf(line))}</span>
      </button>
      {isOpen && (
        <div className="work__evidence">
          <MatchCard match={match} onAct={onAct} />
        </div>
      )}
    </li>
  );
}
