import "reflect-metadata";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { migrate } from "../subgraphs/shared/database/migrate.ts";
import { exportBesideCopy } from "./export/export-beside-copy.ts";
import { build, LARGEST } from "./read/build.ts";
import { startProduct } from "./read/gateway.ts";
import { measureLookups, measureReads } from "./read/measure-reads.ts";

/**
 * Reads of a large ledger through the running gateway: pages near and far, sorts, searches, totals, facets and analysis
 * of the largest merchant, beside bare SQL in the same run, and an export beside PostgreSQL's own COPY. The ledger is
 * simulated, imported and reconciled by the product, or filled by SQL where that would take too long. Prints JSON, ratios first; milliseconds otherwise.
 *
 *   npm run build
 *   node --import tsx bench/read.ts [--transactions 10000000] [--merchants 200] [--by import|sql] [--database NAME]
 *     [--only build]
 *
 * `--database` names a database that is kept, and used as it is where it is there already: building one takes most of
 * the time. Needs a PostgreSQL to make it in: BENCH_DATABASE_URL, by default postgres on 127.0.0.1:5432.
 */
const { values } = parseArgs({
  options: {
    transactions: { type: "string", default: "10000000" },
    merchants: { type: "string", default: "200" },
    by: { type: "string", default: "import" },
    database: { type: "string" },
    only: { type: "string" },
  },
});
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const name = values.database ?? `concord_bench_read_${process.pid}`;
const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
const isThere = await onDatabase(adminUrl, async (client) => {
  const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
  if (rowCount === 0) await client.query(`create database ${name}`);
  return rowCount === 1;
});
try {
  const report = await onDatabase(url, measure);
  process.stdout.write(`${JSON.stringify({ ...report, node: process.version }, null, 2)}\n`);
} finally {
  if (values.database === undefined) {
    await onDatabase(adminUrl, (client) => client.query(`drop database ${name} with (force)`));
  }
  await rm(folder, { recursive: true, force: true });
}

async function measure(client: pg.Client) {
  const volume = {
    transactions: Number(values.transactions),
    merchants: Number(values.merchants),
    by: values.by === "sql" ? "sql" : "import",
  } as const;
  await migrate({ url });
  const built = isThere ? undefined : await build(client, url, volume);
  const { rows } = await client.query(
    `select count(*)::int as transactions, count(distinct merchant_id)::int as merchants,
      (count(*) filter (where merchant_id = $1))::int as "ofTheLargest", pg_database_size(current_database()) as bytes
     from transactions.transaction`,
    [LARGEST],
  );
  if (values.only === "build") return { ledger: rows[0], built };
  const gateway = await startProduct(folder, url);
  try {
    const { farthest, ...reads } = await measureReads(client, gateway);
    tell(reads);
    const exported = await exportBesideCopy(client, { url, folder, merchantId: LARGEST, formats: ["CSV"] });
    tell(exported);
    return {
      ratios: { ...reads.ratios, exportToCopy: exported.toCopy },
      exportPeakMemoryMb: exported.peakMemoryMb,
      ledger: rows[0],
      built,
      ...reads.timings,
      exported,
      ...(await measureLookups(gateway, farthest)),
    };
  } finally {
    await gateway.close();
  }
}

/** All of it takes long: what is known by now is not lost with the rest. */
function tell(known: object): void {
  process.stderr.write(`${JSON.stringify(known)}\n`);
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
