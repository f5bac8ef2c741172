import { useMemo, useState } from "react";
import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { useShortcuts } from "../../app/shortcuts.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { DiscrepanciesDocument, type DiscrepancyFilter } from "../../generated/pages/reconciliation/discrepancies.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { ActDialog } from "./act-dialog.tsx";
import type { Act } from "./discrepancy.ts";
import { DiscrepancyItem } from "./discrepancy-item.tsx";
import { MatchDialog } from "./matches/match-dialog.tsx";
import { RECONCILIATION_SEARCH } from "./reconciliation-search.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { useLinked } from "./use-linked.ts";
import { useMatchable } from "./use-matchable.ts";
import { WorkFilters } from "./work-filters.tsx";

/** Discrepancies to clear, those with the most money first. */
export function WorkList() {
  const t = useStrings(reconciliationStrings);
  const mayResolve = useMay("RECONCILIATION", "MATCH");
  const [{ type, severity, sort, show, open }, change] = useSearch(RECONCILIATION_SEARCH);
  const [act, setAct] = useState<Act>();
  const [isMatching, setMatching] = useState(false);
  const [candidate, setCandidate] = useState(0);
  const matchable = useMatchable();
  const filter = useMemo(
    (): DiscrepancyFilter => ({
      ...(type && { types: [type] }),
      ...(severity && { severities: [severity] }),
      ...(show === "PROPOSED" ? { proposed: true } : { states: show === undefined ? ["OPEN", "ASSIGNED"] : [show] }),
    }),
    [type, severity, show],
  );
  const orderBy = { field: sort ?? "AMOUNT", direction: "DESC" } as const;
  const pages = usePages(DiscrepanciesDocument, { filter, orderBy }, ({ discrepancies }) => discrepancies);
  const linked = useLinked(open, pages.rows);
  const rows = linked.row && pages.rows ? [linked.row, ...pages.rows] : pages.rows;
  const reload = () => {
    pages.reload();
    linked.reload();
  };
  const at = rows?.findIndex(({ id }) => id === open) ?? -1;
  const chosen = rows?.[at];
  const openRow = (id: string | undefined) => {
    setCandidate(0);
    change({ open: id }, { replace: true });
  };
  const subject = chosen && mayResolve ? matchable(chosen, candidate) : undefined;
  const move = (by: number) => {
    const next = rows?.[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) openRow(next.id);
  };
  const begin = (next: Act) => chosen && mayResolve && setAct(next);
  useShortcuts([
    { key: "j", label: t.keys.next, run: () => move(1) },
    { key: "k", label: t.keys.previous, run: () => move(-1) },
    { key: "m", label: t.keys.match, run: () => subject && setMatching(true) },
    { key: "a", label: t.acts.assign, run: () => begin("assign") },
    { key: "c", label: t.acts.comment, run: () => begin("comment") },
    { key: "s", label: t.acts.snooze, run: () => begin("snooze") },
    { key: "r", label: t.acts.resolve, run: () => begin("resolve") },
    { key: "Escape", label: t.keys.close, run: () => openRow(undefined) },
  ]);
  return (
    <>
      <WorkFilters filter={filter} round={rows} />
      <Paged
        pages={{ ...pages, rows }}
        empty={
          <EmptyState icon={ICONS.check} title={t.allClear}>
            <p>{t.allClearAdvice}</p>
          </EmptyState>
        }
      >
        {(shown) => (
          <ul className="panel work" aria-busy={pages.fetching}>
            {shown.map((row) => (
              <DiscrepancyItem
                key={row.id}
                row={row}
                isOpen={row.id === open}
                onToggle={() => openRow(row.id === open ? undefined : row.id)}
                onAct={mayResolve ? setAct : undefined}
                onMatch={mayResolve && matchable(row, candidate) ? () => setMatching(true) : undefined}
                candidate={candidate}
                onCandidate={setCandidate}
                onDecided={reload}
              />
            ))}
          </ul>
        )}
      </Paged>
      {isMatching && subject && chosen && (
        <MatchDialog
          key={chosen.id}
          {...subject}
          onClose={() => setMatching(false)}
          onDone={() => {
            setMatching(false);
            reload();
          }}
        />
      )}
      {act && chosen && (
        <ActDialog
          key={`${act} ${chosen.id}`}
          act={act}
          row={chosen}
          onClose={() => setAct(undefined)}
          onStale={reload}
          onDone={() => {
            setAct(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}
