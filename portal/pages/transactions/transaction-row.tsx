import { FlexRender, type Row as TableRow } from "@tanstack/react-table";
import { memo } from "react";
import type { Column, FEATURES } from "./columns.tsx";
import { TransactionCard } from "./transaction-card.tsx";
import type { Row } from "./use-transaction-list.ts";

type TransactionRowProps = {
  readonly row: TableRow<typeof FEATURES, Row>;
  readonly index: number;
  /** From the top of the list and of its own, in pixels. */
  readonly start: number;
  readonly height: number;
  readonly isSelected: boolean;
  /** What is shown of it side by side; without columns it is a card. */
  readonly columns: readonly Column[] | undefined;
  readonly linkTo: (id: string) => string;
};

/** One transaction in the list; drawn again only when something of it is another. */
export const TransactionRow = memo(function TransactionRow(props: TransactionRowProps) {
  const { row, index, start, height, isSelected, columns, linkTo } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are not in sight are not there, which a table element cannot say
    // biome-ignore lint/a11y/useFocusableInteractive: its link takes the focus
    <div
      role="row"
      aria-rowindex={index + 2}
      className="transactions__row"
      data-index={index}
      data-selected={isSelected}
      style={{ ...(columns && styleOf(columns)), height, transform: `translateY(${start}px)` }}
    >
      {columns ? (
        row.getVisibleCells().map((cell, place) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <div key={cell.id} role="cell" className={columns[place]?.isNumber ? "number" : ""}>
            <FlexRender cell={cell} />
          </div>
        ))
      ) : (
        <TransactionCard row={row.original} linkTo={linkTo} />
      )}
    </div>
  );
});

/** Columns of a row, or of the head above it. */
export function styleOf(columns: readonly Column[]) {
  return { gridTemplateColumns: columns.map(({ width }) => width).join(" ") };
}
