import { webhookReceivers } from "../adapters/webhooks/receivers.ts";
import { serveMetrics } from "../gateway/metrics/metrics-server.ts";
import { startWorker } from "../subgraphs/reconciliation/work/start-worker.ts";
import { watchInbox } from "../subgraphs/reconciliation/work/watch-inbox.ts";
import { startExportWorker } from "../subgraphs/transactions/exports/start-export-worker.ts";
import { startNotifier } from "../subgraphs/transactions/webhooks/start-notifier.ts";
import type { Command } from "./command.ts";
import { measureReconciliation } from "./measure-reconciliation.ts";
import { exportServices, importServices, notifierServices, openSystem } from "./open-system.ts";
import { untilStopped } from "./until-stopped.ts";

export const command: Command = {
  summary: "Work the queues: imports, reconciliation runs, the inbox folder",
  usage: "concord worker",
  run: async ({ config }) => {
    const system = await openSystem(config, "stdout");
    await system.migrate();
    const database = await system.open("worker", 5 + 2 * config.workerConcurrency);
    const jobs = system.jobs();
    const worker = await startWorker(
      { ...importServices(system, database), jobs, receivers: webhookReceivers(config.webhooks) },
      { concurrency: config.workerConcurrency },
    );
    const exports = await startExportWorker({ ...exportServices(system, database), jobs });
    const notifier = startNotifier(notifierServices(system, database));
    const inbox = watchInbox({ database, storage: system.storage, log: system.log }, config.inboxDir);
    const measured = await measureReconciliation(system);
    const metrics = measured && (await serveMetrics(config.metricsPort ?? 0, measured));
    system.log.info("the worker works");
    return untilStopped(system.log, async () => {
      await metrics?.close();
      await inbox.close();
      await notifier.close();
      await exports.close();
      await worker.close();
      await system.close();
    });
  },
};
