import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type BusinessState, differencesOf, digestOf, readBusinessState } from "../support/business-state.ts";
import { type Bundle, bundleGateway, bundleWorker } from "./crash/bundle.ts";
import { GATEWAY_POINTS, schedulesOf, WORKER_POINTS, workThroughKills, workUndisturbed } from "./crash/crash-run.ts";
import { type CrashSite, openCrashSite } from "./crash/crash-site.ts";

/** Replays the same schedule, though not the same interleaving. */
const SEED = Number(process.env.SEED ?? 20_261_128);
/**
 * At each point of each kind: 96 together, and twice as many in a run of CI, which tries both job stores. With those at
 * random moments (`kill-worker.test.ts`) that is 232.
 */
const KILLS = { worker: 6, gateway: 6 };
const redisUrl = inject("redisUrl");
const store = redisUrl === undefined ? undefined : ({ kind: "redis", url: redisUrl } as const);

let bundles: readonly [Bundle, Bundle];
const sites: CrashSite[] = [];

beforeAll(async () => {
  bundles = await Promise.all([bundleWorker("points"), bundleGateway("points")]);
});

afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await Promise.all((bundles ?? []).map((bundle) => bundle.remove()));
});

const total = Object.keys(WORKER_POINTS).length * KILLS.worker + Object.keys(GATEWAY_POINTS).length * KILLS.gateway;

test(`${total} deaths at named points leave the end state of an undisturbed work (SEED=${SEED})`, async () => {
  const schedules = schedulesOf(SEED, 2, KILLS);
  const [first] = schedules;
  const undisturbed = workUndisturbed(await open("reference"), first!);
  const reference: BusinessState = await undisturbed;
  const kills = new Map<string, number>();
  await Promise.all(
    schedules.map(async (schedule, number) => {
      const site = await open(`lane${number}`);
      const disturbed = await workThroughKills(site, schedule);
      for (const [point, count] of disturbed.kills) kills.set(point, (kills.get(point) ?? 0) + count);
      const state = await readBusinessState(site.url);
      expect(differencesOf(reference, state)).toEqual({});
      expect(digestOf(state)).toBe(digestOf(reference));
      expect(await site.violated()).toEqual([]);
    }),
  );
  expect(Object.fromEntries(kills)).toEqual({
    ...Object.fromEntries(Object.keys(WORKER_POINTS).map((point) => [point, KILLS.worker])),
    ...Object.fromEntries(Object.keys(GATEWAY_POINTS).map((point) => [point, KILLS.gateway])),
  });
}, 900_000);

async function open(name: string): Promise<CrashSite> {
  const site = await openCrashSite(name, { worker: bundles[0], gateway: bundles[1], store });
  sites.push(site);
  return site;
}
