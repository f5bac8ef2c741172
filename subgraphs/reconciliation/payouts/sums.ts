/** A sum to be made up of some of the parts that could belong to it; all amounts are positive minor units. */
export type Target = { readonly id: string; readonly amountMinor: bigint; readonly parts: readonly string[] };

/**
 * UNIQUE: these parts and no others make up the sum, and nothing else wants any of them. SEVERAL: there is another way,
 * shown where it is another set of the same sum. CUT: the search ended before it knew.
 */
export type SumOutcome =
  | { readonly kind: "NONE" | "CUT" }
  | { readonly kind: "UNIQUE"; readonly parts: readonly string[] }
  | { readonly kind: "SEVERAL"; readonly sets: readonly (readonly string[])[] };

/** Most steps of the search for one sum; twenty parts of any amounts are within it. */
const BUDGET = 200_000;

/**
 * Finds which parts make up each target, and accepts only what is proven to be the one way. A target whose search was cut
 * could want any of its parts, so whatever shares one with it is not proven either.
 */
export function solveSums(
  targets: readonly Target[],
  amounts: ReadonlyMap<string, bigint>,
  budget = BUDGET,
): ReadonlyMap<string, SumOutcome> {
  const found = new Map(targets.map((target) => [target.id, waysOf(target, amounts, budget)]));
  const wanted = new Map<string, Set<string>>();
  for (const target of targets) {
    for (const part of wantedBy(target, found.get(target.id)!)) {
      wanted.set(part, (wanted.get(part) ?? new Set()).add(target.id));
    }
  }
  const isShared = (part: string) => (wanted.get(part)?.size ?? 0) > 1;
  return new Map(
    [...found].map(([id, outcome]) => [
      id,
      outcome.kind === "UNIQUE" && outcome.parts.some(isShared) ? { kind: "SEVERAL", sets: [outcome.parts] } : outcome,
    ]),
  );
}

function wantedBy({ parts }: Target, outcome: SumOutcome): readonly string[] {
  if (outcome.kind === "NONE") return [];
  // Of several ways only two are known: a third may want any of the parts.
  return outcome.kind === "UNIQUE" ? outcome.parts : parts;
}

function waysOf({ amountMinor, parts }: Target, amounts: ReadonlyMap<string, bigint>, budget: number): SumOutcome {
  const sized = parts
    .map((id) => ({ id, amount: amounts.get(id) ?? 0n }))
    .filter(({ amount }) => amount > 0n && amount <= amountMinor)
    .sort((a, b) => (a.amount === b.amount ? (a.id < b.id ? -1 : 1) : a.amount > b.amount ? -1 : 1));
  /** What all parts from here on can add at most. */
  const rest = new Array<bigint>(sized.length + 1).fill(0n);
  for (let index = sized.length - 1; index >= 0; index--) rest[index] = rest[index + 1]! + sized[index]!.amount;
  const sets: string[][] = [];
  const chosen: string[] = [];
  let steps = 0;
  const search = (index: number, left: bigint): void => {
    if (left === 0n) sets.push([...chosen].sort());
    if (left === 0n || index === sized.length || left > rest[index]! || sets.length > 1 || ++steps > budget) return;
    const part = sized[index]!;
    if (part.amount <= left) {
      chosen.push(part.id);
      search(index + 1, left - part.amount);
      chosen.pop();
    }
    search(index + 1, left);
  };
  search(0, amountMinor);
  const [only, another] = sets;
  if (another) return { kind: "SEVERAL", sets };
  if (steps > budget) return { kind: "CUT" };
  return only ? { kind: "UNIQUE", parts: only } : { kind: "NONE" };
}
