import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { differencesOf, readBusinessState } from "../support/business-state.ts";
import { until } from "../support/until.ts";
import { type Bundle, bundleWorker, type Removal } from "./crash/bundle.ts";
import { type Crash, HANGS } from "./crash/crash.ts";
import { finish } from "./crash/crash-run.ts";
import { type CrashProcess, type CrashSite, openCrashSite } from "./crash/crash-site.ts";
import { journal, report } from "./crash/trade.ts";

/**
 * That the crash tests find nothing says little unless they find what is there: here a protection is taken away in what
 * the workers are built from, or in their database, and a kill or two must show it.
 */
const redisUrl = inject("redisUrl");
const store = redisUrl === undefined ? undefined : ({ kind: "redis", url: redisUrl } as const);

const LEASE = "reconciliation/import/lease.ts";
const RUN = "reconciliation/runs/run-record.ts";

const NO_EPOCH: readonly Removal[] = [
  { module: LEASE, from: "lease_epoch = $3 and status = 'PARSING'", to: "$3::int is not null" },
];
const NO_RUN_EPOCH: readonly Removal[] = [
  { module: RUN, from: "and lease_epoch = $3 and status = 'RUNNING'\n  for key share", to: "and $3::int is not null" },
];
const NO_LEASE: readonly Removal[] = [
  ...NO_EPOCH,
  { module: LEASE, from: "and (leased_until is null or leased_until < clock_timestamp())", to: "" },
  {
    module: "reconciliation/work/relay-outbox.ts",
    from: "and (leased_until is null or leased_until < clock_timestamp())",
    to: "",
  },
];
const NO_MERCHANT_LOCK: readonly Removal[] = [
  {
    module: "shared/database/scope.ts",
    from: "select pg_advisory_xact_lock(hashtextextended($1, 4208))",
    to: "select $1::text",
  },
];
const SPLIT_PARTITION: readonly Removal[] = [
  { module: ".ts", from: "on commit drop", to: "" },
  { module: "shared/database/scope.ts", from: /, true\)/g, to: ", false)" },
  {
    module: "reconciliation/matching/claims.ts",
    from: 'crashPoint("after_match_before_event");',
    to: 'await transaction.query("commit and chain"); crashPoint("after_match_before_event");',
  },
];
/** The sweep would add what was never published: it is away too, as it would be where an outbox is all that there is. */
const NO_SWEEP: readonly Removal[] = [
  { module: "reconciliation/work/start-worker.ts", from: /await sweepDue\(database, jobs\)\.catch\(.*\);/g, to: "" },
];
const DIRECT_PUBLISH: readonly Removal[] = [
  ...NO_SWEEP,
  {
    module: "reconciliation/runs/request-run.ts",
    from: 'await transaction.query(REQUEST_JOB, [merchantId, stableId("out", "RECONCILE", runId), runId]);',
    to: "",
  },
  {
    module: "reconciliation/import/import-file.ts",
    from: 'crashPoint("after_file_commit_before_ack");',
    to: `crashPoint("after_file_commit_before_ack");
      const due = await inScope(database, lease.scope, (read) =>
        read.query("select id from reconciliation.run where merchant_id = $1 and status = 'QUEUED'", [merchantId]));
      for (const { id } of due) await services.jobs.queue("reconcile").add("reconcile-" + id, { merchantId, runId: id });`,
  },
];

let whole: Bundle;
const bundles: Bundle[] = [];
const sites: CrashSite[] = [];

beforeAll(async () => {
  whole = await bundle("whole", []);
});

afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await Promise.all(bundles.map(({ remove }) => remove()));
});

test.each([
  ["a check of the lease's epoch", NO_EPOCH],
  ["leases", NO_LEASE],
])(
  "without %s, a worker that wakes up late is caught",
  async (name, removals) => {
    const site = await open(name, removals);
    const sleeper = site.startWorker(hangingAt("after_file_lease"));
    await sleeper.says(/the worker works/);
    await site.feed(report(0));
    await untilHangs(sleeper);
    await finish(site);
    const punctual = await readBusinessState(site.url);
    sleeper.signal("SIGCONT");
    await until(() => sleeper.log().some(({ msg }) => msg === "file read"));
    expect(Object.keys(differencesOf(punctual, await readBusinessState(site.url)))).toContain("files");
  },
  300_000,
);

test("without the unique index of claims, and with the locks away that it stands behind, a second claim is caught", async () => {
  const site = await open("claims", [...NO_MERCHANT_LOCK, ...NO_RUN_EPOCH]);
  await site.feed(journal(0, { named: true }));
  await finish(site);
  await site.query("drop index reconciliation.claim_single_line, reconciliation.claim_single_effect");
  const sleeper = site.startWorker(hangingAt("after_match_before_event"));
  await site.feed(report(0));
  await untilHangs(sleeper);
  // Another file asks for another run, over the lines that the sleeper has in its hands.
  await site.feed(journal(1));
  const other = site.startWorker();
  await until(async () => (await site.query("select from reconciliation.claim limit 1")).length > 0);
  expect(await brokenAt(site)).not.toContain("I10");
  sleeper.signal("SIGCONT");
  await until(async () => (await brokenAt(site)).includes("I10"));
  other.signal("SIGKILL");
}, 300_000);

test("with the transaction around a partition split, a kill in between is caught", async () => {
  const site = await open("split", []);
  await site.feed(journal(0));
  await finish(site);
  await site.feed(report(0));
  expect(await site.startWorker({ points: ["after_run_lease"], way: "KILL", nth: 1 }).ended()).toBe("SIGKILL");
  expect(await brokenAt(site)).toEqual([]);
  const split = await bundle("split", SPLIT_PARTITION);
  const killed = site.startWorker({ points: ["after_match_before_event"], way: "KILL", nth: 1 }, split);
  expect(await killed.ended()).toBe("SIGKILL");
  expect(await brokenAt(site)).not.toEqual([]);
}, 300_000);

test("with jobs published directly and not by the outbox, a kill in between loses one and is caught", async () => {
  const site = await open("direct", DIRECT_PUBLISH);
  await site.feed(journal(0));
  const killed = site.startWorker({ points: ["after_file_commit_before_ack"], way: "KILL", nth: 1 });
  expect(await killed.ended()).toBe("SIGKILL");
  const worker = site.startWorker();
  await worker.says(/the worker works/);
  // The job of the file is taken again, and finds it done; nobody knows of its run.
  await expect(site.untilDone(8_000)).rejects.toThrow("Not so after");
  expect(await site.query("select id from reconciliation.run where status = 'QUEUED'")).toHaveLength(1);
}, 300_000);

test("without the sweep alone, the outbox brings every job all the same", async () => {
  const site = await open("outbox", NO_SWEEP);
  await site.feed(journal(0));
  const killed = site.startWorker({ points: ["after_file_commit_before_ack"], way: "KILL", nth: 1 });
  expect(await killed.ended()).toBe("SIGKILL");
  await finish(site);
  expect(await site.violated()).toEqual([]);
}, 300_000);

async function bundle(name: string, removals: readonly Removal[]): Promise<Bundle> {
  const made = await bundleWorker(name.replaceAll(/\W/g, ""), removals);
  bundles.push(made);
  return made;
}

async function open(name: string, removals: readonly Removal[]): Promise<CrashSite> {
  const worker = removals.length === 0 ? whole : await bundle(name, removals);
  const site = await openCrashSite("control", { worker, store });
  sites.push(site);
  return site;
}

function hangingAt(point: Crash["points"][number]): Crash {
  return { points: [point], way: "STOP", nth: 1 };
}

async function untilHangs(sleeper: CrashProcess): Promise<void> {
  await sleeper.says(new RegExp(`^${HANGS}`));
}

async function brokenAt(site: CrashSite): Promise<readonly string[]> {
  return (await site.violated()).map(({ name }) => name);
}
