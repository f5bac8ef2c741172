import "reflect-metadata";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import pg from "pg";
import { openSystem } from "../commands/open-system.ts";
import { readConfig } from "../subgraphs/shared/config.ts";
import { fill, orderRun } from "./reconcile/fill.ts";
import { measureFloor, prepareFloors } from "./reconcile/floor.ts";
import { reconcileRowByRow } from "./reconcile/row-by-row.ts";
import type { StatementTime } from "./reconcile/statement-times.ts";

/**
 * Reconciles as many generated lines as transactions in one run, beside its floor before and after: a plain hash join that
 * updates transactions whose status is indexed. The run writes all that the product writes; it is carried out by a
 * process of its own, whose peak memory is told. Before and after it a sample is reconciled row by row as well. Prints
 * JSON, ratios first.
 *
 *   node --import tsx bench/reconcile.ts [--rows 10000,100000,1000000] [--stages]
 *
 * `--rows` takes several sizes, each in a database of its own; 3000000 needs about 15 GB and a quarter of an hour. Sizes up to
 * 100000 are measured three times, before, between and after the larger ones, and the one in the middle counts: one machine
 * takes half as long again for the same within minutes. `--stages` adds the milliseconds of each statement.
 * `dearestToCheapestRow` is how much dearer a row is in the dearest size than in the cheapest. Needs a PostgreSQL to make
 * databases in: BENCH_DATABASE_URL, by default postgres on 127.0.0.1:5432. They are dropped at the end, and not as each is
 * done with: for minutes after some thousand files were deleted, ext4 takes 1 ms instead of 35 microseconds to make one, and
 * a run makes more than a hundred for its temporary tables, so that 10,000 rows take half as long again. For the same reason,
 * delete nothing large on the server's disk in the five minutes before.
 */
const MERCHANT = "bench";
/** Reconciled row by row before the run and after it. */
const NEIGHBOURS = { before: "neighbour-before", after: "neighbour-after" };
const WARM_UP = "warm-up";
const RUN = "run_bench";
const SAMPLE = 2_000;
/** Up to so many rows a size is measured three times. */
const QUICK = 100_000;
/** Enough for two connections to be at work, or the second would have just begun when the run that is measured needs it. */
const WARM_UP_ROWS = 10_000;
/** Once a size is measured its rows take no room any more, and nobody vacuums them while the next is measured. */
const EMPTIED = `
  set session_replication_role = replica;
  truncate transactions.transaction, transactions.transaction_event, reconciliation.settlement_line, reconciliation.claim
  cascade`;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "10000,100000,1000000" },
    stages: { type: "boolean", default: false },
  },
});
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const sizes = values.rows.split(",").map(Number);
const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
const databases: string[] = [];
try {
  const each: Measured[] = [];
  for (const rows of inTurn(sizes)) each.push(await measureSize(rows));
  const measured = sizes.map((size) => inTheMiddle(each.filter(({ rows }) => rows === size)));
  const micros = measured.map(({ microsecondsPerRow }) => microsecondsPerRow);
  const report = {
    dearestToCheapestRow: rounded(Math.max(...micros) / Math.min(...micros)),
    sizes: measured,
    node: process.version,
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  for (const name of databases) {
    await onDatabase(adminUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
  }
  await rm(folder, { recursive: true, force: true });
}

/** The small ones before, between and after the large ones. */
function inTurn(all: readonly number[]): readonly number[] {
  const small = all.filter((rows) => rows <= QUICK);
  const [first, ...others] = all.filter((rows) => rows > QUICK);
  return [...small, ...(first === undefined ? [] : [first]), ...small, ...others, ...small];
}

/** With the microseconds of all, in the order in which they were measured. */
function inTheMiddle(all: readonly Measured[]) {
  const micros = all.map(({ microsecondsPerRow }) => microsecondsPerRow);
  const sorted = all.toSorted((one, other) => one.microsecondsPerRow - other.microsecondsPerRow);
  const middle = sorted[sorted.length >> 1];
  if (!middle) throw new Error("--rows: give each size once, as whole numbers with commas between them");
  return { ...middle, microsecondsOfEach: micros };
}

async function measureSize(rows: number) {
  const name = `concord_bench_${process.pid}_${rows}_${databases.length}`;
  databases.push(name);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await onDatabase(adminUrl, (client) => client.query(`create database ${name}`));
  return onDatabase(url.href, async (client) => {
    const measured = await measure(client, url.href, rows);
    await client.query(EMPTIED);
    return measured;
  });
}

async function measure(client: pg.Client, url: string, rows: number) {
  const environment = { DATABASE_URL: url, CONCORD_DATA: folder, LOG_LEVEL: "warn" };
  const system = await openSystem(readConfig(environment), "stderr");
  await system.migrate().finally(() => system.close());
  await fill(client, { merchantId: MERCHANT, count: rows });
  for (const merchantId of Object.values(NEIGHBOURS)) await fill(client, { merchantId, count: SAMPLE });
  await fill(client, { merchantId: WARM_UP, count: WARM_UP_ROWS });
  await client.query("vacuum analyze");
  await prepareFloors(client);
  const before = await measureFloor(client, "before", MERCHANT);
  const rowBefore = await reconcileRowByRow(client, NEIGHBOURS.before);
  for (const merchantId of [WARM_UP, MERCHANT]) await orderRun(client, { merchantId, runId: RUN });
  await client.query("checkpoint");
  const run = await carryOut(environment);
  const outcome = await outcomeOf(client);
  const after = await measureFloor(client, "after", MERCHANT);
  const rowAfter = await reconcileRowByRow(client, NEIGHBOURS.after);
  const rowMs = (rowBefore + rowAfter) / 2;
  const floorMs = (before.ms + after.ms) / 2;
  const perSecond = (outcome.lines * 1_000) / run.ms;
  const withoutEvents = run.ms - msOf(run.statements, "insert into transactions.transaction_event");
  return {
    rows,
    toFloor: rounded(floorMs / run.ms),
    withoutEventsToFloor: rounded(floorMs / withoutEvents),
    ...(run.backendCpuMs && before.cpuMs && { toFloorByProcessorTime: rounded(before.cpuMs / run.backendCpuMs) }),
    toRowByRow: rounded((perSecond * rowMs) / 1_000),
    microsecondsPerRow: rounded((run.ms * 1_000) / outcome.lines),
    rowsPerSecond: {
      reconciled: Math.round(perSecond),
      floor: Math.round((outcome.lines * 1_000) / floorMs),
      rowByRow: Math.round(1_000 / rowMs),
    },
    peakMemoryBytes: run.rssBytes,
    workerCpuMs: Math.round(run.cpuMs),
    ...(run.backendCpuMs !== undefined && { backendCpuMs: Math.round(run.backendCpuMs) }),
    outcome,
    ...(values.stages && { statements: run.statements.slice(0, 60) }),
  };
}

type Measured = Awaited<ReturnType<typeof measureSize>>;

type Run = {
  readonly ms: number;
  readonly cpuMs: number;
  readonly backendCpuMs?: number;
  readonly rssBytes: number;
  readonly statements: readonly StatementTime[];
};

function msOf(statements: readonly StatementTime[], beginning: string): number {
  return statements.reduce((sum, { statement, ms }) => sum + (statement.startsWith(beginning) ? ms : 0), 0);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function carryOut(environment: Record<string, string>): Promise<Run> {
  const script = join(import.meta.dirname, "reconcile", "carry-out.ts");
  const call = ["--import", "tsx", script, RUN, WARM_UP, MERCHANT, ...(values.stages ? ["stages"] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, call, {
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as Run;
}

/** A benchmark of a run that did other than what its data say would measure nothing. */
async function outcomeOf(client: pg.Client) {
  const { rows } = await client.query(
    `select status, lines_seen::int as lines, lines_matched::int as matched, lines_promoted::int as inferred,
       lines_ambiguous::int as ambiguous, lines_mismatched::int as mismatched, matched_by_stage as stages
     from reconciliation.run where merchant_id = $1`,
    [MERCHANT],
  );
  const [outcome] = rows;
  if (outcome?.status !== "SUCCEEDED" || outcome.matched < outcome.lines * 0.95) {
    throw new Error(`the run was to match nearly all lines: ${JSON.stringify(outcome)}`);
  }
  return outcome as { readonly lines: number };
}
