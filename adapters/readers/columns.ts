import { AppError } from "../../subgraphs/shared/errors.ts";
import type { CsvRow } from "./csv.ts";

/** The names a format's columns have in its header, by the words the adapter uses for them. */
export type ColumnNames = Readonly<Record<string, string>>;

/** Reads a row's cell by column; an absent optional column reads as blank. */
export type Cells<Column extends string> = (column: Column) => string;

export type Layout<Column extends string> = {
  readonly width: number;
  readonly cellsOf: (row: CsvRow) => Cells<Column>;
};

/**
 * Finds columns by name, in whatever order a file has them. Throws FILE_REJECTED when a required one is missing or one
 * of ours stands twice, since either of the two could be meant.
 */
export function layoutOf<Required extends ColumnNames, Optional extends ColumnNames>(
  header: CsvRow,
  required: Required,
  optional: Optional,
): Layout<Extract<keyof Required | keyof Optional, string>> {
  const names = header.cells.map((name) => name.trim());
  const indexes: Record<string, number> = {};
  for (const [column, name] of Object.entries({ ...required, ...optional })) {
    const index = names.indexOf(name);
    if (index === -1 && column in required) {
      throw new AppError("FILE_REJECTED", `the column "${name}" is missing; add it to the report and export it again`);
    }
    if (index !== names.lastIndexOf(name)) {
      throw new AppError("FILE_REJECTED", `the column "${name}" stands twice; remove one and export the report again`);
    }
    indexes[column] = index;
  }
  const cellsOf = (row: CsvRow) => (column: string) => {
    const index = indexes[column]!;
    return index === -1 ? "" : row.cells[index]!;
  };
  return { width: names.length, cellsOf };
}
