import { AppError } from "../../subgraphs/shared/errors.ts";
import { LONGEST_ROW } from "../readers/text.ts";

/**
 * The file without the blanks that Amex pads its records with: after the last cell's quote they would be text that
 * belongs to no cell. Works on bytes, so that the encoding stays the reader's business.
 */
export async function* trimLineEnds(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let blanks = "";
  for await (const bytes of file) {
    const text = blanks + bytes.toString("latin1");
    // Blanks at the end of a piece may be padding or may stand inside a cell: the next piece tells.
    const end = /[ ]+\r?$|\r$/.exec(text)?.index ?? text.length;
    blanks = text.slice(end);
    if (blanks.length > LONGEST_ROW) {
      throw new AppError(
        "FILE_REJECTED",
        `more than ${LONGEST_ROW} blanks in a row; the file is damaged, fetch it again`,
      );
    }
    const trimmed = text.slice(0, end).replaceAll(/[ ]+(?=\r?\n)/g, "");
    if (trimmed !== "") yield Buffer.from(trimmed, "latin1");
  }
  const rest = blanks.trim();
  if (rest !== "") yield Buffer.from(rest, "latin1");
}
