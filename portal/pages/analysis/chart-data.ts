/** What a chart shows, as a table: for who reads it so, and for the file of its data. */
export type ChartData = {
  readonly columns: readonly { readonly name: string; readonly isNumber?: boolean }[];
  readonly rows: readonly ChartRow[];
};

type ChartRow = {
  readonly key: string;
  /** As they are read; the first names the row. */
  readonly cells: readonly string[];
  /** As a program reads them: days as `2026-11-28`, amounts with a decimal point and without a currency. */
  readonly raw: readonly string[];
  /** The list that the row is made of. */
  readonly href?: string;
};

/** RFC 4180, with the mark at its beginning by which Excel knows UTF-8. */
export function csvOf({ columns, rows }: ChartData): string {
  const lines = [columns.map(({ name }) => name), ...rows.map(({ raw }) => raw)];
  return `\uFEFF${lines.map((cells) => cells.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

/** A text that begins as a formula does is one to a spreadsheet, unless something stands before it. */
function csvCell(value: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(value) && !/^[+-]?[\d.]+$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
