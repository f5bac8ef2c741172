import { useMemo, useState } from "react";
import { Paged } from "../../../app/paged.tsx";
import { useSearch } from "../../../app/search-params.ts";
import { useShortcuts } from "../../../app/shortcuts.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { SelectField } from "../../../design/field.tsx";
import { ICONS } from "../../../design/icon.tsx";
import { MatchesDocument } from "../../../generated/pages/reconciliation/matches/matches.ts";
import { usePages } from "../../../graph/use-pages.ts";
import { useStrings } from "../../../language/language.tsx";
import { CLAIM_METHODS, MATCH_STATES, RECONCILIATION_SEARCH } from "../reconciliation-search.ts";
import { type MatchAct, MatchActDialog } from "./match-act-dialog.tsx";
import { useMatchActs } from "./match-card.tsx";
import { MatchItem } from "./match-item.tsx";
import { matchesStrings } from "./matches-strings.ts";

/** What was matched, by runs and by people: those that wait for a second person are there to decide about. */
export function MatchesView() {
  const t = useStrings(matchesStrings);
  const [{ state, method, open }, change] = useSearch(RECONCILIATION_SEARCH);
  const [act, setAct] = useState<MatchAct>();
  const actsOf = useMatchActs();
  const filter = useMemo(
    () => ({ ...(state && { states: [state] }), ...(method && { methods: [method] }) }),
    [state, method],
  );
  const pages = usePages(MatchesDocument, { filter }, ({ matches }) => matches);
  const { rows, reload } = pages;
  const at = rows?.findIndex(({ id }) => id === open) ?? -1;
  const chosen = rows?.[at];
  const move = (by: number) => {
    const next = rows?.[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) change({ open: next.id }, { replace: true });
  };
  const begin = (next: MatchAct) => chosen && actsOf(chosen).includes(next) && setAct(next);
  useShortcuts([
    { key: "j", label: t.keys.next, run: () => move(1) },
    { key: "k", label: t.keys.previous, run: () => move(-1) },
    { key: "u", label: t.acts.unmatch, run: () => begin("unmatch") },
    { key: "y", label: t.acts.confirm, run: () => begin("confirm") },
    { key: "n", label: t.acts.reject, run: () => begin("reject") },
    { key: "Escape", label: t.keys.close, run: () => change({ open: undefined }, { replace: true }) },
  ]);
  return (
    <>
      <div className="filters">
        <SelectField
          label={t.state}
          value={state ?? ""}
          onChange={({ target: { value } }) =>
            change({ state: MATCH_STATES.find((each) => each === value), open: undefined })
          }
        >
          <option value="">{t.all}</option>
          {MATCH_STATES.map((each) => (
            <option key={each} value={each}>
              {t.states[each]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.method}
          value={method ?? ""}
          onChange={({ target: { value } }) =>
            change({ method: CLAIM_METHODS.find((each) => each === value), open: undefined })
          }
        >
          <option value="">{t.all}</option>
          {CLAIM_METHODS.map((each) => (
            <option key={each} value={each}>
              {t.methods[each]}
            </option>
          ))}
        </SelectField>
      </div>
      <Paged pages={pages} empty={<EmptyState icon={ICONS.search} title={t.noMatches} />}>
        {(matches) => (
          <ul className="panel work" aria-busy={pages.fetching}>
            {matches.map((match) => (
              <MatchItem
                key={match.id}
                match={match}
                isOpen={match.id === open}
                onToggle={() => change({ open: match.id === open ? undefined : match.id }, { replace: true })}
                onAct={setAct}
              />
            ))}
          </ul>
        )}
      </Paged>
      {act && chosen && (
        <MatchActDialog
          key={`${act} ${chosen.id}`}
          act={act}
          match={chosen}
          onClose={() => setAct(undefined)}
          onDone={() => {
            setAct(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}
