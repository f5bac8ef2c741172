import { isUtf8 } from "node:buffer";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { LONGEST_ROW, textOf } from "../readers/text.ts";

/** One field of a message, `:61:` say, with all of its lines as they stand. */
export type Mt940Field = { readonly line: number; readonly tag: string; readonly lines: readonly string[] };

/** The fields of MT940 and MT942. A line of text may well start with ":12:", so that others start no field. */
const TAGS = new Set([
  ...["20", "21", "25", "25P", "28", "28C", "60F", "60M", "61", "62F", "62M", "64", "65", "86"],
  ...["13", "13D", "34F", "90C", "90D"],
]);

/**
 * Splits MT940 into its fields. What stands before the first one and between a closing balance and the next message
 * (SWIFT blocks, "-", "940") is the envelope, of which every bank has its own: `closes` says where it may begin. Throws
 * FILE_REJECTED for a field beyond 64 kB.
 */
export async function* fieldsOf(
  file: AsyncIterable<Buffer>,
  closes: (tag: string) => boolean,
): AsyncGenerator<readonly Mt940Field[]> {
  let rest = "";
  let line = 0;
  let field: { line: number; tag: string; lines: string[] } | undefined;
  let size = 0;
  const take = (text: string): Mt940Field[] => {
    line += 1;
    const [, tag = "", content = ""] = /^:(\d\d[A-Z]?):(.*)$/.exec(text) ?? [];
    if (TAGS.has(tag)) {
      const done = field;
      field = { line, tag, lines: [decoded(content)] };
      size = content.length;
      return done ? [done] : [];
    }
    size += text.length;
    if (size > LONGEST_ROW) throw new AppError("FILE_REJECTED", `line ${line}: a field is longer than 64 kB`);
    if (field && !(closes(field.tag) && isEnvelope(text))) field.lines.push(decoded(text));
    return [];
  };
  for await (const text of textOf(file, "latin1")) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_ROW) throw new AppError("FILE_REJECTED", `line ${line + 1} is longer than 64 kB`);
    const fields = lines.flatMap((content) => take(withoutReturn(content)));
    if (fields.length > 0) yield fields;
  }
  if (/^:2?0?$/.test(rest)) {
    throw new AppError("FILE_REJECTED", `line ${line + 1}: a message begins and is cut off; fetch the file again`);
  }
  const last = rest === "" ? [] : take(withoutReturn(rest));
  yield field ? [...last, field] : last;
}

/** Whatever is behind a closing balance and is no field belongs to no field. */
function isEnvelope(text: string): boolean {
  return !text.startsWith("/");
}

function withoutReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

/** SWIFT knows ASCII only. Banks that write more do it in UTF-8 or ISO-8859-1, and text that is the one is not the other. */
function decoded(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : text;
}
