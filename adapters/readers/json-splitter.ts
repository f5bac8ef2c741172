import { AppError } from "../../subgraphs/shared/errors.ts";
import { LONGEST_ROW } from "./text.ts";

/** The text of one JSON value and the line it starts on. */
export type Piece = { readonly line: number; readonly raw: string };

/** Cuts a stream of text into JSON values without reading them. */
export type Splitter = {
  /** True when the format marks its own end. */
  readonly closes: boolean;
  readonly take: (text: string) => readonly Piece[];
  /** What is left when the file ends; throws FILE_REJECTED where a file cannot end. */
  readonly end: () => readonly Piece[];
};

/** One value a line; blank lines are passed over. */
export class LineSplitter implements Splitter {
  readonly closes = false;
  #rest = "";
  #line = 1;

  take(text: string): readonly Piece[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    checkLength(this.#rest, this.#line + lines.length);
    return lines.flatMap((line) => this.#piece(line));
  }

  end(): readonly Piece[] {
    return this.#piece(this.#rest);
  }

  #piece(text: string): readonly Piece[] {
    const line = this.#line;
    this.#line += 1;
    checkLength(text, line);
    const raw = text.trim();
    return raw === "" ? [] : [{ line, raw }];
  }
}

/** The elements of one array, told apart by brackets, quotes and commas alone. */
export class ArraySplitter implements Splitter {
  readonly closes = true;
  #element = "";
  #elementLine = 0;
  #line = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #count = 0;

  take(text: string): readonly Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    for (let index = 0; index < text.length; index += 1) {
      const char = text[index]!;
      if (char === "\n") this.#line += 1;
      else if (char !== " " && char !== "\r" && char !== "\t") this.#check(char);
      const before = this.#depth;
      this.#step(char);
      if (before === 0 && this.#depth === 1) from = index + 1;
      if (before !== 1 || this.#inString || (char !== "," && this.#depth !== 0)) continue;
      pieces.push(...this.#finish(this.#element + text.slice(from, index), char));
      from = index + 1;
    }
    this.#element = this.#depth === 0 ? "" : this.#element + text.slice(from);
    checkLength(this.#element, this.#elementLine);
    return pieces;
  }

  end(): readonly Piece[] {
    if (this.#depth === 0) return [];
    throw new AppError(
      "FILE_REJECTED",
      `the array is not closed by line ${this.#line}; the file is cut, fetch it again`,
    );
  }

  #check(char: string): void {
    if (this.#depth === 1 && this.#elementLine === 0 && char !== ",") this.#elementLine = this.#line;
    if (this.#depth === 0 && (this.#count > 0 || char !== "[")) {
      throw new AppError("FILE_REJECTED", `line ${this.#line} has text after the array; send one array a file`);
    }
  }

  #step(char: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (this.#inString && char === "\\") this.#escaped = true;
    else if (char === '"') this.#inString = !this.#inString;
    else if (this.#inString) return;
    else if (char === "[" || char === "{") this.#depth += 1;
    else if (char === "]" || char === "}") this.#depth -= 1;
  }

  #finish(element: string, by: string): readonly Piece[] {
    const raw = element.trim();
    const line = this.#elementLine;
    this.#element = "";
    this.#elementLine = 0;
    checkLength(raw, line);
    if (raw === "" && (by === "," || this.#count > 0)) {
      throw new AppError("FILE_REJECTED", `line ${this.#line} has a comma without a value; the file is damaged`);
    }
    this.#count += 1;
    return raw === "" ? [] : [{ line, raw }];
  }
}

function checkLength(text: string, line: number): void {
  if (text.length <= LONGEST_ROW) return;
  throw new AppError("FILE_REJECTED", `line ${line} holds more than ${LONGEST_ROW} characters; the file is damaged`);
}
