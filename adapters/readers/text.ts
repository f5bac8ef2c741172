import { isAscii } from "node:buffer";
import { TextDecoder } from "node:util";
import { AppError } from "../../subgraphs/shared/errors.ts";

/** How a format's bytes become text; a provider has one, so an adapter names it and nothing is guessed. */
export type Encoding = "utf-8" | "latin1" | "windows-1252";

/** A row, quoted newlines included, longer than this comes from an unclosed quote or from no settlement file at all. */
export const LONGEST_ROW = 65_536;

/**
 * Decodes a file as it streams; a byte order mark is removed. Throws FILE_REJECTED where the bytes are not text of
 * that encoding, because a replacement character would change a reference without anyone seeing it.
 */
export async function* textOf(file: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = encoding === "latin1" ? undefined : new TextDecoder(encoding, { fatal: true });
  let bytesBefore = 0;
  let isPlain = true;
  for await (const bytes of file) {
    let text: string;
    // ASCII is itself in all of them, and most of what there is; only after other bytes may a character be cut in two.
    if (!decoder || (isPlain && isAscii(bytes))) {
      text = bytes.toString("latin1");
    } else {
      if (isPlain && bytesBefore > 0) decoder.decode(NOT_THE_START, { stream: true });
      isPlain = false;
      text = decode(decoder, bytes, bytesBefore);
    }
    if (text.includes("\0")) {
      throw new AppError("FILE_REJECTED", `the file holds NUL bytes near byte ${bytesBefore}; it is not a text file`);
    }
    bytesBefore += bytes.length;
    if (text !== "") yield text;
  }
  if (decoder) {
    const rest = decode(decoder, undefined, bytesBefore);
    if (rest !== "") yield rest;
  }
}

/** A decoder takes what it sees first for the start of the file, where a byte order mark is left out. */
const NOT_THE_START = Buffer.from(" ");

/** The first line of a file's head (latin1, see the contract) without byte order mark, as `accepts` wants it. */
export function firstLine(head: string): string {
  const text = head.startsWith(BOM_AS_LATIN1) ? head.slice(BOM_AS_LATIN1.length) : head;
  const end = text.indexOf("\n");
  return (end === -1 ? text : text.slice(0, end)).replace(/\r$/, "");
}

const BOM_AS_LATIN1 = "\u00ef\u00bb\u00bf";

/** Without bytes it ends the stream, which fails if a character was cut in two. */
function decode(decoder: TextDecoder, bytes: Buffer | undefined, at: number): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch (cause) {
    const message = `the file is not ${decoder.encoding.toUpperCase()} near byte ${at}; export it again as UTF-8`;
    throw new AppError("FILE_REJECTED", message, { cause });
  }
}
