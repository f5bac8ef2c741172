import { ICONS, Icon } from "../../design/icon.tsx";
import { type Column, isColumn } from "./columns.tsx";
import type { Search } from "./transaction-search.ts";
import { useTransactionWords } from "./words.ts";

type ColumnHeaderProps = {
  readonly column: Column;
  readonly search: Search;
  readonly onSort: (column: Column) => void;
};

/** The name of a column, and where the list can be sorted by it a button that does. */
export function ColumnHeader({ column, search, onSort }: ColumnHeaderProps) {
  const t = useTransactionWords();
  const { id, sort, isNumber } = column;
  const name = isColumn(id) ? t.columns[id] : id;
  const className = isNumber ? "number" : "";
  if (!sort) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: it stands in a table of roles
      // biome-ignore lint/a11y/useFocusableInteractive: nothing can be done with it
      <div role="columnheader" className={className}>
        {name}
      </div>
    );
  }
  const isSorted = (search.sort ?? "OCCURRED_AT") === sort;
  const isUp = search.dir === "ASC";
  const state = isUp ? "ascending" : "descending";
  return (
    // biome-ignore lint/a11y/useSemanticElements: it stands in a table of roles
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <div role="columnheader" aria-sort={isSorted ? state : "none"} className={className}>
      <button type="button" className="transactions__sort" title={t.sortBy(name)} onClick={() => onSort(column)}>
        {name}
        {isSorted && <Icon path={isUp ? ICONS.up : ICONS.down} />}
      </button>
    </div>
  );
}
