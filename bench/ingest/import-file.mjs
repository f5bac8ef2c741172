import "reflect-metadata";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { importServices, openSystem } from "../../dist/commands/open-system.js";
import { importFile } from "../../dist/subgraphs/reconciliation/import/import-file.js";
import { receiveFile } from "../../dist/subgraphs/reconciliation/import/receive-file.js";
import { runReconciliation } from "../../dist/subgraphs/reconciliation/matching/run-reconciliation.js";
import { readConfig } from "../../dist/subgraphs/shared/config.js";
import { piecesOf } from "../../dist/subgraphs/shared/file-pieces.js";

/**
 * One import, or one reconciliation, in a process of its own, so that its memory is its own: prints its milliseconds,
 * the processor time of this process and of its database backends where they run on this machine, and its largest resident
 * size, as JSON. Runs what `npm run build` makes, as in production.
 *
 *   node bench/ingest/import-file.mjs MERCHANT FILE | reconcile
 */
const [merchantId = "", path = ""] = process.argv.slice(2);
const lastWorked = new Map();
const system = await openSystem(readConfig(process.env), "stderr");
try {
  const database = await system.open("worker", 4);
  const services = importServices(system, database);
  const pids = await backendsOf(database);
  const backendsBefore = cpuMsOf(pids);
  const start = performance.now();
  if (path === "reconcile") {
    const runs = await (await system.open("owner", 1)).query(
      "select id from reconciliation.run where status = 'QUEUED'",
    );
    for (const { id } of runs) await runReconciliation(services, merchantId, id);
  } else {
    system.readAhead.warmUp();
    const bytes = piecesOf(path);
    const file = { bytes, name: basename(path), merchantId, origin: "CLI", userId: "bench" };
    const { id } = await receiveFile({ database, storage: system.storage }, file);
    await importFile(services, merchantId, id);
  }
  const { user, system: kernel } = process.cpuUsage();
  const result = {
    ms: performance.now() - start,
    cpuMs: (user + kernel) / 1_000,
    backendCpuMs: cpuMsOf(pids) - backendsBefore,
    rssBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await system.close();
}

/** Backends of this process: all that it may have are opened, so that none comes later. */
async function backendsOf(database) {
  await Promise.all([1, 2, 3, 4].map(() => database.query("select pg_sleep(0.05)")));
  const rows = await database.query("select pid from pg_stat_activity where application_name = 'concord-worker'");
  return rows.map(({ pid }) => pid);
}

/** What each was last seen to have worked: one that is idle for long is closed. */
function cpuMsOf(pids) {
  return pids.reduce((sum, pid) => sum + workedMs(pid), 0);
}

function workedMs(pid) {
  try {
    lastWorked.set(pid, Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6);
  } catch {
    // It is gone, or not on this machine.
  }
  return lastWorked.get(pid) ?? 0;
}
