import { useCallback, useMemo, useRef, useState } from "react";
import { formatSearch, useSearch } from "../../app/search-params.ts";
import { useShortcuts } from "../../app/shortcuts.tsx";
import { Button } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { TransactionTotalsDocument } from "../../generated/pages/transactions/transactions.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useZone } from "../../language/language.tsx";
import { type Column, isColumn, USUAL } from "./columns.tsx";
import { CoverageLine } from "./coverage-line.tsx";
import { dimensionsOf } from "./dimensions.ts";
import { FilterChips } from "./filter-chips.tsx";
import { Nothing } from "./nothing.tsx";
import { PastBanner } from "./past-banner.tsx";
import { Toolbar } from "./toolbar.tsx";
import { TotalsLine } from "./totals-line.tsx";
import { TransactionDrawer } from "./transaction-drawer.tsx";
import { filterOf, NONE, orderOf, pastOf, SEARCH, type Search, SORTS } from "./transaction-search.ts";
import { TransactionTable } from "./transaction-table.tsx";
import { useTransactionList } from "./use-transaction-list.ts";
import { useTransactionWords } from "./words.ts";
import "./transactions.css";
import "./saved-views.css";
import "./past.css";
import "./transaction-detail.css";

/** Every payment of every provider in one list. */
export function Content() {
  const t = useTransactionWords();
  const zone = useZone();
  const viewer = useViewer();
  const [search, change] = useSearch(SEARCH);
  const [isPaused, setPaused] = useState(false);
  const [selected, setSelected] = useState(-1);
  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const filter = useMemo(() => filterOf(search, zone), [search, zone]);
  const asOf = pastOf(search, zone);
  const list = useTransactionList(filter, orderOf(search), {
    asOf,
    isPaused,
    isAtTop: () => (scroller.current?.scrollTop ?? 0) < 8,
  });
  const { data } = useGraph(TransactionTotalsDocument, { filter, asOf });
  const figures = data?.transactions ?? undefined;
  const chosen = search.columns.join(",");
  const shown = useMemo(() => {
    const known = chosen.split(",").filter(isColumn);
    return known.length > 0 ? known : USUAL;
  }, [chosen]);
  const dimensions = dimensionsOf(search, t, {
    providers: figures?.coverage.map(({ provider }) => provider) ?? [],
    terminals: new Map(
      list.rows.flatMap(({ terminal }) => (terminal?.tid ? [[terminal.id, terminal.tid] as const] : [])),
    ),
    locations: [
      ...(viewer.merchants ?? []).flatMap(({ locations }) =>
        (locations ?? []).map(({ id, name }) => ({ value: id, label: name ?? id })),
      ),
      { value: NONE, label: t.noLocation },
    ],
  });
  const unopened = formatSearch(SEARCH, { ...search, open: undefined });
  const linkTo = useCallback(
    (id: string) => `/transactions${unopened}${unopened === "" ? "?" : "&"}open=${encodeURIComponent(id)}`,
    [unopened],
  );
  const open = (index: number) => {
    const row = list.rows[index];
    if (!row) return;
    setSelected(index);
    change({ open: row.id }, { replace: search.open !== undefined });
  };
  const move = (by: number) => {
    const next = Math.min(list.rows.length - 1, Math.max(0, selected + by));
    if (search.open === undefined) setSelected(next);
    else open(next);
  };
  const refine = (next: Partial<Search>) => {
    setSelected(-1);
    scroller.current?.scrollTo(0, 0);
    change(next);
  };
  const sort = ({ sort: by }: Column) => {
    const isSame = (search.sort ?? "OCCURRED_AT") === by;
    refine({ sort: SORTS.find((each) => each === by), dir: isSame && search.dir === undefined ? "ASC" : undefined });
  };
  useShortcuts([
    { key: "j", label: t.keys.next, run: () => move(1) },
    { key: "k", label: t.keys.previous, run: () => move(-1) },
    { key: "Enter", label: t.keys.open, run: () => open(Math.max(0, selected)) },
    { key: "Escape", label: t.keys.close, run: () => change({ open: undefined }) },
    { key: "/", label: t.keys.search, run: () => field.current?.focus() },
    { key: "p", label: t.keys.pause, run: () => setPaused((before) => !before) },
  ]);
  return (
    <div className="transactions">
      <Toolbar
        field={field}
        dimensions={dimensions}
        search={search}
        filter={filter}
        asOf={asOf}
        shown={shown}
        isPaused={isPaused}
        onPause={setPaused}
        onChange={refine}
      />
      {asOf !== null && <PastBanner asOf={asOf} onBack={() => refine({ at: undefined })} />}
      <FilterChips dimensions={dimensions} search={search} onChange={refine} />
      <TotalsLine figures={figures} />
      {list.waiting > 0 && (
        <Button
          look="primary"
          icon={ICONS.up}
          onClick={() => {
            scroller.current?.scrollTo(0, 0);
            list.reload();
          }}
        >
          {t.newRows(list.waiting)}
        </Button>
      )}
      <section
        ref={scroller}
        className="transactions__list panel"
        aria-busy={list.fetching}
        aria-label={t.list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
      >
        {list.rows.length > 0 && (
          <TransactionTable
            list={list}
            shown={shown}
            search={search}
            selected={selected}
            scroller={scroller}
            linkTo={linkTo}
            onSort={sort}
            onSelect={open}
          />
        )}
        {list.rows.length === 0 && list.fetching && <Spinner label={t.loadingMore} />}
        {list.rows.length === 0 && !list.fetching && (
          <Nothing
            error={list.error}
            isPast={asOf !== null}
            isFiltered={Object.keys(filter).length > 0}
            onAgain={list.reload}
          />
        )}
      </section>
      <CoverageLine coverage={figures?.coverage ?? []} />
      {search.open && (
        <TransactionDrawer id={search.open} asOf={asOf} linkTo={linkTo} onClose={() => change({ open: undefined })} />
      )}
    </div>
  );
}
