import { hash } from "node:crypto";
import { dayText } from "../day-text.ts";

/** Rows in COPY's text format, so many, as a writer handed them over. */
export type CopyRows = { readonly rows: number; readonly bytes: Uint8Array<ArrayBuffer> };

/**
 * Rows in COPY's text format, written byte by byte into memory that is used again from one COPY to the next: strings put
 * together column by column cost four times as much, a million rows over. NULL is `\N`; backslash, tab and line ends
 * are escaped, nothing else. A row is its values and `endRow`; `dropRow` takes back the values of one that failed.
 */
export class CopyWriter {
  #bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(SMALLEST);
  #length = 0;
  #rowStart = 0;
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  text(value: string | null | undefined): void {
    if (value === null || value === undefined) this.nulls(1);
    else this.#string(value);
  }

  #string(given: string): void {
    const value = String(given);
    const length = value.length;
    this.#reserve(length * MOST_BYTES + 1);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < length; index += 1) {
      const code = codeAt(value, index);
      if (code < SPACE || code > TILDE || code === BACKSLASH) {
        this.#unusual(value);
        return;
      }
      bytes[at] = code;
      at += 1;
    }
    bytes[at] = TAB;
    this.#length = at + 1;
  }

  integer(value: bigint | undefined): void {
    if (value === undefined) {
      this.nulls(1);
      return;
    }
    const number = Number(value);
    if (Number.isSafeInteger(number)) this.count(number);
    else this.#string(value.toString());
  }

  /** A whole number that a float holds exactly. */
  count(value: number): void {
    this.#reserve(LONGEST_NUMBER);
    if (value < 0) this.#bytes[this.#length++] = MINUS;
    let rest = Math.abs(value);
    let digits = 1;
    for (let limit = 10; rest >= limit; limit *= 10) digits += 1;
    for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
      const next = Math.floor(rest / 10);
      this.#bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#length += digits;
    this.#bytes[this.#length++] = TAB;
  }

  /** What `toISOString` says. */
  instant(at: Date): void {
    const millis = at.getTime();
    const day = Math.floor(millis / DAY_MS);
    const rest = millis - day * DAY_MS;
    const date = dayText(day);
    this.#reserve(date.length + CLOCK_LENGTH);
    for (let index = 0; index < date.length; index += 1) this.#bytes[this.#length++] = date.charCodeAt(index);
    this.#twoDigits(LETTER_CAPITAL_T, Math.floor(rest / HOUR_MS));
    this.#twoDigits(COLON, Math.floor(rest / MINUTE_MS) % 60);
    this.#twoDigits(COLON, Math.floor(rest / 1000) % 60);
    const fraction = rest % 1000;
    this.#twoDigits(POINT, Math.floor(fraction / 10));
    this.#bytes[this.#length++] = ZERO + (fraction % 10);
    this.#bytes[this.#length++] = LETTER_CAPITAL_Z;
    this.#bytes[this.#length++] = TAB;
  }

  #twoDigits(before: number, value: number): void {
    const tens = Math.floor(value / 10);
    this.#bytes[this.#length++] = before;
    this.#bytes[this.#length++] = ZERO + tens;
    this.#bytes[this.#length++] = ZERO + value - tens * 10;
  }

  boolean(value: boolean): void {
    this.#reserve(2);
    this.#bytes[this.#length++] = value ? LETTER_T : LETTER_F;
    this.#bytes[this.#length++] = TAB;
  }

  nulls(count: number): void {
    this.#reserve(count * 3);
    const bytes = this.#bytes;
    let at = this.#length;
    for (const end = at + count * 3; at < end; at += 3) {
      bytes[at] = BACKSLASH;
      bytes[at + 1] = LETTER_N;
      bytes[at + 2] = TAB;
    }
    this.#length = at;
  }

  /** SHA-256 over the values that the open row has so far: 144 bits of it. */
  hashRow(): string {
    return hash("sha256", this.#bytes.subarray(this.#rowStart, this.#length), "base64url").slice(0, 24);
  }

  endRow(): void {
    this.#bytes[this.#length - 1] = NEWLINE;
    this.#rowStart = this.#length;
    this.#rows += 1;
  }

  dropRow(): void {
    this.#length = this.#rowStart;
  }

  /** Gives its rows away with the memory that they stand in, and goes on in what `spare` says, or in memory of its own. */
  handOver(spare: () => ArrayBuffer | undefined = () => undefined): CopyRows {
    if (this.#rows === 0) return { rows: 0, bytes: new Uint8Array() };
    const handed = { rows: this.#rows, bytes: this.#bytes.subarray(0, this.#rowStart) };
    const memory = spare();
    // The next rows will need as much.
    this.#bytes = memory ? Buffer.from(memory) : Buffer.allocUnsafeSlow(this.#bytes.length);
    this.clear();
    return handed;
  }

  clear(): void {
    this.#length = 0;
    this.#rowStart = 0;
    this.#rows = 0;
  }

  #unusual(value: string): void {
    const escaped = SPECIAL.test(value) ? value.replace(SPECIAL_ALL, escapeOf) : value;
    this.#length += this.#bytes.write(escaped, this.#length, "utf8");
    this.#bytes[this.#length++] = TAB;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/**
 * V8 has many kinds of strings (cut out of another, put together, known by name), and code that meets more than four of them
 * looks up `length` and `charCodeAt` anew each time, which was a fifth of what it costs to stage a file. Called like this
 * there is nothing to look up, and of what `String` gave the compiler knows that it is a string, whatever its kind.
 */
const codeAt: (text: string, index: number) => number = Function.prototype.call.bind(String.prototype.charCodeAt);

function escapeOf(character: string): string {
  return ESCAPES[character] ?? character;
}

const SMALLEST = 64 * 1024;
/** UTF-8 needs at most three bytes for a UTF-16 unit, an escape two. */
const MOST_BYTES = 3;
const LONGEST_NUMBER = 20;
/** From T to Z, and the tab. */
const CLOCK_LENGTH = 15;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const TILDE = 126;
const BACKSLASH = 92;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const LETTER_CAPITAL_T = 84;
const LETTER_CAPITAL_Z = 90;
const LETTER_N = 78;
const LETTER_T = 116;
const LETTER_F = 102;
const SPECIAL = /[\\\t\n\r]/;
const SPECIAL_ALL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
