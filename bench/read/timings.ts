import { createHash } from "node:crypto";

/** Of one case, in milliseconds, and how often it answered with an error instead. */
export type Timing = { readonly p50: number; readonly p99: number; readonly calls: number; readonly failures: number };

export type Work = () => Promise<void>;

/**
 * Runs all works in turn, round after round, so that whatever else the machine does falls on each of them alike, and each
 * round in another order: what comes after a long pause of its process is dearer than what comes after its like. The first
 * rounds, which warm up, are not counted; a slow work is run fewer times, but at least `LEAST` times.
 */
export async function timesOf<Name extends string>(
  works: Readonly<Record<Name, Work>>,
  { rounds, budgetMs }: { readonly rounds: number; readonly budgetMs: number },
): Promise<Readonly<Record<Name, Timing>>> {
  const names = Object.keys(works) as Name[];
  const taken = new Map(names.map((name) => [name, { times: [] as number[], failures: 0, spentMs: 0 }]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const name of shuffled(names, round)) {
      const tally = taken.get(name);
      if (!tally || (tally.spentMs > budgetMs && tally.times.length >= LEAST)) continue;
      const from = performance.now();
      const failed = await works[name]().then(
        () => false,
        () => true,
      );
      const ms = performance.now() - from;
      tally.spentMs += ms;
      if (round < 0) continue;
      tally.times.push(ms);
      if (failed) tally.failures += 1;
    }
  }
  return Object.fromEntries([...taken].map(([name, tally]) => [name, timingOf(tally)])) as Record<Name, Timing>;
}

/** The same order for the same round. */
function shuffled<Name extends string>(names: readonly Name[], round: number): readonly Name[] {
  const keyOf = (name: Name) => createHash("sha1").update(`${round} ${name}`).digest("hex");
  return names
    .map((name) => [keyOf(name), name] as const)
    .sort()
    .map(([, name]) => name);
}

const WARM_UP = 3;
const LEAST = 5;

function timingOf({ times, failures }: { readonly times: number[]; readonly failures: number }): Timing {
  times.sort((a, b) => a - b);
  const at = (part: number) => rounded(times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), calls: times.length, failures };
}

export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
