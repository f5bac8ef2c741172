import { Badge, type Tone } from "../../design/badge.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { discrepancyStrings } from "../../domain/discrepancies/discrepancy-strings.ts";
import { providerName } from "../../domain/method-name.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import type { Act, DiscrepancyFull } from "./discrepancy.ts";
import { DiscrepancyEvidence } from "./discrepancy-evidence.tsx";
import { intoView } from "./into-view.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { typeName } from "./type-name.ts";

type DiscrepancyItemProps = {
  readonly row: DiscrepancyFull;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** Absent for who may only look. */
  readonly onAct: ((act: Act) => void) | undefined;
  /** Absent where nothing can be matched. */
  readonly onMatch: (() => void) | undefined;
  readonly candidate: number;
  readonly onCandidate: (at: number) => void;
  readonly onDecided: () => void;
};

const TONES: Readonly<Record<DiscrepancyFull["severity"], Tone>> = {
  CRITICAL: "bad",
  HIGH: "warn",
  MEDIUM: "info",
  LOW: "plain",
};

export function DiscrepancyItem({ row, isOpen, onToggle, ...evidence }: DiscrepancyItemProps) {
  const t = useStrings(reconciliationStrings);
  const kinds = useStrings(discrepancyStrings);
  const { money, date } = useFormats();
  return (
    <li className="work__item" ref={isOpen ? intoView : undefined}>
      <button type="button" className="work__row" aria-expanded={isOpen} onClick={onToggle}>
        <Icon path={isOpen ? ICONS.up : ICONS.down} />
        <span className="work__type">{typeName(row.type, kinds.names)}</span>
        <span className="work__provider">{providerName(row.provider)}</span>
        <span className="work__badges">
          <Badge tone={TONES[row.severity]}>{kinds.severities[row.severity]}</Badge>
          {row.state !== "OPEN" && <Badge>{t.states[row.state]}</Badge>}
          {row.proposal && <Badge tone="plum">{t.waits}</Badge>}
        </span>
        <span className="soft work__age">
          {row.snoozedUntil ? t.until(date(row.snoozedUntil.slice(0, 10))) : t.age(row.ageHours)}
        </span>
        <span className="number work__amount">{money(row.amountAtRisk)}</span>
      </button>
      {isOpen && <DiscrepancyEvidence row={row} {...evidence} />}
    </li>
  );
}
