import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading } from "../adapter.ts";
import type { CsvRow } from "./csv.ts";

/** The names a format's columns have in its header, by the words the adapter uses for them. */
export type ColumnNames<Column extends string = string> = Readonly<Record<Column, string>>;

/** Where each column stands; -1 for an optional one that this file does not have. */
export type Columns<Column extends string> = Readonly<Record<Column, number>>;

/**
 * Finds columns by name, in whatever order a file has them. Throws FILE_REJECTED when a required one is missing or one
 * of ours stands twice, since either of the two could be meant.
 */
export function columnsOf<Required extends string, Optional extends string>(
  header: CsvRow,
  required: ColumnNames<Required>,
  optional: ColumnNames<Optional>,
): Columns<Required | Optional> {
  const names = header.cells.map((name) => name.trim());
  const columns: Record<string, number> = {};
  for (const [column, name] of Object.entries<string>({ ...required, ...optional })) {
    const index = names.indexOf(name);
    if (index === -1 && column in required) {
      throw new AppError("FILE_REJECTED", `the column "${name}" is missing; add it to the report and export it again`);
    }
    if (index !== names.lastIndexOf(name)) {
      throw new AppError("FILE_REJECTED", `the column "${name}" stands twice; remove one and export the report again`);
    }
    columns[column] = index;
  }
  return columns as Columns<Required | Optional>;
}

/**
 * A header's columns as the file has them, and as drift those that the format does not know: `known` lists every column
 * it has or ever had, those that the adapter does not read included.
 */
export function unknownColumns(header: CsvRow, known: ReadonlySet<string>): readonly Reading[] {
  const columns = header.cells.map((name) => name.trim());
  const names = new Set(columns.filter((name) => name !== "" && !known.has(name)));
  return [
    { kind: "layout", columns },
    ...[...names].map((name): Reading => {
      return { kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line: header.line } };
    }),
  ];
}
