import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading } from "../adapter.ts";
import { unknownValue } from "./drift.ts";
import { type Meaning, rowOf } from "./rows.ts";

/** A word that a closed list of the format does not have. It rejects its row, and is counted as drift. */
class UnknownWord extends AppError {
  readonly field: string;
  readonly word: string;

  constructor(field: string, word: string) {
    super("INVALID_INPUT", `the ${field} "${word.slice(0, 40)}" is not known; add it to the adapter`);
    this.field = field;
    this.word = word;
  }
}

/** Looks a word up whatever its case: providers do not keep to one. Throws for a word that the list does not have. */
export function meaningIn<T>(list: Readonly<Record<string, T>>, field: string, word: string): T {
  const key = word.trim().toLowerCase();
  if (!Object.hasOwn(list, key)) throw new UnknownWord(field, word);
  return list[key]!;
}

/** As `rowOf`, with the drift of an unknown word before the row that it rejects. */
export function readingsOf(
  source: { readonly line: number; readonly raw: string },
  read: () => Meaning,
): readonly Reading[] {
  const drift: Reading[] = [];
  const row = rowOf(source, () => {
    try {
      return read();
    } catch (error) {
      if (error instanceof UnknownWord) drift.push(unknownValue(error.field, error.word, source.line));
      throw error;
    }
  });
  return [...drift, row];
}
