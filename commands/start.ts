import { join } from "node:path";
import { webhookReceivers } from "../adapters/webhooks/receivers.ts";
import { startGateway } from "../gateway/start-gateway.ts";
import { receiveUpload } from "../subgraphs/reconciliation/import/receive-upload.ts";
import { receiveWebhook } from "../subgraphs/reconciliation/webhooks/receive-webhook.ts";
import { startWorker } from "../subgraphs/reconciliation/work/start-worker.ts";
import { watchInbox } from "../subgraphs/reconciliation/work/watch-inbox.ts";
import { callInProcess } from "../subgraphs/shared/subgraph/call-in-process.ts";
import { downloadClosing } from "../subgraphs/transactions/closings/download-closing.ts";
import { downloadExport } from "../subgraphs/transactions/exports/download-export.ts";
import { startExportWorker } from "../subgraphs/transactions/exports/start-export-worker.ts";
import { startNotifier } from "../subgraphs/transactions/webhooks/start-notifier.ts";
import { setUpPlatform } from "./administer.ts";
import type { Command } from "./command.ts";
import { composeFrom, SUPERGRAPH_CONFIG } from "./compose.ts";
import { areSamplesReady } from "./load-samples.ts";
import { measureReconciliation } from "./measure-reconciliation.ts";
import { openIdentity } from "./open-identity.ts";
import { openPortal } from "./open-portal.ts";
import { exportServices, importServices, notifierServices, openSystem } from "./open-system.ts";
import { PROJECT_ROOT } from "./project-root.ts";
import { openRequestPolicy } from "./request-policy.ts";
import { openSampleWorkspace } from "./sample-workspace.ts";
import { answers, SUBGRAPHS, subgraphServices } from "./serving.ts";
import { untilStopped } from "./until-stopped.ts";

export const command: Command = {
  summary: "Run everything in one process: database, subgraphs, worker, gateway",
  usage: "concord start",
  run: async ({ config }) => {
    const { supergraphSdl } = await composeFrom(SUPERGRAPH_CONFIG, config.environment);
    const system = await openSystem(config, "stdout");
    const { log } = system;
    await system.migrate();
    const identity = await openIdentity(system);
    const database = await system.open("worker", 5 + 2 * config.workerConcurrency);
    const workspace = await openSampleWorkspace(system, database, join(PROJECT_ROOT, "samples"));
    const services = {
      ...(await subgraphServices(system, SUBGRAPHS, identity)),
      ...(identity.developmentIssuer && workspace && { samples: workspace }),
    };
    if (identity.developmentIssuer) await setUpPlatform(database);
    const receivers = webhookReceivers(config.webhooks);
    const jobs = system.jobs();
    const worker = await startWorker(
      { ...importServices(system, database), jobs, receivers },
      { concurrency: config.workerConcurrency },
    );
    const exports = await startExportWorker({ ...exportServices(system, database), jobs });
    const notifier = startNotifier(notifierServices(system, database));
    const inbox = watchInbox({ database, storage: system.storage, log }, config.inboxDir);
    const isWanted = config.embedded && config.samples && !(await workspace?.wasCleared());
    const samples = isWanted ? workspace : undefined;
    await samples?.load();
    const { close: closePolicy, ...policy } = await openRequestPolicy(config, log);
    const gateway = await startGateway({
      ...policy,
      config: {
        host: config.host,
        port: config.port,
        corsOrigins: config.corsOrigins,
        hstsSeconds: config.hstsSeconds,
        trustedProxies: config.trustedProxies,
        metricsPort: config.metricsPort,
        maxInFlight: config.maxInFlight,
      },
      log,
      moreMetrics: await measureReconciliation(system),
      supergraphSdl,
      callers: Object.fromEntries(SUBGRAPHS.map((subgraph) => [subgraph.name, callInProcess(subgraph, services)])),
      identity: (token) => identity.verifyToken(`Bearer ${token}`),
      sendExport: (download) => downloadExport({ ...services, exportStorage: system.exportStorage }, download),
      sendClosing: (download) => downloadClosing(services, download),
      receiveFile: (upload) =>
        receiveUpload({ ...services, storage: system.storage, fileKeys: config.fileKeys }, upload),
      webhooks: {
        providers: [...receivers.keys()],
        receive: (provider, delivery) => receiveWebhook({ ...services, receivers }, provider, delivery),
      },
      readiness: async () => ({
        database: await answers(services.database),
        ...(samples && { samples: await areSamplesReady(database, samples.merchantId) }),
      }),
      ...(identity.developmentIssuer && { developmentIssuer: identity.developmentIssuer }),
      graphiql: identity.developmentIssuer !== undefined,
      ...(await openPortal(config, log, identity.developmentIssuer)),
    });
    return untilStopped(log, async () => {
      await gateway.close();
      closePolicy();
      await inbox.close();
      await notifier.close();
      await exports.close();
      await worker.close();
      await system.close({ stopDatabase: true });
    });
  },
};
