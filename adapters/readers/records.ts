import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading } from "../adapter.ts";
import { type ColumnNames, type Columns, columnsOf, unknownColumns } from "./columns.ts";
import { type CsvFormat, type CsvRow, checkWidth, readCsv } from "./csv.ts";
import { rawWithout } from "./personal.ts";
import { firstLine } from "./text.ts";

/** A delimited format with a header: what its columns are called, and which of them a file may leave out. */
export type Layout<Required extends string, Optional extends string> = {
  readonly format: CsvFormat;
  readonly required: ColumnNames<Required>;
  readonly optional: ColumnNames<Optional>;
  /** Columns the format has and the adapter does not read. */
  readonly unread: (column: string) => boolean;
  /** Those of them that tell of a person: they are blanked in the row's text too. */
  readonly personal?: (column: string) => boolean;
};

/** One row, read by the adapter's own names for the columns; a column that the file does not have is blank. */
export class CsvRecord<Column extends string> {
  readonly line: number;
  readonly raw: string;
  readonly #cells: readonly string[];
  readonly #at: Columns<Column>;

  constructor(row: CsvRow, raw: string, at: Columns<Column>) {
    this.line = row.line;
    this.raw = raw;
    this.#cells = row.cells;
    this.#at = at;
  }

  text(column: Column): string {
    const index = this.#at[column];
    return index === -1 ? "" : this.#cells[index]!.trim();
  }
}

export type RecordChunk<Column extends string> = {
  /** Columns that the format does not have; in the first chunk only. */
  readonly drift: readonly Reading[];
  readonly records: readonly CsvRecord<Column>[];
};

/**
 * Reads a file with a header. Throws FILE_REJECTED where a required column is missing or one stands twice, where a row
 * is not as wide as the header, and where there is no row.
 */
export async function* readRecords<Required extends string, Optional extends string>(
  file: AsyncIterable<Buffer>,
  layout: Layout<Required, Optional>,
): AsyncGenerator<RecordChunk<Required | Optional>> {
  const { format, required, optional, unread, personal = () => false } = layout;
  const read = new Set<string>([...Object.values<string>(required), ...Object.values<string>(optional)]);
  let header: CsvRow | undefined;
  let at: Columns<Required | Optional> | undefined;
  let blanked: ReadonlySet<number> | undefined;
  let count = 0;
  for await (const rows of readCsv(file, format)) {
    const first = header === undefined;
    header ??= rows[0]!;
    at ??= columnsOf(header, required, optional);
    blanked ??= new Set(header.cells.flatMap((name, index) => (personal(name.trim()) ? [index] : [])));
    const records: CsvRecord<Required | Optional>[] = [];
    for (const row of rows.slice(first ? 1 : 0)) {
      checkWidth(row, header.cells.length);
      const raw = blanked.size === 0 ? row.raw : rawWithout(row, blanked, format.delimiter);
      records.push(new CsvRecord(row, raw, at));
    }
    count += records.length;
    const unknown = first ? header.cells.map((name) => name.trim()).filter((name) => !read.has(name)) : [];
    yield { drift: first ? unknownColumns(header, new Set([...read, ...unknown.filter(unread)])) : [], records };
  }
  if (count === 0) throw new AppError("FILE_REJECTED", "the file has no rows below its header; export it again");
}

/** Whether a file's first line names all these columns, in any order. */
export function hasColumns(head: string, delimiter: CsvFormat["delimiter"], columns: readonly string[]): boolean {
  const names = new Set(
    firstLine(head)
      .split(delimiter)
      .map((name) => name.trim().replaceAll('"', "")),
  );
  return columns.every((name) => names.has(name));
}
