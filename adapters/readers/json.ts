import { AppError } from "../../subgraphs/shared/errors.ts";
import { ArraySplitter, LineSplitter, type Piece, type Splitter } from "./json-splitter.ts";
import { textOf } from "./text.ts";

/** One object of the file: the line it starts on (1-based), its text, and its value with numbers as their own text. */
export type JsonRecord = { readonly line: number; readonly raw: string; readonly value: unknown };

/** `closed` tells that the file marks its own end, as an array does; lines may be cut without a trace. */
export type JsonChunk = { readonly closed: boolean; readonly records: readonly JsonRecord[] };

/**
 * Reads a JSON array or newline-delimited JSON as a stream, whichever the file is. Throws FILE_REJECTED with the line
 * for text that is not JSON, an array that does not close, text after it, a record beyond 64 kB or 32 levels.
 */
export async function* readJson(file: AsyncIterable<Buffer>): AsyncGenerator<JsonChunk> {
  let splitter: Splitter | undefined;
  let blank = "";
  for await (const text of textOf(file, "utf-8")) {
    const start = blank + text;
    blank = "";
    if (!splitter && start.trim() === "") {
      blank = start;
      continue;
    }
    splitter ??= start.trimStart().startsWith("[") ? new ArraySplitter() : new LineSplitter();
    const records = splitter.take(start).map(parsed);
    if (records.length > 0) yield { closed: splitter.closes, records };
  }
  if (!splitter) throw new AppError("FILE_REJECTED", "the file is empty; fetch it again");
  yield { closed: splitter.closes, records: splitter.end().map(parsed) };
}

/**
 * JSON whose numbers stay the digits that were written, so that 9.99 is never a float. A key `__proto__` is a key like
 * any other and sets no prototype; a key that stands twice in one object could mean either value, so it is refused.
 * Throws a SyntaxError.
 */
export function parseJson(text: string): unknown {
  return parsePlain(text) ?? parseByToken(text);
}

/**
 * A flat object of words, as most records are, in a fifth of the time: undefined where there may be a number, an escape or
 * a key that stands twice, and where it is not JSON.
 */
function parsePlain(text: string): unknown {
  if (NUMBER_OR_NESTED.test(text) || text.includes("\\")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFlat(value) && Object.keys(value).length === keysIn(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFlat(value: unknown): value is Readonly<Record<string, string | boolean | null>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const word of Object.values(value)) {
    if (typeof word === "number" || (typeof word === "object" && word !== null)) return false;
  }
  return true;
}

/** At least as many keys as the text of a flat object has: a word that begins with a colon looks like one as well. */
function keysIn(text: string): number {
  let keys = 0;
  for (let colon = text.indexOf(":"); colon !== -1; colon = text.indexOf(":", colon + 1)) {
    let before = colon - 1;
    while (text.charCodeAt(before) <= SPACE) before -= 1;
    if (text.charCodeAt(before) === QUOTE) keys += 1;
  }
  return keys;
}

const SPACE = 32;
const QUOTE = 34;
/** As the value of a key; a word may hold the like, which costs time and no more. */
const NUMBER_OR_NESTED = /"\s*:\s*[-\d[{]/;

function parseByToken(text: string): unknown {
  // What is open: the keys of an object so far, nothing of an array.
  const open: (Set<string> | undefined)[] = [];
  const quoted = text.replace(TOKEN, (token: string, word?: string, colon?: string, wrongColon?: string) => {
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : undefined);
      if (open.length > DEEPEST) throw new SyntaxError(`it nests more than ${DEEPEST} levels`);
    } else if (token === "}" || token === "]") open.pop();
    else if (wrongColon) throw new SyntaxError(`the number ${token} stands where a key must`);
    else if (word === undefined) return `"${token}"`;
    else if (colon) addKey(open.at(-1), word);
    return token;
  });
  return JSON.parse(quoted) as unknown;
}

function addKey(keys: Set<string> | undefined, word: string): void {
  // The same key may be written in two ways.
  const key = word.includes("\\") ? String(JSON.parse(word)) : word.slice(1, -1);
  if (keys?.has(key)) throw new SyntaxError(`the key "${key.slice(0, 40)}" stands twice`);
  keys?.add(key);
}

const DEEPEST = 32;
/** Strings are matched only to be passed over; a malformed number leaves a rest that JSON.parse refuses. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(\s*:)?|[{}[\]]/g;

function parsed({ line, raw }: Piece): JsonRecord {
  try {
    return { line, raw, value: parseJson(raw) };
  } catch (cause) {
    const message = `line ${line} is not JSON; the file is cut or damaged, fetch it again`;
    throw new AppError("FILE_REJECTED", message, { cause });
  }
}
