import "reflect-metadata";
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs, promisify } from "node:util";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { openSystem } from "../commands/open-system.ts";
import { readConfig } from "../subgraphs/shared/config.ts";
import {
  COLUMN_JOINS,
  EXPORT_COLUMN_SOURCES,
  EXPORT_COLUMNS,
} from "../subgraphs/transactions/exports/export-columns.ts";
import { fill } from "./reconcile/fill.ts";

/**
 * Exports generated transactions with all columns, beside PostgreSQL's own `COPY (the same columns) TO STDOUT CSV` into a
 * file, before and after. COPY is no one's in particular: it is held to no row level security, counts nothing and hashes
 * nothing. Each export is written by a process of its own, whose peak memory is told. Prints JSON, ratios first.
 *
 *   node --import tsx bench/export.ts [--rows 1000000] [--formats CSV,XLSX]
 *
 * Needs a PostgreSQL to make a database in: BENCH_DATABASE_URL, by default postgres on 127.0.0.1:5432.
 */
const MERCHANT = "bench";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, formats: { type: "string", default: "CSV,XLSX" } },
});
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const name = `concord_bench_export_${process.pid}`;
const url = new URL(adminUrl);
url.pathname = `/${name}`;
const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
await onDatabase(adminUrl, (client) => client.query(`create database ${name}`));
try {
  const report = await onDatabase(url.href, (client) => measure(client, Number(values.rows)));
  process.stdout.write(`${JSON.stringify({ ...report, node: process.version }, null, 2)}\n`);
} finally {
  await onDatabase(adminUrl, (client) => client.query(`drop database ${name} with (force)`));
  await rm(folder, { recursive: true, force: true });
}

async function measure(client: pg.Client, rows: number) {
  const environment = { DATABASE_URL: url.href, CONCORD_DATA: folder, LOG_LEVEL: "warn" };
  const system = await openSystem(readConfig(environment), "stderr");
  await system.migrate().finally(() => system.close());
  await prepare(client, rows);
  const before = await measureCopy(client);
  const written = [];
  for (const format of values.formats.split(",")) written.push(await writeExport(environment, format));
  const after = await measureCopy(client);
  const copy = (before.rowsPerSecond + after.rowsPerSecond) / 2;
  return {
    toCopy: Object.fromEntries(written.map(({ format, rowsPerSecond }) => [format, rounded(rowsPerSecond / copy)])),
    peakMemoryMb: Object.fromEntries(written.map(({ format, rssBytes }) => [format, rounded(rssBytes / 2 ** 20)])),
    rows: before.rows,
    copy: [before, after],
    exports: written,
  };
}

async function prepare(client: pg.Client, rows: number): Promise<void> {
  const insert = `insert into accounts.merchant (merchant_id, name, zone) values ('${MERCHANT}', 'Bench', 'Europe/Brussels')`;
  await client.query(insert);
  await client.query(
    `insert into accounts.location (merchant_id, id, name, country, zone)
     values ('${MERCHANT}', 'loc_1', 'Gent', 'BE', 'Europe/Brussels')`,
  );
  await client.query(
    `insert into accounts.membership (merchant_id, user_id, role) values ('${MERCHANT}', 'bench', 'administrator')`,
  );
  await fill(client, { merchantId: MERCHANT, count: rows });
  await client.query("vacuum analyze");
}

async function measureCopy(client: pg.Client) {
  const cells = EXPORT_COLUMNS.map((column) => `${EXPORT_COLUMN_SOURCES[column].sql} as ${column.toLowerCase()}`);
  const statement = `copy (
    select ${cells.join(", ")} from transactions.transaction t ${COLUMN_JOINS.map(([, join]) => join).join(" ")}
    where t.merchant_id = '${MERCHANT}' and t.superseded_by is null and t.base_status <> 'MANUAL_INTERVENTION'
    order by t.occurred_at desc, t.id desc
  ) to stdout (format csv, header)`;
  const path = join(folder, "copy.csv");
  const start = performance.now();
  const stream = client.query(copyTo(statement));
  await pipeline(stream, createWriteStream(path));
  const ms = performance.now() - start;
  const rows = stream.rowCount;
  return { rows, ms: Math.round(ms), bytes: (await stat(path)).size, rowsPerSecond: Math.round((rows * 1_000) / ms) };
}

type Written = {
  readonly format: string;
  readonly rows: number;
  readonly ms: number;
  readonly bytes: number;
  readonly rssBytes: number;
  readonly rowsPerSecond: number;
};

async function writeExport(environment: Record<string, string>, format: string): Promise<Written> {
  const script = join(import.meta.dirname, "export", "write-export.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, MERCHANT, format], {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as Written;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

async function onDatabase<T>(address: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
