import type { Answering } from "./answering.ts";
import { OWN, OWN_BARE, OWN_IN_PROCESS } from "./contestants.ts";
import type { Figures } from "./load.ts";

export type Sample = {
  readonly gateway: string;
  readonly answering: Answering;
  readonly caseName: string;
  readonly connections: number;
  readonly figures: Figures;
};

type Medians = Readonly<Record<keyof Figures, number>>;

/** The medians of all rounds by kind of subgraph, case and connections, and how ours compare. */
export function summarize(samples: readonly Sample[]) {
  const ratios: Record<string, unknown> = {};
  const measured: Record<string, Record<string, Medians>> = {};
  for (const [key, group] of groupBy(samples, keyOf)) {
    const byGateway = Object.fromEntries(
      [...groupBy(group, ({ gateway }) => gateway)].map(([gateway, some]) => [gateway, mediansOf(some)]),
    );
    ratios[key] = Object.fromEntries([OWN, OWN_BARE].map((own) => [own, ratiosOf(own, byGateway)]));
    measured[key] = byGateway;
  }
  return { ratios, measured };
}

function keyOf({ answering, caseName, connections }: Sample): string {
  return `${answering} ${caseName} c=${connections}`;
}

const OURS: ReadonlySet<string> = new Set([OWN, OWN_BARE, OWN_IN_PROCESS]);

/** `rps`: how many times theirs is ours; `cpu` and `p99`: how many times ours is theirs. All are better when larger. */
function ratiosOf(ownName: string, byGateway: Readonly<Record<string, Medians>>) {
  const own = byGateway[ownName];
  if (!own) return {};
  const others = Object.entries(byGateway).filter(([name]) => !OURS.has(name));
  const against = others.map(([name, theirs]) => [
    name,
    {
      rps: round(own.rps / theirs.rps),
      cpu: round(theirs.cpuMsPerRequest / own.cpuMsPerRequest),
      p99: round(theirs.p99Ms / own.p99Ms),
    },
  ]);
  const inProcess = byGateway[OWN_IN_PROCESS];
  return {
    ...Object.fromEntries(against),
    ...(ownName === OWN && inProcess && { inProcessToHttp: round(inProcess.rps / own.rps) }),
  };
}

function mediansOf(samples: readonly Sample[]): Medians {
  const keys = Object.keys(samples[0]?.figures ?? {}) as (keyof Figures)[];
  const medians = keys.map((key) => [key, round(median(samples.map(({ figures }) => figures[key])))]);
  const failures = Math.max(...samples.map(({ figures }) => figures.failures));
  return { ...(Object.fromEntries(medians) as Medians), failures };
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.floor(ordered.length / 2)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
