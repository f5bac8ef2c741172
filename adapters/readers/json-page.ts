import { AppError } from "../../subgraphs/shared/errors.ts";
import { type JsonRecord, parseJson } from "./json.ts";
import { PageSplitter } from "./page-splitter.ts";
import { textOf } from "./text.ts";

/** What a page of an API gives: some elements of its list, then, once, what stood around the list. */
export type PageChunk =
  | { readonly list: string; readonly records: readonly JsonRecord[] }
  | { readonly envelope: Readonly<Record<string, unknown>>; readonly lists: readonly string[] };

/**
 * Reads one JSON document as an API returns it: an object whose list stands under one of `names`, at the top or in
 * `_embedded`, or a bare array, or one object alone, which then is the only record, of the list "". Elements stream; the
 * rest is kept and given last, without the lists. Throws FILE_REJECTED with the line for text that is not one document,
 * for a list that stands twice, and for an element beyond 64 kB or 32 levels.
 *
 * `line` is where an element starts, or one more than the last where several start on one line.
 */
export async function* readPage(file: AsyncIterable<Buffer>, names: readonly string[]): AsyncGenerator<PageChunk> {
  const splitter = new PageSplitter(names);
  let last = 0;
  for await (const text of textOf(file, "utf-8")) {
    for (const { list, pieces } of splitter.take(text)) {
      const records = pieces.map(({ line, raw }) => {
        last = Math.max(line, last + 1);
        return { line: last, raw, value: parsed(raw, line) };
      });
      yield { list, records };
    }
  }
  const { raw, line, lists } = splitter.end();
  const value = parsed(raw, line);
  if (Array.isArray(value)) {
    yield { envelope: {}, lists };
    return;
  }
  if (lists.length === 0) yield { list: "", records: [{ line, raw, value }] };
  yield { envelope: value as Readonly<Record<string, unknown>>, lists };
}

function parsed(raw: string, line: number): unknown {
  try {
    return parseJson(raw);
  } catch (cause) {
    throw new AppError("FILE_REJECTED", `line ${line} is not JSON; the file is cut or damaged, fetch it again`, {
      cause,
    });
  }
}
