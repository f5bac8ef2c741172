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
import { RECONCILIATION_SEARCH } from "./reconciliation-search.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { WorkFilters } from "./work-filters.tsx";

/** Discrepancies to clear, those with the most money first. */
export function WorkList() {
  const t = useStrings(reconciliationStrings);
  const mayResolve = useMay("RECONCILIATION", "MATCH");
  const [{ type, severity, sort, show, open }, change] = useSearch(RECONCILIATION_SEARCH);
  const [act, setAct] = useState<Act>();
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
  const { rows, reload } = pages;
  const at = rows?.findIndex(({ id }) => id === open) ?? -1;
  const chosen = rows?.[at];
  const move = (by: number) => {
    const next = rows?.[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) change({ open: next.id }, { replace: true });
  };
  const begin = (next: Act) => chosen && mayResolve && setAct(next);
  useShortcuts([
    { key: "j", label: t.keys.next, run: () => move(1) },
    { key: "k", label: t.keys.previous, run: () => move(-1) },
    { key: "a", label: t.acts.assign, run: () => begin("assign") },
    { key: "c", label: t.acts.comment, run: () => begin("comment") },
    { key: "s", label: t.acts.snooze, run: () => begin("snooze") },
    { key: "r", label: t.acts.resolve, run: () => begin("resolve") },
    { key: "Escape", label: t.keys.close, run: () => change({ open: undefined }, { replace: true }) },
  ]);
  return (
    <>
      <WorkFilters filter={filter} round={rows} />
      <Paged
        pages={pages}
        empty={
          <EmptyState icon={ICONS.check} title={t.allClear}>
            <p>{t.allClearAdvice}</p>
          </EmptyState>
        }
      >
        {(rows) => (
          <ul className="panel work" aria-busy={pages.fetching}>
            {rows.map((row) => (
              <DiscrepancyItem
                key={row.id}
                row={row}
                isOpen={row.id === open}
                onToggle={() => change({ open: row.id === open ? undefined : row.id }, { replace: true })}
                onAct={mayResolve ? setAct : undefined}
                onDecided={reload}
              />
            ))}
          </ul>
        )}
      </Paged>
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
