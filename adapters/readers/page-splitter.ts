import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Piece } from "./json-splitter.ts";
import { LONGEST_ROW } from "./text.ts";

type Pieces = { readonly list: string; readonly pieces: readonly Piece[] };

/** Cuts one JSON document into the elements of its lists and what stands around them, by brackets and quotes alone. */
export class PageSplitter {
  readonly #names: ReadonlySet<string>;
  readonly #lists: string[] = [];
  /** The key that was last read at each depth; blank within an array. */
  readonly #keys: string[] = [];
  #outer = "";
  #outerLine = 0;
  #element = "";
  #elementLine = 0;
  #word = "";
  #line = 1;
  #depth = 0;
  #listDepth = 0;
  #isOpen = false;
  #ended = false;
  #inString = false;
  #escaped = false;

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
  }

  take(text: string): readonly Pieces[] {
    const taken: { list: string; pieces: Piece[] }[] = [];
    for (const char of text) {
      if (char === "\n") this.#line += 1;
      const piece = this.#step(char);
      if (!piece) continue;
      const list = this.#lists.at(-1) ?? "";
      if (taken.at(-1)?.list === list) taken.at(-1)!.pieces.push(piece);
      else taken.push({ list, pieces: [piece] });
    }
    return taken;
  }

  end(): Piece & { readonly lists: readonly string[] } {
    if (this.#outerLine === 0) throw new AppError("FILE_REJECTED", "the file is empty; fetch it again");
    if (!this.#ended) {
      const message = `the document is not closed by line ${this.#line}; the file is cut, fetch it again`;
      throw new AppError("FILE_REJECTED", message);
    }
    return { raw: this.#outer.trim(), line: this.#outerLine, lists: this.#lists };
  }

  #step(char: string): Piece | undefined {
    const isBlank = char === " " || char === "\n" || char === "\r" || char === "\t";
    if (this.#depth === 0 && !isBlank) this.#begin(char);
    const inList = this.#listDepth > 0;
    if (inList && this.#isAtElementEnd(char)) return this.#finish(char);
    this.#track(char);
    if (inList) this.#keepElement(char, isBlank);
    else this.#keepOuter(char);
    return undefined;
  }

  /** Nothing but one object or one array makes a document. */
  #begin(char: string): void {
    if (this.#ended || (char !== "{" && char !== "[")) {
      const what = this.#ended ? "text after the document; send one document a file" : "no JSON object or array";
      throw new AppError("FILE_REJECTED", `line ${this.#line} has ${what}`);
    }
    this.#outerLine = this.#line;
  }

  #isAtElementEnd(char: string): boolean {
    return this.#depth === this.#listDepth && !this.#inString && (char === "," || char === "]");
  }

  #finish(char: string): Piece | undefined {
    const raw = this.#element.trim();
    const line = this.#elementLine;
    if (raw === "" && (char === "," || this.#isOpen)) {
      throw new AppError("FILE_REJECTED", `line ${this.#line} has a comma without a value; the file is damaged`);
    }
    this.#isOpen = char === ",";
    this.#element = "";
    this.#elementLine = 0;
    if (char === "]") {
      this.#listDepth = 0;
      this.#track(char);
      this.#keepOuter(char);
    }
    return raw === "" ? undefined : { line, raw };
  }

  #track(char: string): void {
    if (this.#inString) this.#trackString(char);
    else if (char === '"') {
      this.#inString = true;
      this.#word = "";
    } else if (char === ":") this.#keys[this.#depth] = this.#word;
    else if (char === "{" || char === "[") this.#open(char);
    else if (char === "}" || char === "]") {
      this.#depth -= 1;
      this.#ended = this.#depth === 0;
    }
  }

  #trackString(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (char === "\\") this.#escaped = true;
    else if (char === '"') {
      this.#inString = false;
      return;
    }
    if (this.#word.length <= LONGEST_KEY) this.#word += char;
  }

  #open(char: string): void {
    const path = this.#keys.slice(1, this.#depth + 1);
    this.#depth += 1;
    this.#keys[this.#depth] = "";
    if (char === "{" || this.#listDepth > 0) return;
    const name = this.#depth === 1 ? "" : listAt(path);
    if (name === undefined || (name !== "" && !this.#names.has(name))) return;
    if (this.#lists.includes(name)) {
      throw new AppError("FILE_REJECTED", `line ${this.#line} has the list "${name}" a second time; fetch it again`);
    }
    this.#lists.push(name);
    this.#listDepth = this.#depth;
    this.#isOpen = false;
  }

  #keepElement(char: string, isBlank: boolean): void {
    if (this.#elementLine === 0) {
      if (isBlank) return;
      this.#elementLine = this.#line;
    }
    this.#element += char;
    if (this.#element.length > LONGEST_ROW) throw tooLong(this.#elementLine);
  }

  #keepOuter(char: string): void {
    this.#outer += char;
    if (this.#outer.length > LONGEST_ROW) throw tooLong(this.#line);
  }
}

/** A list stands at the top of a page or in its `_embedded`. */
function listAt(path: readonly string[]): string | undefined {
  if (path.length === 1) return path[0];
  return path.length === 2 && path[0] === "_embedded" ? path[1] : undefined;
}

function tooLong(line: number): AppError {
  return new AppError("FILE_REJECTED", `line ${line} holds more than ${LONGEST_ROW} characters; the file is damaged`);
}

const LONGEST_KEY = 64;
