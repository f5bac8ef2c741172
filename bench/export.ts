import "reflect-metadata";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { openSystem } from "../commands/open-system.ts";
import { readConfig } from "../subgraphs/shared/config.ts";
import { exportBesideCopy } from "./export/export-beside-copy.ts";
import { fill } from "./reconcile/fill.ts";

/**
 * Exports generated transactions with all columns, beside PostgreSQL's own `COPY (the same columns) TO STDOUT CSV` into a
 * file, before and after. COPY is no one's in particular: it is held to no row level security, counts nothing and hashes
 * nothing. Each export is written by a process of its own, whose peak memory is told. Prints JSON, ratios first.
 *
 *   npm run build
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
  return exportBesideCopy(client, { url: url.href, folder, merchantId: MERCHANT, formats: values.formats.split(",") });
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

async function onDatabase<T>(address: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
