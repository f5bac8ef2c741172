/** What both sides know of a payment, as a matcher that is not ours would read it from a table. */
export type Line = {
  readonly id: string;
  readonly reference: string | null;
  readonly amountMinor: bigint;
  readonly at: number;
};
export type Reported = Line;

/** Line id by transaction id. */
export type Pairs = ReadonlyMap<string, string>;

const DAY = 86_400_000;

/**
 * Greedy first fit, as general ledgers' matchers do it: the reference if it is there, else the first transaction not yet
 * taken that has the amount and is at most three days away.
 */
export function firstFit(lines: readonly Line[], reported: readonly Reported[]): Pairs {
  return pairs(lines, reported, (line, candidates) => candidates.find((each) => isNear(line, each)));
}

/** Amount and three days, nearest in time first, with no look at references. */
export function amountAndDate(lines: readonly Line[], reported: readonly Reported[]): Pairs {
  const nameless = (side: readonly Line[]) => side.map((each) => ({ ...each, reference: null }));
  return pairs(nameless(lines), nameless(reported), (line, candidates) =>
    candidates
      .filter((each) => isNear(line, each))
      .sort((a, b) => Math.abs(a.at - line.at) - Math.abs(b.at - line.at))
      .at(0),
  );
}

function isNear(line: Line, reported: Reported): boolean {
  return Math.abs(reported.at - line.at) <= 3 * DAY;
}

function pairs(
  lines: readonly Line[],
  reported: readonly Reported[],
  choose: (line: Line, candidates: Reported[]) => Reported | undefined,
): Pairs {
  const byReference = new Map(reported.flatMap((each) => (each.reference === null ? [] : [[each.reference, each]])));
  const byAmount = new Map<bigint, Set<Reported>>();
  for (const each of reported) byAmount.set(each.amountMinor, (byAmount.get(each.amountMinor) ?? new Set()).add(each));
  const found = new Map<string, string>();
  for (const line of lines) {
    const open = byAmount.get(line.amountMinor) ?? new Set();
    const named = line.reference === null ? undefined : byReference.get(line.reference);
    const chosen = named && open.has(named) ? named : choose(line, [...open]);
    if (!chosen) continue;
    open.delete(chosen);
    found.set(line.id, chosen.id);
  }
  return found;
}
