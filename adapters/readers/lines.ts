import { AppError } from "../../subgraphs/shared/errors.ts";
import { type Encoding, LONGEST_ROW, textOf } from "./text.ts";

/** One line without the blanks at its end. `line` is 1-based. */
export type Line = { readonly line: number; readonly raw: string };

/**
 * Reads text line by line as a stream, for records of fixed width whose padding may have been lost on the way. Blank lines
 * are passed over. Throws FILE_REJECTED for a line beyond 64 kB and for bytes of another encoding.
 */
export async function* readLines(file: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<readonly Line[]> {
  let rest = "";
  let line = 0;
  const lineOf = (text: string): readonly Line[] => {
    line += 1;
    const raw = text.trimEnd();
    return raw === "" ? [] : [{ line, raw }];
  };
  for await (const text of textOf(file, encoding)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_ROW) {
      const message = `line ${line + 1} has more than ${LONGEST_ROW} characters; the file is damaged, fetch it again`;
      throw new AppError("FILE_REJECTED", message);
    }
    const found = lines.flatMap(lineOf);
    if (found.length > 0) yield found;
  }
  yield lineOf(rest);
}
