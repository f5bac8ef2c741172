import type { Drift } from "../../../adapters/adapter.ts";
import { maskCards } from "../../shared/card-detector.ts";

/** Drift of one kind in a file: how often it was met, and where first. */
export type DriftCount = Omit<Drift, "line"> & { readonly count: number; readonly firstLine: number };

export type DriftFound = {
  /** At most fifty kinds, in the order they were met. */
  readonly kinds: readonly DriftCount[];
  /** How often any was met, those of more kinds than are listed included. */
  readonly readings: number;
};

/** Counts drift as it is met: a column that changes its meaning on every row must not fill the file's record. */
export function createDriftTally(): { readonly add: (drift: Drift) => void; readonly all: () => DriftFound } {
  const kinds = new Map<string, { -readonly [Field in keyof DriftCount]: DriftCount[Field] }>();
  let readings = 0;
  return {
    add: ({ what, name, value, line }) => {
      readings += 1;
      const key = `${what}\n${name}\n${value ?? ""}`;
      const known = kinds.get(key);
      if (known) known.count += 1;
      else if (kinds.size < MOST_KINDS)
        kinds.set(key, { what, ...maskedWords(name, value), count: 1, firstLine: line });
    },
    all: () => ({ kinds: [...kinds.values()], readings }),
  };
}

/** Someone may have written a card number where a column's name or a word of a list should stand. */
function maskedWords(name: string, value: string | undefined): Pick<Drift, "name" | "value"> {
  const shown = maskCards(name.slice(0, LONGEST_NAME)).text;
  return value === undefined ? { name: shown } : { name: shown, value: maskCards(value).text };
}

const MOST_KINDS = 50;
const LONGEST_NAME = 100;
