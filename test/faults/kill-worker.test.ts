import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importServices } from "../../commands/open-system.ts";
import { Random } from "../../simulator/random.ts";
import { simulate } from "../../simulator/simulate.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { runInvariants } from "../../subgraphs/shared/invariants/run-invariants.ts";
import { type BusinessState, differencesOf, readBusinessState } from "../support/business-state.ts";
import { openSite, type Service, type Site } from "../support/processes.ts";
import { openParts, receiveSamples, untilReconciled } from "../support/sample-files.ts";
import { until } from "../support/until.ts";

/** Replays the same moments, though not the same interleaving. */
const SEED = Number(process.env.TEST_SEED ?? 20_261_102);
/**
 * What one provider tells of payments that terminals tell of too goes first, and its kills are fewer. Of two reports the
 * first one's time and number stand, and this is about faults and not about the order of arrival.
 */
const PARTS = [
  { name: "first", kills: 5, has: (file: string) => file.startsWith("ccv-pay") },
  { name: "second", kills: 15, has: (file: string) => !file.startsWith("ccv-pay") },
] as const;
const KILLS = PARTS.reduce((sum, { kills }) => sum + kills, 0);

let folder: string;
let reference: { readonly state: BusinessState; readonly tookMs: number };
const sites: Site[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "concord-month-"));
  simulate({ seed: SEED, outDir: folder, transactions: 4_000 });
  for (const part of PARTS) await setApart(part);
  reference = await workUndisturbed();
});

afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await rm(folder, { recursive: true, force: true });
});

test(`a worker killed ${KILLS} times leaves the end state of an undisturbed one (seed ${SEED})`, async () => {
  const site = await newSite("killed");
  const random = new Random(SEED);
  const interrupted: number[] = [];
  for (const part of PARTS) {
    const merchant = await receiveSamples(site, join(folder, part.name));
    for (let kill = 0; kill < part.kills; kill++) {
      const before = await leasesOf(site);
      const worker = await startWorker(site);
      await untilBusy(site, before);
      await delay(random.int(0, Math.ceil(reference.tookMs / 24)));
      await worker.kill();
      interrupted.push((await leasesOf(site)).filter((lease) => !before.includes(lease)).length);
    }
    const last = await startWorker(site);
    await untilReconciled(site, merchant);
    expect(await last.stop()).toBe(0);
  }
  const hits = interrupted.filter((items) => items > 0).length;
  expect(hits, `files and runs cut off by each kill: ${interrupted}`).toBeGreaterThan(KILLS / 2);
  await expectReference(site);
}, 600_000);

test("a job store that is emptied again and again loses no work", async () => {
  const site = await newSite("emptied");
  const worker = await startWorker(site);
  for (const part of PARTS) {
    const merchant = await receiveSamples(site, join(folder, part.name));
    for (let flush = 0; flush < 5; flush++) {
      await untilBusy(site);
      await site.emptyJobs();
    }
    await untilReconciled(site, merchant);
  }
  expect(await worker.stop()).toBe(0);
  await expectReference(site);
}, 600_000);

async function setApart({ name, has }: (typeof PARTS)[number]): Promise<void> {
  const files = join(folder, name, "files");
  await mkdir(files, { recursive: true });
  await copyFile(join(folder, "accounts.json"), join(folder, name, "accounts.json"));
  for (const file of (await readdir(join(folder, "files"))).filter(has)) {
    await rename(join(folder, "files", file), join(files, file));
  }
}

async function newSite(name: string): Promise<Site> {
  const site = await openSite(name, { CONCORD_LEASE_SECONDS: "2" });
  sites.push(site);
  return site;
}

async function startWorker(site: Site): Promise<Service> {
  const worker = site.start(["worker"]);
  await worker.says("the worker works");
  return worker;
}

/** Files first and in the order of their arrival, then the runs, one after the other and all in this process. */
async function workUndisturbed(): Promise<typeof reference> {
  const site = await newSite("reference");
  const merchants = [];
  for (const part of PARTS) merchants.push(await receiveSamples(site, join(folder, part.name)));
  const [merchant = ""] = merchants;
  const system = await openParts(site);
  try {
    const services = importServices(system, await system.open("worker", 3));
    const startedAt = performance.now();
    for (const id of await idsOf(site, "select id from reconciliation.source_file order by received_at")) {
      await importFile(services, merchant, id);
    }
    for (const id of await idsOf(site, "select id from reconciliation.run order by requested_at")) {
      await runReconciliation(services, merchant, id);
    }
    return { state: await readBusinessState(site.url), tookMs: performance.now() - startedAt };
  } finally {
    await system.close();
  }
}

async function expectReference(site: Site): Promise<void> {
  expect(differencesOf(reference.state, await readBusinessState(site.url))).toEqual({});
  const system = await openParts(site);
  try {
    const results = await runInvariants(await system.open("check", 1));
    expect(results.filter(({ count }) => count > 0)).toEqual([]);
  } finally {
    await system.close();
  }
}

/** Waits until a worker has taken something that was not taken before, or nothing is left to do. */
async function untilBusy(site: Site, before: readonly string[] = []): Promise<void> {
  await until(async () => {
    const isTaken = (await leasesOf(site)).some((lease) => !before.includes(lease));
    return isTaken || (await idsOf(site, `select id from ${UNFINISHED}`)).length === 0;
  });
}

/** The files and runs that someone has in hand; one that is taken again is another. */
function leasesOf(site: Site): Promise<string[]> {
  return idsOf(site, `select id || ' ' || lease_epoch from ${UNFINISHED} where leased_until > clock_timestamp()`);
}

async function idsOf(site: Site, query: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: site.url });
  await client.connect();
  try {
    const { rows } = await client.query<[string]>({ text: query, rowMode: "array" });
    return rows.map(([id]) => id);
  } finally {
    await client.end();
  }
}

const UNFINISHED = `(
  select id, lease_epoch, leased_until from reconciliation.source_file where status in ('RECEIVED', 'PARSING')
  union all
  select id, lease_epoch, leased_until from reconciliation.run where status in ('QUEUED', 'RUNNING')) work`;
