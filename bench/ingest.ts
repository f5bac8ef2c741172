import "reflect-metadata";
import { execFile } from "node:child_process";
import { appendFile, copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import pg from "pg";
import { setUpMerchant } from "../commands/administer.ts";
import { openSystem } from "../commands/open-system.ts";
import { writeAdyenVolume } from "../simulator/adyen-volume.ts";
import { readConfig } from "../subgraphs/shared/config.ts";
import { CSV_READERS } from "./ingest/csv-readers.ts";
import { rawCopy } from "./ingest/floor.ts";
import { writeJournalVolume } from "./ingest/journal-volume.ts";

/**
 * Ingests a generated Adyen settlement file, and a terminal journal, beside their floor: a raw COPY of the same bytes into
 * an unlogged table of text columns, before and after. Reads the settlement file by CSV libraries as well. Prints JSON:
 * ratios first. "Again" is the same rows in other bytes, so that each is judged anew. The import runs in a process of
 * its own, whose peak memory is told.
 *
 *   npm run build && npm ci --prefix bench/peers
 *   node --import tsx bench/ingest.ts --rows 1000000 [--journal-rows 200000] [--reconcile]
 *
 * Needs a PostgreSQL to make a database of its own in: BENCH_DATABASE_URL, by default postgres on 127.0.0.1:5432.
 */
const MERCHANT = "bench";
const ACCOUNT = "KorenaarPOS";
const ADYEN_COLUMNS = 26;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    "journal-rows": { type: "string", default: "0" },
    reconcile: { type: "boolean", default: false },
  },
});
const rows = Number(values.rows);
const journalRows = Number(values["journal-rows"]);
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
const name = `concord_bench_${process.pid}`;
const url = new URL(adminUrl);
url.pathname = `/${name}`;
const environment = { DATABASE_URL: url.href, CONCORD_DATA: folder, LOG_LEVEL: "warn" };
await onAdmin(`create database ${name}`);
try {
  await prepare();
  process.stdout.write(`${JSON.stringify(await measure(), null, 2)}\n`);
} finally {
  await onAdmin(`drop database ${name} with (force)`);
  await rm(folder, { recursive: true, force: true });
}

async function measure() {
  const settlement = join(folder, "settlement.csv");
  await writeAdyenVolume(settlement, rows, { seed: 1 });
  const readers = await readAll(settlement);
  const measured = await importTwice(settlement, ADYEN_COLUMNS, rows);
  const reconciled = values.reconcile ? await inProcess("reconcile") : undefined;
  const journal = join(folder, "journal.ndjson");
  if (journalRows > 0) writeJournalVolume(journal, journalRows, ACCOUNT);
  const reported = journalRows > 0 ? await importTwice(journal, 1, journalRows) : undefined;
  const fastest = Math.max(...Object.values(readers).slice(1));
  return {
    ratios: {
      parseToFastestLibrary: rounded((readers.ours ?? 0) / fastest),
      importToRawCopy: rounded(measured.floorMs / measured.first.ms),
      againToFirst: rounded(measured.first.ms / measured.again.ms),
      ...(reported && { journalToRawCopy: rounded(reported.floorMs / reported.first.ms) }),
      ...(reported && { journalAgainToFirst: rounded(reported.first.ms / reported.again.ms) }),
      ...(reconciled && {
        importAndReconcileToRawCopy: rounded(measured.floorMs / (measured.first.ms + reconciled.ms)),
      }),
    },
    peakMemoryBytes: measured.first.rssBytes,
    rowsPerSecond: {
      ...readers,
      rawCopy: perSecond(rows, measured.floorMs),
      import: perSecond(rows, measured.first.ms),
      again: perSecond(rows, measured.again.ms),
      ...(reconciled && { reconcile: perSecond(rows, reconciled.ms) }),
      ...(reported && { rawCopyOfJournal: perSecond(journalRows, reported.floorMs) }),
      ...(reported && { journal: perSecond(journalRows, reported.first.ms) }),
    },
    processorMicrosecondsPerRow: {
      import: perRow(measured.first, rows),
      again: perRow(measured.again, rows),
      ...(reported && { journal: perRow(reported.first, journalRows) }),
      ...(reported && { journalAgain: perRow(reported.again, journalRows) }),
    },
    rows,
    fileBytes: (await stat(settlement)).size,
    node: process.version,
  };
}

/** Rows a second of each reader; the faster of two runs, since the first also compiles. */
async function readAll(path: string): Promise<Record<string, number>> {
  const paces: Record<string, number> = {};
  for (const round of [1, 2]) {
    for (const reader of CSV_READERS) {
      const start = performance.now();
      const read = await reader.rows(path);
      if (read !== rows) throw new Error(`${reader.name} read ${read} rows of ${rows} in round ${round}`);
      paces[reader.name] = Math.max(paces[reader.name] ?? 0, perSecond(rows, performance.now() - start));
    }
  }
  return paces;
}

/** The floor is the mean of before and after: a machine that others use is not the same a minute later. */
async function importTwice(path: string, columns: number, count: number) {
  const before = await timed(() => rawCopy(url.href, path, columns));
  const first = await inProcess(path);
  const after = await timed(() => rawCopy(url.href, path, columns));
  await copyFile(path, `${path}.again`);
  await appendFile(`${path}.again`, "\n");
  const again = await inProcess(`${path}.again`);
  await assertOnce(count);
  return { floorMs: (before + after) / 2, first, again };
}

/** A benchmark of an import that took other than every row, once, would measure nothing. */
async function assertOnce(count: number): Promise<void> {
  const { rows: files } = await onDatabase(
    "select rows_accepted, rows_duplicate from reconciliation.source_file order by received_at desc limit 2",
  );
  const [again, first] = files.map((file) => [Number(file.rows_accepted), Number(file.rows_duplicate)]);
  if (first?.[0] !== count || again?.[1] !== count) {
    throw new Error(`of ${count} rows, the imports took ${JSON.stringify({ first, again })}`);
  }
}

type Work = {
  readonly ms: number;
  readonly cpuMs: number;
  readonly backendCpuMs: number;
  readonly rssBytes: number;
};

async function inProcess(path: string): Promise<Work> {
  const script = join(import.meta.dirname, "ingest", "import-file.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, MERCHANT, path], {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as Work;
}

async function prepare(): Promise<void> {
  const system = await openSystem(readConfig(environment), "stderr");
  try {
    await system.migrate();
    await setUpMerchant(await system.open("worker", 1), {
      merchant: { id: MERCHANT, name: MERCHANT, zone: "Europe/Brussels" },
      locations: [],
      terminals: [],
      providerAccounts: [{ provider: "adyen", account: ACCOUNT }],
    });
  } finally {
    await system.close();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function perRow({ cpuMs, backendCpuMs }: Work, count: number) {
  return { node: rounded((cpuMs * 1_000) / count), backend: rounded((backendCpuMs * 1_000) / count) };
}

function perSecond(count: number, ms: number): number {
  return Math.round((count * 1000) / ms);
}

async function onAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function onDatabase(statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return client.query(statement).finally(() => client.end());
}
