import type { Pairs, Reported } from "./baselines.ts";
import type { TrueLine } from "./sides.ts";

export type Score = {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly amountWeightedPrecision: number;
  readonly decided: {
    readonly right: number;
    readonly wrong: number;
    readonly rightAboveEur100: number;
    readonly wrongAboveEur100: number;
  };
  readonly matchable: number;
};

/**
 * How pairs stand against the truth. `matchable` are the lines that have a reported transaction; a wrong pair is one of
 * a line with a transaction that is not its own. Amount-weighted precision weighs each pair by its amount.
 */
export function score(lines: readonly TrueLine[], reported: readonly Reported[], pairs: Pairs): Score {
  const known = new Set(reported.map(({ id }) => id));
  let right = 0;
  let wrong = 0;
  const above100 = { right: 0, wrong: 0 };
  const weight = { right: 0n, all: 0n };
  for (const { id, truth, amountMinor } of lines) {
    const claimed = pairs.get(id);
    if (claimed === undefined || !known.has(claimed)) continue;
    weight.all += amountMinor;
    if (truth?.has(claimed)) {
      right++;
      weight.right += amountMinor;
      if (amountMinor > EUR_100) above100.right++;
    } else {
      wrong++;
      if (amountMinor > EUR_100) above100.wrong++;
    }
  }
  const matchable = lines.filter(({ truth, note }) => truth && !UNMATCHABLE.has(note)).length;
  const precision = right / Math.max(1, right + wrong);
  const recall = Math.min(1, right / Math.max(1, matchable));
  return {
    precision: rounded(precision),
    recall: rounded(recall),
    f1: rounded((2 * precision * recall) / Math.max(Number.EPSILON, precision + recall)),
    amountWeightedPrecision: rounded(Number((weight.right * 1_000_000n) / (weight.all || 1n)) / 1_000_000),
    decided: { right, wrong, rightAboveEur100: above100.right, wrongAboveEur100: above100.wrong },
    matchable,
  };
}

/** A pair that nothing tells apart, and a line that was booked twice: either choice would be a guess. */
const UNMATCHABLE = new Set(["ambiguous pair", "booked twice"]);

const EUR_100 = 10_000n;

/** How many of each kind of trouble. */
export function tallyNotes(lines: readonly { readonly note: string }[]): Readonly<Record<string, number>> {
  const tally: Record<string, number> = {};
  for (const { note } of lines) tally[note] = (tally[note] ?? 0) + 1;
  return tally;
}

function rounded(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000;
}
