import "reflect-metadata";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerSamples } from "../../dist/commands/load-samples.js";
import { importServices, openSystem } from "../../dist/commands/open-system.js";
import { simulate } from "../../dist/simulator/simulate.js";
import { importFile } from "../../dist/subgraphs/reconciliation/import/import-file.js";
import { receiveFile } from "../../dist/subgraphs/reconciliation/import/receive-file.js";
import { runReconciliation } from "../../dist/subgraphs/reconciliation/matching/run-reconciliation.js";
import { readConfig } from "../../dist/subgraphs/shared/config.js";
import { foldHours } from "../../dist/subgraphs/shared/rollups/fold-hours.js";

/**
 * Simulates merchants one after another, each with as many transactions as is told, takes in all their files and then
 * reconciles them, as the product does that is given them all at once. What is written on disk for it is removed with each
 * merchant. Prints a line of JSON for each.
 *
 *   node bench/read/take-in.mjs FROM WEEKS NUMBER=TRANSACTIONS…
 */
const [from = "", weeks = "", ...sizes] = process.argv.slice(2);
const period = { weeks: Number(weeks), weeksPerFile: Number(weeks) };
for (const size of sizes) {
  const [number, transactions] = size.split("=").map(Number);
  const start = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
  const made = simulate({ seed: number, merchant: number, from, ...period, transactions, outDir: folder });
  const system = await openSystem(readConfig({ ...process.env, CONCORD_DATA: join(folder, "data") }), "stderr");
  try {
    const simulated = performance.now();
    const merchantId = await takeIn(system, folder);
    const took = { simulateMs: Math.round(simulated - start), takeInMs: Math.round(performance.now() - simulated) };
    process.stdout.write(`${JSON.stringify({ merchantId, transactions: made.transactions, ...took })}\n`);
  } finally {
    await system.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeIn(system, folder) {
  const database = await system.open("worker", 4);
  const owner = await system.open("owner", 1);
  const services = importServices(system, database);
  const merchantId = await registerSamples(database, folder);
  // Journals come last by name; a terminal tells of a payment before its provider does.
  const names = (await readdir(join(folder, "files"))).sort((a, b) => isJournal(b) - isJournal(a) || (a < b ? -1 : 1));
  for (const name of names) {
    const bytes = createReadStream(join(folder, "files", name));
    const file = { bytes, name, merchantId, origin: "CLI", userId: "bench" };
    const { id } = await receiveFile({ database, storage: system.storage }, file);
    await importFile(services, merchantId, id);
  }
  // Not after each file: what one file leaves open is a discrepancy for each payment, which the next file resolves.
  const queued = "select id from reconciliation.run where merchant_id = $1 and status = 'QUEUED' order by requested_at";
  for (const { id } of await owner.query(queued, [merchantId])) await runReconciliation(services, merchantId, id);
  await foldHours(database, merchantId);
  return merchantId;
}

function isJournal(name) {
  return name.startsWith("terminal-journal");
}
