import { rm, writeFile } from "node:fs/promises";
import { Random } from "../../../simulator/random.ts";
import { until } from "../../support/until.ts";
import { type CommitCutter, CUTS } from "./commit-cutter.ts";
import { type Crash, HANGS } from "./crash.ts";
import { finish, WORKER_POINTS } from "./crash-run.ts";
import type { CrashProcess, CrashSite } from "./crash-site.ts";
import { type OwnPostgres, releaseFile } from "./own-servers.ts";
import { journal, report } from "./trade.ts";

/** What a worker depends on fails: backends are ended, jobs are forgotten, the postmaster is killed, commits are cut. */
export const FAULTS = ["TERMINATE", "FLUSH", "POSTMASTER", "COMMIT"] as const;
export type Fault = (typeof FAULTS)[number];
export type FaultCounts = Readonly<Record<Fault, number>>;

export type Dependencies = {
  readonly postgres: OwnPostgres;
  readonly cutter: CommitCutter;
  readonly forgetJobs: () => Promise<void>;
};

/** A schedule that does not come to its end fails instead of going on. */
const MOST_STOPS = 500;
/** Between two stops the worker passes so many points at most. */
const MOST_PASSED = 6;
const BACKENDS_AT_ONCE = 5;

/** One after the other what a terminal and what the acquirer says of the same sales. */
const fileOf = (number: number) => (number % 2 === 0 ? journal(number) : report(number - 1));

/** So many files are fed, and nothing fails. */
export async function workInPeace(site: CrashSite, files: number): Promise<void> {
  for (let number = 0; number < files; number++) await site.feed(fileOf(number));
  await finish(site);
}

/**
 * One worker lives through all faults. By the seed it hangs at named points, and one of its dependencies fails under its
 * hands before it goes on; files come in until every fault has been. Gives what was done, and how many files it took.
 */
export async function workThroughFaults(
  site: CrashSite,
  dependencies: Dependencies,
  { seed, wanted }: { readonly seed: number; readonly wanted: FaultCounts },
): Promise<{ readonly done: FaultCounts; readonly files: number }> {
  const random = new Random(seed);
  const { cutter, postgres } = dependencies;
  const done = { TERMINATE: 0, FLUSH: 0, POSTMASTER: 0, COMMIT: 0 };
  const release = releaseFile(`faults-${seed}`);
  const points = Object.keys(WORKER_POINTS) as Crash["points"];
  const worker = site.startWorker({ points, way: "BLOCK", nth: 1, release });
  const goOn = () => writeFile(release, `${random.int(0, MOST_PASSED)}`);
  const act: Readonly<Record<Fault, () => Promise<void>>> = {
    TERMINATE: async () => {
      const ended = await terminateBackends(site, random);
      done.TERMINATE += ended;
    },
    FLUSH: async () => {
      await dependencies.forgetJobs();
      done.FLUSH += 1;
    },
    // Every other time the worker goes on while the server is away.
    POSTMASTER: async () => {
      const isAwake = done.POSTMASTER % 2 === 0;
      await postgres.killAndRestart(isAwake ? goOn : async () => undefined);
      done.POSTMASTER += 1;
      if (!isAwake) await goOn();
    },
    COMMIT: async () => cutter.cutOpenTransactions(CUTS[random.int(0, CUTS.length - 1)]!),
  };
  let files = 0;
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    done.COMMIT = cutter.cuts();
    const due = FAULTS.filter((fault) => done[fault] < wanted[fault]);
    if (due.length === 0) break;
    if (stop % 2 === 0) await feed(site, fileOf(files++));
    await nextStop(worker, stop);
    const possible = due.filter((fault) => fault !== "COMMIT" || cutter.hasOpenTransaction());
    const fault = possible[random.int(0, possible.length)];
    if (fault !== undefined) await act[fault]();
    if (fault !== "POSTMASTER") await goOn();
  }
  worker.signal("SIGKILL");
  await worker.ended();
  await rm(release, { force: true });
  // Its sales are known by then, or a later file says nothing of them.
  if (files % 2 === 1) await feed(site, fileOf(files++));
  await finish(site);
  return { done: { ...done, COMMIT: cutter.cuts() }, files };
}

/** People send a file again when a server was away; the same bytes are taken once. */
function feed(site: CrashSite, file: string): Promise<void> {
  return until(() =>
    site.feed(file).then(
      () => true,
      () => false,
    ),
  );
}

/** Waits until the worker hangs for the time `number`, from 0 on. */
async function nextStop(worker: CrashProcess, number: number): Promise<void> {
  const stops = () => worker.log().filter(({ msg }) => msg?.startsWith(HANGS)).length;
  await until(() => worker.isOver() || stops() > number);
  if (worker.isOver()) throw new Error(`the worker ended by ${await worker.ended()}`);
}

/** Ends backends of the worker's, first those that are inside a transaction. */
async function terminateBackends(site: CrashSite, random: Random): Promise<number> {
  const backends = await site.query<{ pid: number }>(WORKERS_BACKENDS);
  const chosen = backends.slice(0, 1);
  const others = backends.slice(1);
  while (chosen.length < BACKENDS_AT_ONCE && others.length > 0) {
    chosen.push(...others.splice(random.int(0, others.length - 1), 1));
  }
  const ended = await site.query("select from unnest($1::int[]) as pid where pg_terminate_backend(pid)", [
    chosen.map(({ pid }) => pid),
  ]);
  return ended.length;
}

/** Those of its jobs too, where they are in the same database; the connections of the test itself have another name. */
const WORKERS_BACKENDS = `
  select pid from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and application_name <> 'crash-site'
  order by xact_start is null, pid`;
