import "reflect-metadata";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { loadSamples } from "../../commands/load-samples.ts";
import { importServices, openSystem } from "../../commands/open-system.ts";
import { simulate } from "../../simulator/simulate.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { amountAndDate, firstFit } from "./baselines.ts";
import { readSides } from "./sides.ts";
import { score } from "./verdicts.ts";

/**
 * Scores what is matched automatically against what the simulator knows to be true, next to two matchers of the usual
 * kind on the same data. Prints JSON: a row per seed, with precision, recall and F1 of each, ours by stage too.
 *
 *   node --import tsx bench/quality/run.ts --seeds 1,2,3 --transactions 100000
 *
 * Needs a PostgreSQL to make databases of its own in: BENCH_DATABASE_URL, by default postgres on 127.0.0.1:5432.
 */
const { values } = parseArgs({
  options: { seeds: { type: "string", default: "1,2,3" }, transactions: { type: "string", default: "100000" } },
});
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const results = [];
for (const seed of values.seeds.split(",").map(Number)) results.push(await measure(seed));
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);

async function measure(seed: number) {
  const folder = await mkdtemp(join(tmpdir(), "concord-quality-"));
  const name = `concord_quality_${process.pid}_${seed}`;
  await onAdmin(`create database ${name}`);
  try {
    simulate({ seed, faults: true, transactions: Number(values.transactions), outDir: folder });
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    await importAll(url.href, folder, { reconcile: false });
    const { lines, reported } = await readSides(url.href, join(folder, "truth.ndjson"));
    const before = performance.now();
    await importAll(url.href, folder, { reconcile: true });
    const seconds = Math.round((performance.now() - before) / 100) / 10;
    const { ours, ambiguous, stages } = await readOurs(url.href);
    return {
      seed,
      lines: lines.length,
      reported: reported.length,
      reconcileSeconds: seconds,
      ours: score(lines, reported, ours),
      byStage: Object.fromEntries([...stages].map(([stage, pairs]) => [stage, score(lines, reported, pairs).decided])),
      leftAmbiguous: tallyNotes(lines.filter(({ id }) => ambiguous.has(id))),
      missed: tallyNotes(lines.filter(({ id, truth }) => truth && !ours.has(id) && !ambiguous.has(id))),
      greedyFirstFit: score(lines, reported, firstFit(lines, reported)),
      amountAndThreeDays: score(lines, reported, amountAndDate(lines, reported)),
    };
  } finally {
    await onAdmin(`drop database ${name} with (force)`);
    await rm(folder, { recursive: true, force: true });
  }
}

async function importAll(url: string, folder: string, { reconcile }: { readonly reconcile: boolean }): Promise<void> {
  const config = readConfig({ DATABASE_URL: url, CONCORD_DATA: join(folder, "data"), LOG_LEVEL: "error" });
  const system = await openSystem(config, "stderr");
  try {
    await system.migrate();
    const database = await system.open("worker", 4);
    const owner = await system.open("owner", 1);
    const merchantId = await loadSamples(system, database, folder);
    const services = importServices(system, database);
    const files: { id: string }[] = await owner.query(
      "select id from reconciliation.source_file where status = 'RECEIVED' order by name",
    );
    for (const { id } of files) await importFile(services, merchantId, id);
    if (!reconcile) return;
    const runs: { id: string }[] = await owner.query(
      "select id from reconciliation.run where status = 'QUEUED' order by requested_at",
    );
    for (const { id } of runs) await runReconciliation(services, merchantId, id);
  } finally {
    await system.close();
  }
}

async function readOurs(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const claims = await client.query<{ line_id: string; transaction_id: string; stage: string }>(
      `select c.line_id, c.transaction_id, c.stage from reconciliation.claim c
       join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
       where c.released_at is null and not t.provisional`,
    );
    const open = await client.query<{ line_id: string }>(
      "select line_id from reconciliation.discrepancy where type = 'AMBIGUOUS_MATCH' and state = 'OPEN'",
    );
    const stages = new Map<string, Map<string, string>>();
    for (const { stage, line_id, transaction_id } of claims.rows) {
      stages.set(stage, (stages.get(stage) ?? new Map()).set(line_id, transaction_id));
    }
    return {
      ours: new Map(claims.rows.map((row) => [row.line_id, row.transaction_id])),
      ambiguous: new Set(open.rows.map((row) => row.line_id)),
      stages,
    };
  } finally {
    await client.end();
  }
}

function tallyNotes(lines: readonly { readonly note: string }[]): Readonly<Record<string, number>> {
  const tally: Record<string, number> = {};
  for (const { note } of lines) tally[note] = (tally[note] ?? 0) + 1;
  return tally;
}

async function onAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
