import "reflect-metadata";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { importServices, openSystem } from "../../commands/open-system.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";

/**
 * One import, or one reconciliation, in a process of its own, so that its memory is its own: prints its milliseconds,
 * the processor time of this process, and its largest resident size, as JSON.
 *
 *   node --import tsx bench/ingest/import-file.ts MERCHANT FILE | reconcile
 */
const [merchantId = "", path = ""] = process.argv.slice(2);
const system = await openSystem(readConfig(process.env), "stderr");
try {
  const database = await system.open("worker", 4);
  const services = importServices(system, database);
  const start = performance.now();
  if (path === "reconcile") {
    const runs = await (await system.open("owner", 1)).query<{ id: string }[]>(
      "select id from reconciliation.run where status = 'QUEUED'",
    );
    for (const { id } of runs) await runReconciliation(services, merchantId, id);
  } else {
    const bytes = createReadStream(path);
    const file = { bytes, name: basename(path), merchantId, origin: "CLI", userId: "bench" } as const;
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
