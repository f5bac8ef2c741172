import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { differencesOf, digestOf, readBusinessState } from "../support/business-state.ts";
import { clearAway } from "../support/embedded-servers.ts";
import { type Bundle, bundleWorker } from "./crash/bundle.ts";
import { type CommitCutter, openCommitCutter } from "./crash/commit-cutter.ts";
import { type CrashSettings, type CrashSite, openCrashSite } from "./crash/crash-site.ts";
import { FAULTS, type FaultCounts, workInPeace, workThroughFaults } from "./crash/fault-run.ts";
import { hasRedisServer, type OwnRedis, openOwnPostgres, openOwnRedis } from "./crash/own-servers.ts";

/** Replays the same schedule, though not the same interleaving. */
const SEED = Number(process.env.SEED ?? 20_261_129);
const WANTED: FaultCounts = { TERMINATE: 100, FLUSH: 10, POSTMASTER: 10, COMMIT: 12 };
/**
 * Jobs are in a Redis of the test's own. Where they are in PostgreSQL, the job library's connection may end the worker's
 * process when the postmaster is killed, so that it takes more than one worker to live through this.
 */
const missing =
  inject("redisUrl") === undefined
    ? " (SKIPPED: TEST_REDIS_URL is not set)"
    : hasRedisServer
      ? ""
      : " (SKIPPED: there is no redis-server to start and flush)";

let worker: Bundle;
let redis: OwnRedis | undefined;
let cutter: CommitCutter | undefined;
const sites: CrashSite[] = [];

beforeAll(async () => {
  worker = await bundleWorker("dependencies");
});

afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await cutter?.close();
  await redis?.close();
  await worker?.remove();
  await clearAway();
});

const faults = FAULTS.map((fault) => `${WANTED[fault]} × ${fault}`).join(", ");

test.skipIf(missing !== "")(
  `${faults}: the end state is that of an undisturbed work (SEED=${SEED})${missing}`,
  async () => {
    const postgres = await openOwnPostgres();
    cutter = await openCommitCutter(postgres.url, postgres.connect);
    const jobs = await openOwnRedis();
    redis = jobs;
    const site = await open("faults", {
      database: { url: postgres.url, drop: async () => undefined },
      reachedBy: cutter.url,
      // It hangs more than once with each file in its hands, and is not to be late for that alone.
      leaseSeconds: 3,
      store: { kind: "redis", url: jobs.url },
    });
    const dependencies = { postgres, cutter, forgetJobs: jobs.flushAll };
    const { done, files } = await workThroughFaults(site, dependencies, { seed: SEED, wanted: WANTED });
    for (const fault of FAULTS) expect(done[fault], fault).toBeGreaterThanOrEqual(WANTED[fault]);
    const peaceful = await open("peace", {});
    await workInPeace(peaceful, files);
    const reference = await readBusinessState(peaceful.url);
    const state = await readBusinessState(site.url);
    expect(differencesOf(reference, state)).toEqual({});
    expect(digestOf(state)).toBe(digestOf(reference));
    expect(await site.violated()).toEqual([]);
  },
  600_000,
);

async function open(name: string, settings: Omit<CrashSettings, "worker">): Promise<CrashSite> {
  const site = await openCrashSite(name, { worker, ...settings });
  sites.push(site);
  return site;
}
