import type { CsvRow } from "./csv.ts";

/**
 * A row's text as we may keep it: the cells of these columns are blank, the rest is written as a spreadsheet would. A
 * row that became an event is not kept; one that did not is shown to people who look for its fault.
 */
export function rawWithout({ cells }: Pick<CsvRow, "cells">, columns: ReadonlySet<number>, delimiter: string): string {
  return cells.map((cell, index) => (columns.has(index) ? "" : quoted(cell, delimiter))).join(delimiter);
}

function quoted(cell: string, delimiter: string): string {
  const needsQuotes = cell.includes(delimiter) || cell.includes('"') || cell.includes("\n");
  return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
}
