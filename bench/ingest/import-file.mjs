import "reflect-metadata";
import { basename } from "node:path";
import { importServices, openSystem } from "../../dist/commands/open-system.js";
import { importFile } from "../../dist/subgraphs/reconciliation/import/import-file.js";
import { receiveFile } from "../../dist/subgraphs/reconciliation/import/receive-file.js";
import { runReconciliation } from "../../dist/subgraphs/reconciliation/matching/run-reconciliation.js";
import { readConfig } from "../../dist/subgraphs/shared/config.js";
import { piecesOf } from "../../dist/subgraphs/shared/file-pieces.js";

/**
 * One import, or one reconciliation, in a process of its own, so that its memory is its own: prints its milliseconds,
 * the processor time of this process, and its largest resident size, as JSON. Runs what `npm run build` makes, as in production.
 *
 *   node bench/ingest/import-file.mjs MERCHANT FILE | reconcile
 */
const [merchantId = "", path = ""] = process.argv.slice(2);
const system = await openSystem(readConfig(process.env), "stderr");
try {
  const database = await system.open("worker", 4);
  const services = importServices(system, database);
  const start = performance.now();
  if (path === "reconcile") {
    const runs = await (await system.open("owner", 1)).query(
      "select id from reconciliation.run where status = 'QUEUED'",
    );
    for (const { id } of runs) await runReconciliation(services, merchantId, id);
  } else {
    const bytes = piecesOf(path);
    const file = { bytes, name: basename(path), merchantId, origin: "CLI", userId: "bench" };
    const { id } = await receiveFile({ database, storage: system.storage }, file);
    await importFile(services, merchantId, id);
  }
  const { user, system: kernel } = process.cpuUsage();
  const result = {
    ms: performance.now() - start,
    cpuMs: (user + kernel) / 1_000,
    rssBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await system.close();
}
