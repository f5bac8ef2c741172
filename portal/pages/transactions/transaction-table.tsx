import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type RefObject, useEffect, useMemo } from "react";
import { useFormats } from "../../language/language.tsx";
import { ColumnHeader } from "./column-header.tsx";
import { COLUMNS, type Column, type ColumnId, columnsOf, FEATURES } from "./columns.tsx";
import { styleOf, TransactionRow } from "./transaction-row.tsx";
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
  const visible = useMemo(() => COLUMNS.filter(({ id }) => shown.includes(id)), [shown]);
  const state = useMemo(
    () => ({ columnVisibility: Object.fromEntries(COLUMNS.map(({ id }) => [id, shown.includes(id)])) }),
    [shown],
  );
  const table = useTable({
    features: FEATURES,
    columns,
    data: list.rows,
    getRowId: (row) => row.id,
    state,
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
  const select = ({ target }: MouseEvent) => {
    if (!(target instanceof Element) || target.closest("a")) return;
    const index = target.closest<HTMLElement>("[data-index]")?.dataset["index"];
    if (index !== undefined) onSelect(Number(index));
  };
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
        <div role="row" aria-rowindex={1} className="transactions__head" style={styleOf(visible)}>
          {visible.map((column) => (
            <ColumnHeader key={column.id} column={column} search={search} onSort={onSort} />
          ))}
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links of its rows take the keys */}
      <div role="rowgroup" className="transactions__body" style={{ height: virtual.getTotalSize() }} onClick={select}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <TransactionRow
              key={row.id}
              row={row}
              index={item.index}
              start={item.start}
              height={item.size}
              isSelected={item.index === selected}
              columns={isNarrow ? undefined : visible}
              linkTo={linkTo}
            />
          );
        })}
      </div>
    </div>
  );
}
