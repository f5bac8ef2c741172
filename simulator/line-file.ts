import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Place } from "./purchase.ts";

const BUFFER_CHARS = 256 * 1024;

/** A text file written line by line in large pieces, so that a million rows need neither memory nor patience. */
export class LineFile {
  readonly name: string;
  readonly #descriptor: number;
  readonly #end: string;
  #pending = "";
  #lines = 0;

  constructor(path: string, { end = "\n", bom = false }: { end?: "\n" | "\r\n"; bom?: boolean } = {}) {
    mkdirSync(dirname(path), { recursive: true });
    this.name = basename(path);
    this.#descriptor = openSync(path, "w");
    this.#end = end;
    if (bom) this.#pending = "\ufeff";
  }

  /** Writes one line and tells where it stands. */
  write(line: string): Place {
    this.#pending += line + this.#end;
    this.#lines += 1;
    if (this.#pending.length >= BUFFER_CHARS) this.#flush();
    return { file: this.name, line: this.#lines };
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending);
    this.#pending = "";
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
  }
}
