import "reflect-metadata";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { DataSource } from "typeorm";
import { adapter } from "../adapters/providers/adyen-settlement-detail.ts";
import { setUpMerchant } from "../commands/administer.ts";
import { FAMILIES, importServices, openSystem, type System } from "../commands/open-system.ts";
import { writeAdyenVolume } from "../simulator/adyen-volume.ts";
import { importFile } from "../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../subgraphs/reconciliation/import/receive-file.ts";
import { createStager } from "../subgraphs/reconciliation/import/stage-event.ts";
import { runReconciliation } from "../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { readConfig } from "../subgraphs/shared/config.ts";
import { CopyWriter } from "../subgraphs/shared/store/copy-writer.ts";

/**
 * Ingests a generated Adyen settlement file beside its floor, a raw COPY of the same bytes into an unlogged table of
 * text columns, in one run. Prints JSON: ratios to the floor first, rows a second, and the peak memory of this process.
 *
 *   node --import tsx bench/ingest.ts --rows 1000000
 *
 * Needs a PostgreSQL to make a database of its own in: BENCH_DATABASE_URL, by default postgres on 127.0.0.1:5432.
 */
const MERCHANT = "bench";
const ACCOUNT = "KorenaarPOS";

const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
const rows = Number(values.rows);
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
const name = `concord_bench_${process.pid}`;
await onAdmin(`create database ${name}`);
try {
  process.stdout.write(`${JSON.stringify(await measure(), null, 2)}\n`);
} finally {
  await onAdmin(`drop database ${name} with (force)`);
  await rm(folder, { recursive: true, force: true });
}

async function measure() {
  const file = join(folder, "volume.csv");
  await writeAdyenVolume(file, rows, { seed: 1 });
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const system = await openSystem(
    readConfig({ DATABASE_URL: url.href, CONCORD_DATA: folder, LOG_LEVEL: "warn" }),
    "stderr",
  );
  try {
    await system.migrate();
    const database = await system.open("worker", 4);
    await setUpMerchant(database, {
      merchant: { id: MERCHANT, name: MERCHANT, zone: "Europe/Brussels" },
      locations: [],
      terminals: [],
      providerAccounts: [{ provider: "adyen", account: ACCOUNT }],
    });
    const memory = watchMemory();
    const floor = await timed(() => rawCopy(url.href, file));
    const parse = await timed(() => parseAndStage(file));
    const imported = await timed(() => ingest(system, database, file));
    const reconciled = await timed(() => reconcile(system, database));
    const again = await timed(() => ingest(system, database, file));
    return {
      ratios: {
        parseToRawCopy: ratio(floor.ms, parse.ms),
        importToRawCopy: ratio(floor.ms, imported.ms),
        importAndReconcileToRawCopy: ratio(floor.ms, imported.ms + reconciled.ms),
        againToFirst: ratio(imported.ms, again.ms),
      },
      rowsPerSecond: {
        rawCopy: perSecond(floor.ms),
        parseAndStage: perSecond(parse.ms),
        import: perSecond(imported.ms),
        reconcile: perSecond(reconciled.ms),
      },
      peakRssBytes: memory.stop(),
      rows,
      fileBytes: (await stat(file)).size,
      node: process.version,
    };
  } finally {
    await system.close();
  }
}

/** What PostgreSQL can take in at most: no parsing on our side, no types, no index, no log. */
async function rawCopy(url: string, file: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const columns = Array.from({ length: 26 }, (_, index) => `c${index} text`).join(", ");
    await client.query(`create unlogged table raw_copy (${columns})`);
    await pipeline(createReadStream(file), client.query(copyFrom("copy raw_copy from stdin (format csv, header)")));
    await client.query("drop table raw_copy");
  } finally {
    await client.end();
  }
}

/** Reading, understanding and encoding every row, without a database. */
async function parseAndStage(file: string): Promise<void> {
  const { stage } = createStager(FAMILIES);
  const writers = { lines: new CopyWriter(), reports: new CopyWriter() };
  const place = { merchantId: MERCHANT, locationId: null, terminalId: null, zone: "Europe/Brussels" };
  for await (const readings of adapter.read(createReadStream(file, { highWaterMark: 256 * 1024 }))) {
    for (const reading of readings) if (reading.kind === "event") stage(reading.event, reading.line, place, writers);
    writers.lines.clear();
  }
}

async function ingest(system: System, database: DataSource, file: string): Promise<void> {
  const { id } = await receiveFile(
    { database, storage: system.storage },
    { bytes: createReadStream(file), name: "volume.csv", merchantId: MERCHANT, origin: "CLI", userId: "bench" },
  );
  await importFile(importServices(system, database), MERCHANT, id);
}

async function reconcile(system: System, database: DataSource): Promise<void> {
  const owner = await system.open("owner", 1);
  const runs = await owner.query<{ id: string }[]>("select id from reconciliation.run where status = 'QUEUED'");
  for (const { id } of runs) await runReconciliation(importServices(system, database), MERCHANT, id);
}

async function timed(work: () => Promise<void>): Promise<{ readonly ms: number }> {
  const start = performance.now();
  await work();
  return { ms: performance.now() - start };
}

function watchMemory(): { readonly stop: () => number } {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

function ratio(floorMs: number, ms: number): number {
  return Math.round((floorMs / ms) * 1000) / 1000;
}

function perSecond(ms: number): number {
  return Math.round((rows * 1000) / ms);
}

async function onAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
