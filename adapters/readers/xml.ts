import { AppError } from "../../subgraphs/shared/errors.ts";
import { type Encoding, textOf } from "./text.ts";
import { type XmlOptions, type XmlRecord, XmlTrees } from "./xml-trees.ts";

/** `namespace` is the root element's, "" where it has none: the format and its version, for the adapter to check. */
export type XmlChunk = { readonly namespace: string; readonly records: readonly XmlRecord[] };

/**
 * Reads XML as a stream and yields the records of each chunk together. UTF-8, US-ASCII, ISO-8859-1 and windows-1252, as
 * the prolog says; well-formed to the very end, so that a cut file is no file. Nothing outside the file is ever read, and
 * what asks for it is refused: DOCTYPE, entities beyond the five of XML, XInclude, stylesheets, schemas at a URL.
 *
 * Throws FILE_REJECTED with the line for all of these, for more than 64 levels or 64 attributes, for a text, comment or
 * tag of a megabyte, and for a record of four megabytes.
 */
export async function* readXml(file: AsyncIterable<Buffer>, options: XmlOptions): AsyncGenerator<XmlChunk> {
  const trees = new XmlTrees(options);
  const { encoding, bytes } = await prologOf(file);
  for await (const text of textOf(bytes, encoding)) {
    for (let start = 0; start < text.length; start += PIECE) {
      const records = trees.take(text.slice(start, start + PIECE));
      if (records.length > 0) yield { namespace: trees.namespace, records };
    }
  }
  trees.end();
}

/** Characters parsed at a time: records that die young are not copied about by the garbage collector. */
const PIECE = 16 * 1024;

/** Enough for a byte order mark and an XML declaration. */
const PROLOG_BYTES = 256;

/** The encoding that the first bytes declare, and all of the bytes. */
async function prologOf(file: AsyncIterable<Buffer>): Promise<{ encoding: Encoding; bytes: AsyncIterable<Buffer> }> {
  const source = file[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < PROLOG_BYTES) {
    const { value, done } = await source.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  return { encoding: encodingOf(start), bytes: joined(start, source) };
}

async function* joined(start: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield start;
    yield* { [Symbol.asyncIterator]: () => source };
  } finally {
    await source.return?.();
  }
}

function encodingOf(start: Buffer): Encoding {
  const text = start.subarray(0, PROLOG_BYTES).toString("latin1");
  if (/^(?:\u00fe\u00ff|\u00ff\u00fe|\0|<\0)/.test(text)) throw notEncoded("UTF-16");
  const marked = text.startsWith("\u00ef\u00bb\u00bf");
  const declared = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']/.exec(text)?.[1] ?? "UTF-8";
  const encoding = ENCODINGS.get(declared.toLowerCase());
  if (!encoding) throw notEncoded(declared.slice(0, 20));
  if (marked && encoding !== "utf-8") {
    const message = `the file says it is ${declared} and starts with the mark of UTF-8; export it again as UTF-8`;
    throw new AppError("FILE_REJECTED", message);
  }
  return encoding;
}

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["us-ascii", "utf-8"],
  ["ascii", "utf-8"],
  ["iso-8859-1", "latin1"],
  ["iso8859-1", "latin1"],
  ["latin1", "latin1"],
  ["windows-1252", "windows-1252"],
  ["cp1252", "windows-1252"],
]);

function notEncoded(encoding: string): AppError {
  return new AppError("FILE_REJECTED", `the file is encoded as "${encoding}", which is not read; export it as UTF-8`);
}
