import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useMemo } from "react";
import { useFormats } from "../../language/language.tsx";
import { ColumnHeader } from "./column-header.tsx";
import { COLUMNS, type Column, type ColumnId, columnsOf, FEATURES } from "./columns.tsx";
import { TransactionCard } from "./transaction-card.tsx";
import type { Search } from "./transaction-search.ts";
import { useNarrow } from "./use-narrow.ts";
import type { TransactionList } from "./use-transaction-list.ts";
import { useTransactionWords } from "./words.ts";

type TransactionTableProps = {
  readonly list: TransactionList;
  readonly shown: readonly ColumnId[];
  readonly search: Search;
  readonly selected: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly linkTo: (id: string) => string;
  readonly onSort: (column: Column) => void;
  readonly onSelect: (index: number) => void;
};

const ROW_PX = 36;
const CARD_PX = 62;

/** Draws the rows that are in sight, and asks for more before the last of them is. */
export function TransactionTable(props: TransactionTableProps) {
  const { list, shown, search, selected, scroller, linkTo, onSort, onSelect } = props;
  const t = useTransactionWords();
  const formats = useFormats();
  const isNarrow = useNarrow();
  const columns = useMemo(() => columnsOf({ t, formats, linkTo }), [t, formats, linkTo]);
  const visible = COLUMNS.filter(({ id }) => shown.includes(id));
  const table = useTable({
    features: FEATURES,
    columns,
    data: list.rows,
    getRowId: (row) => row.id,
    state: { columnVisibility: Object.fromEntries(COLUMNS.map(({ id }) => [id, shown.includes(id)])) },
  });
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? CARD_PX : ROW_PX),
    overscan: 12,
    scrollPaddingStart: isNarrow ? 0 : ROW_PX,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { more } = list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked when the last row in sight is another
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 40) more();
  }, [last, rows.length, list.fetching]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the selection moves the list
  useEffect(() => {
    if (selected >= 0) virtual.scrollToIndex(selected);
  }, [selected]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row has another height on a phone
  useEffect(() => virtual.measure(), [isNarrow]);
  const numbers = visible.map((column: Column) => column.isNumber);
  const template = visible.map(({ width }) => width).join(" ");
  const style = isNarrow ? {} : { gridTemplateColumns: template };
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are not in sight are not there, which a table element cannot say
    <div
      role="table"
      aria-label={t.list}
      aria-rowcount={list.hasMore ? -1 : rows.length + 1}
      className="transactions__table"
    >
      {!isNarrow && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: a row of headers is not interactive
        <div role="row" aria-rowindex={1} className="transactions__head" style={style}>
          {visible.map((column) => (
            <ColumnHeader key={column.id} column={column} search={search} onSort={onSort} />
          ))}
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" className="transactions__body" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: its link takes the focus
            // biome-ignore lint/a11y/useKeyWithClickEvents: its link takes the keys
            <div
              key={row.id}
              role="row"
              aria-rowindex={item.index + 2}
              className="transactions__row"
              data-selected={item.index === selected}
              style={{ ...style, height: item.size, transform: `translateY(${item.start}px)` }}
              onClick={(event) => {
                if (!(event.target instanceof Element && event.target.closest("a"))) onSelect(item.index);
              }}
            >
              {isNarrow ? (
                <TransactionCard row={row.original} linkTo={linkTo} />
              ) : (
                row.getVisibleCells().map((cell, index) => (
                  // biome-ignore lint/a11y/useSemanticElements: as above
                  <div key={cell.id} role="cell" className={numbers[index] ? "number" : ""}>
                    <table.FlexRender cell={cell} />
                  </div>
                ))
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
