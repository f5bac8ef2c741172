import { AppError } from "../../subgraphs/shared/errors.ts";
import { type Encoding, textOf } from "./text.ts";

export type FixedWidthFormat = {
  /** Characters of a record, its line end not counted. */
  readonly width: number;
  readonly encoding: Encoding;
};

/** One record. `line` is 1-based, `raw` exactly as wide as the format says. */
export type FixedWidthRow = { readonly line: number; readonly raw: string };

/** Where the fields of a record stand: the first character (0-based) and how many. */
export type FieldTable<Field extends string = string> = Readonly<
  Record<Field, readonly [start: number, length: number]>
>;

/**
 * Reads records of one width as a stream and yields those of each chunk together. LF and CRLF both end a record, the last
 * one needs no line end, and blank lines may follow it. Throws FILE_REJECTED with the line for a record that is longer or
 * shorter, since its fields would be read from the wrong place, and for bytes of another encoding.
 */
export async function* readFixedWidth(
  file: AsyncIterable<Buffer>,
  { width, encoding }: FixedWidthFormat,
): AsyncGenerator<readonly FixedWidthRow[]> {
  let rest = "";
  let line = 0;
  let blankLine = 0;
  const rowOf = (text: string): FixedWidthRow[] => {
    line += 1;
    const raw = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (raw === "" || raw === END_OF_FILE) {
      blankLine ||= line;
      return [];
    }
    if (blankLine > 0) throw new AppError("FILE_REJECTED", `line ${blankLine} is blank, and records follow it`);
    if (raw.length !== width) throw wrongWidth(line, raw.length, width);
    return [{ line, raw }];
  };
  for await (const text of textOf(file, encoding)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    // One more for the return of a line end that is cut in two.
    if (rest.length > width + 1) throw wrongWidth(line + 1, rest.length, width);
    const rows = lines.flatMap(rowOf);
    if (rows.length > 0) yield rows;
  }
  const rows = rowOf(rest);
  if (rows.length > 0) yield rows;
}

/** The fields of a record as they stand, blanks included: what they mean is the adapter's to say. */
export function fieldsOf<Field extends string>(raw: string, table: FieldTable<Field>): Readonly<Record<Field, string>> {
  const fields: Record<string, string> = {};
  for (const [field, [start, length]] of Object.entries<readonly [number, number]>(table)) {
    fields[field] = raw.slice(start, start + length);
  }
  return fields as Readonly<Record<Field, string>>;
}

/** What DOS and some mainframes put at the end of a text file. */
const END_OF_FILE = "\u001a";

function wrongWidth(line: number, found: number, width: number): AppError {
  const message = `line ${line} has ${found} characters where the format has ${width}; the file is cut or damaged, fetch it again`;
  return new AppError("FILE_REJECTED", message);
}
