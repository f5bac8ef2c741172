import "reflect-metadata";
import type { PostgresDriver } from "typeorm/driver/postgres/PostgresDriver.js";
import { importServices, openSystem } from "../../commands/open-system.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { followBackends } from "./backend-cpu.ts";
import { timeStatements } from "./statement-times.ts";

/**
 * One run in a process of its own, so that its memory is its own: prints its milliseconds, the processor time of this
 * process and of its database backends, its largest resident size, and the milliseconds of each statement. A run of
 * another merchant goes before, since a worker that has just begun is not what is measured. To read the backends' clocks
 * before and after each statement is work of the worker as well, so that is only done when asked.
 *
 *   node --import tsx bench/reconcile/carry-out.ts RUN WARM-UP-MERCHANT MERCHANT [stages]
 */
const BACKENDS =
  "select pid from pg_stat_activity where application_name = 'concord-worker' and datname = current_database()";
const [runId = "", warmUpId = "", merchantId = "", stages] = process.argv.slice(2);
const system = await openSystem(readConfig(process.env), "stderr");
try {
  const database = await system.open("worker", 4);
  const services = importServices(system, database);
  await runReconciliation(services, warmUpId, runId);
  const backends = await database.query<{ pid: number }[]>(BACKENDS);
  const backendCpuMs = followBackends(
    (database.driver as PostgresDriver).master,
    backends.map(({ pid }) => pid),
  );
  const before = { worker: process.cpuUsage(), backends: backendCpuMs() };
  const statements = timeStatements(stages ? backendCpuMs : () => undefined);
  const start = performance.now();
  await runReconciliation(services, merchantId, runId);
  const ms = performance.now() - start;
  const { user, system: kernel } = process.cpuUsage(before.worker);
  const after = backendCpuMs();
  const result = {
    ms,
    cpuMs: (user + kernel) / 1_000,
    ...(after !== undefined && before.backends !== undefined && { backendCpuMs: after - before.backends }),
    rssBytes: process.resourceUsage().maxRSS * 1024,
    statements: statements(),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await system.close();
}
