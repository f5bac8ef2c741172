import { webhookReceivers } from "../adapters/webhooks/receivers.ts";
import { uploadRoute } from "../subgraphs/reconciliation/import/receive-upload.ts";
import { webhookRoute } from "../subgraphs/reconciliation/webhooks/webhook-route.ts";
import { createLog } from "../subgraphs/shared/log.ts";
import type { Subgraph } from "../subgraphs/shared/subgraph/define-subgraph.ts";
import type { Services } from "../subgraphs/shared/subgraph/request-context.ts";
import { serveSubgraph } from "../subgraphs/shared/subgraph/serve-subgraph.ts";
import type { SubgraphRoute } from "../subgraphs/shared/subgraph/subgraph-route.ts";
import { downloadClosing } from "../subgraphs/transactions/closings/download-closing.ts";
import { downloadExport, downloadRoutes } from "../subgraphs/transactions/exports/download-export.ts";
import { openCallKeys } from "./call-keys.ts";
import { type Command, UsageError } from "./command.ts";
import { openIdentity } from "./open-identity.ts";
import { openSystem, type System } from "./open-system.ts";
import { SUBGRAPHS, subgraphServices } from "./serving.ts";
import { untilStopped } from "./until-stopped.ts";

const NAMES = SUBGRAPHS.map(({ name }) => name).join("|");

export const command: Command = {
  summary: "Serve one subgraph over HTTP",
  usage: `concord subgraph ${NAMES} [--port N]`,
  options: { port: { type: "string" } },
  run: async ({ config, positionals: [name], options }) => {
    const subgraph = SUBGRAPHS.find((candidate) => candidate.name === name);
    if (!subgraph) throw new UsageError(`there is no subgraph "${name ?? ""}"\nusage: concord subgraph ${NAMES}`);
    const port = typeof options.port === "string" ? Number(options.port) : config.subgraphPort;
    if (!Number.isInteger(port)) throw new UsageError(`--port "${String(options.port)}" is no port`);
    const keys = openCallKeys(config, createLog(config, { service: "subgraph" }));
    const system = await openSystem(config, "stdout");
    await system.migrate();
    const services = await subgraphServices(system, [subgraph], await openIdentity(system));
    const routes = routesOf(subgraph, system, services);
    const server = await serveSubgraph(subgraph, services, { host: config.host, port, routes, ...(keys && { keys }) });
    system.log.info({ url: server.url, subgraph: subgraph.name }, "the subgraph answers");
    return untilStopped(system.log, async () => {
      await server.close();
      await system.close();
    });
  },
};

/** Files come in, webhooks too, and exports and closings go out through the subgraph that owns them. */
function routesOf({ name }: Subgraph, system: System, services: Services): readonly SubgraphRoute[] {
  if (name === "transactions") {
    const withFiles = { ...services, exportStorage: system.exportStorage };
    return [
      ...downloadRoutes("/exports", (download) => downloadExport(withFiles, download)),
      ...downloadRoutes("/closings", (download) => downloadClosing(services, download)),
    ];
  }
  if (name !== "reconciliation") return [];
  const receivers = webhookReceivers(system.config.webhooks);
  return [
    uploadRoute({ ...services, storage: system.storage, fileKeys: system.config.fileKeys }),
    webhookRoute({ ...services, receivers }),
  ];
}
