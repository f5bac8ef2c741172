import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type BusinessState, differencesOf, digestOf, readBusinessState } from "../support/business-state.ts";
import { until } from "../support/until.ts";
import { type Bundle, bundleWorker } from "./crash/bundle.ts";
import { type Crash, HANGS } from "./crash/crash.ts";
import { finish } from "./crash/crash-run.ts";
import { type CrashProcess, type CrashSite, openCrashSite } from "./crash/crash-site.ts";
import { journal, report } from "./crash/trade.ts";

/** Where a worker hangs with a lease in its hand. */
const POINTS = ["after_file_lease", "after_run_lease", "before_run_finish"] as const;
/** Workers that are stopped for a while, and workers whose event loop is blocked for longer than their locks last. */
const WAYS = ["STOP", "BLOCK"] as const;
/** At each point; with both ways 30 together, and 60 in a run of CI, which tries both job stores. */
const ROUNDS = 5;
const redisUrl = inject("redisUrl");
const store = redisUrl === undefined ? undefined : ({ kind: "redis", url: redisUrl } as const);

let worker: Bundle;
let reference: BusinessState;
const sites: CrashSite[] = [];

beforeAll(async () => {
  worker = await bundleWorker("late");
  const site = await open("punctual");
  for (const round of Array.from({ length: ROUNDS * POINTS.length }).keys()) await site.feed(fileOf(round));
  await finish(site);
  reference = await readBusinessState(site.url);
});

afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await worker?.remove();
});

test.concurrent.each(WAYS)(
  "what a worker does too late is refused (%s)",
  async (way) => {
    const site = await open(way.toLowerCase());
    const release = join(tmpdir(), `concord-release-${process.pid}-${way}`);
    const refused: number[] = [];
    for (const [index, point] of POINTS.entries()) {
      const sleeper = site.startWorker({ points: [point], way, nth: 1, release });
      await sleeper.says(/the worker works/);
      for (let round = 1; round <= ROUNDS; round++) {
        await site.feed(fileOf(index * ROUNDS + round - 1));
        await until(() => hangsOf(sleeper) === round);
        await finish(site);
        await wake(sleeper, way, release);
        await until(() => refusalsOf(sleeper) >= round);
      }
      refused.push(refusalsOf(sleeper));
      sleeper.signal("SIGTERM");
      await sleeper.ended();
    }
    expect(refused).toEqual(POINTS.map(() => ROUNDS));
    const state = await readBusinessState(site.url);
    expect(differencesOf(reference, state)).toEqual({});
    expect(digestOf(state)).toBe(digestOf(reference));
    expect(await site.violated()).toEqual([]);
  },
  900_000,
);

async function open(name: string): Promise<CrashSite> {
  const site = await openCrashSite(name, { worker, store });
  sites.push(site);
  return site;
}

/** A terminal's file, and then the acquirer's of the same sales. */
function fileOf(round: number): string {
  return round % 2 === 0 ? journal(round) : report(round - 1);
}

async function wake(sleeper: CrashProcess, way: Crash["way"], release: string): Promise<void> {
  if (way === "STOP") sleeper.signal("SIGCONT");
  else await writeFile(release, "");
}

function hangsOf(sleeper: CrashProcess): number {
  return sleeper.log().filter(({ msg }) => msg?.startsWith(HANGS)).length;
}

/** Jobs of its that ended with a lease that was another's by then. */
function refusalsOf(sleeper: CrashProcess): number {
  return sleeper.log().filter((line) => JSON.stringify(line).includes("a late worker was refused")).length;
}
