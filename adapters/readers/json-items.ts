import { AppError } from "../../subgraphs/shared/errors.ts";
import { parseJson } from "./json.ts";
import { LONGEST_ROW, textOf } from "./text.ts";

/** A value found in a document: where it stands (`data`, `emv`, 0), the line it starts on, its text, and what it says. */
export type JsonItem = {
  readonly path: readonly (string | number)[];
  readonly line: number;
  readonly raw: string;
  /** Numbers as their own text. */
  readonly value: unknown;
};

/**
 * Reads one JSON object as a stream and yields the values at the wanted paths, so that a long statement is never held
 * whole. Throws FILE_REJECTED with the line for text that is not one whole object, and for an item beyond 64 kB.
 */
export async function* readJsonItems(
  file: AsyncIterable<Buffer>,
  wanted: (path: readonly (string | number)[]) => boolean,
): AsyncGenerator<readonly JsonItem[]> {
  const scanner = new ItemScanner(wanted);
  let rest = "";
  for await (const text of textOf(file, "utf-8")) {
    rest = scanner.take(rest + text);
    if (rest.length > LONGEST_ROW) throw damaged(scanner.line, `a text of more than ${LONGEST_ROW} characters`);
    const items = scanner.found();
    if (items.length > 0) yield items;
  }
  scanner.end(rest);
  yield scanner.found();
}

type Level = { readonly isArray: boolean; key: string | number; isKeyNext: boolean };

/** A token that could go on in the next piece of the file is left for it: an open string, a bare word at the end. */
const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+(?=[\s"{}[\],:])/y;

class ItemScanner {
  line = 1;
  readonly #wanted: (path: readonly (string | number)[]) => boolean;
  readonly #levels: Level[] = [];
  #items: JsonItem[] = [];
  #open: { readonly path: readonly (string | number)[]; readonly line: number; readonly depth: number } | undefined;
  #raw = "";
  /** The document with `null` in place of every item: what is left to prove is that it is JSON. */
  #frame = "";
  #isClosed = false;

  constructor(wanted: (path: readonly (string | number)[]) => boolean) {
    this.#wanted = wanted;
  }

  take(text: string): string {
    TOKEN.lastIndex = 0;
    let at = 0;
    for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
      at = TOKEN.lastIndex;
      this.#token(match[0]);
    }
    return text.slice(at);
  }

  found(): readonly JsonItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  end(rest: string): void {
    if (!this.#isClosed || rest !== "") {
      throw new AppError(
        "FILE_REJECTED",
        `the object is not closed by line ${this.line}; the file is cut, fetch it again`,
      );
    }
    this.#parse(this.#frame, 1);
  }

  #token(token: string): void {
    if (token.trim() === "") {
      for (const char of token) if (char === "\n") this.line += 1;
      this.#keep(token);
      return;
    }
    if (this.#isClosed || (this.#levels.length === 0 && token !== "{"))
      throw damaged(this.line, "text outside its object");
    if (token === "{" || token === "[") this.#enter(token);
    else if (token === "}" || token === "]") this.#leave(token);
    else this.#inside(token);
  }

  #enter(token: "{" | "["): void {
    this.#begin();
    this.#keep(token);
    this.#levels.push({ isArray: token === "[", key: token === "[" ? 0 : "", isKeyNext: token === "{" });
  }

  #leave(token: "}" | "]"): void {
    const level = this.#levels.pop();
    if (level?.isArray !== (token === "]")) throw damaged(this.line, `a "${token}" that closes nothing`);
    this.#keep(token);
    if (this.#open?.depth === this.#levels.length) this.#finish();
    this.#isClosed = this.#levels.length === 0;
  }

  #inside(token: string): void {
    const level = this.#levels.at(-1)!;
    const isKey = level.isKeyNext && token.startsWith('"');
    if (isKey) level.key = String(this.#parse(token, this.line));
    const isScalar = !isKey && token !== "," && token !== ":";
    const begins = isScalar && this.#begin();
    this.#keep(token);
    if (begins) this.#finish();
    if (token === "," && level.isArray) level.key = Number(level.key) + 1;
    if (token === "," || isKey) level.isKeyNext = token === "," && !level.isArray;
  }

  #begin(): boolean {
    if (this.#open || this.#levels.length === 0) return false;
    const path = this.#levels.map(({ key }) => key);
    if (!this.#wanted(path)) return false;
    this.#open = { path, line: this.line, depth: this.#levels.length };
    return true;
  }

  #keep(text: string): void {
    if (!this.#open) this.#frame += text;
    else if (this.#raw.length + text.length <= LONGEST_ROW) this.#raw += text;
    else throw damaged(this.#open.line, `an item of more than ${LONGEST_ROW} characters`);
  }

  #finish(): void {
    const { path, line } = this.#open!;
    const raw = this.#raw;
    this.#open = undefined;
    this.#raw = "";
    this.#frame += "null";
    this.#items.push({ path, line, raw, value: this.#parse(raw, line) });
  }

  #parse(text: string, line: number): unknown {
    try {
      return parseJson(text);
    } catch (cause) {
      throw new AppError("FILE_REJECTED", `line ${line} is not JSON; the file is damaged, fetch it again`, { cause });
    }
  }
}

function damaged(line: number, what: string): AppError {
  return new AppError("FILE_REJECTED", `line ${line} has ${what}; the file is damaged, fetch it again`);
}
