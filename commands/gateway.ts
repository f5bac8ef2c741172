import { WEBHOOK_PROVIDERS } from "../adapters/webhooks/receivers.ts";
import { startGateway } from "../gateway/start-gateway.ts";
import { createLog } from "../subgraphs/shared/log.ts";
import { callSigner, openCallKeys } from "./call-keys.ts";
import type { Command } from "./command.ts";
import { followSupergraph } from "./follow-supergraph.ts";
import { forwardDownload } from "./forward-download.ts";
import { forwardUpload } from "./forward-upload.ts";
import { forwardWebhook } from "./forward-webhook.ts";
import { openIdentity } from "./open-identity.ts";
import { openPortal } from "./open-portal.ts";
import { openRequestPolicy } from "./request-policy.ts";
import { readSupergraph, supergraphSource } from "./supergraph-source.ts";
import { untilStopped } from "./until-stopped.ts";

export const command: Command = {
  summary: "Run the gateway alone, in front of subgraphs over HTTP",
  usage: "concord gateway",
  run: async ({ config }) => {
    const log = createLog(config, { service: "gateway" });
    const source = supergraphSource(config);
    const supergraphSdl = await readSupergraph(source);
    const { verifyToken, developmentIssuer } = await openIdentity({ config, log });
    const keys = openCallKeys(config, log);
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
        noticeMs: NOTICE_MS,
      },
      log,
      supergraphSdl,
      identity: (token) => verifyToken(`Bearer ${token}`),
      sendExport: forwardDownload(config.transactionsUrl, keys, "/exports"),
      sendClosing: forwardDownload(config.transactionsUrl, keys, "/closings"),
      receiveFile: forwardUpload(config.reconciliationUrl, keys),
      webhooks: {
        // Which of them are set up the subgraph knows: their secrets are not the gateway's.
        providers: WEBHOOK_PROVIDERS,
        receive: forwardWebhook(config.reconciliationUrl, keys),
      },
      ...(keys && { calls: { sign: callSigner(keys) } }),
      readiness: async () => ({ supergraph: true }),
      ...(developmentIssuer && { developmentIssuer }),
      graphiql: developmentIssuer !== undefined,
      ...(await openPortal(config, log, developmentIssuer)),
    });
    const following = followSupergraph(source, gateway.reload);
    return untilStopped(log, async () => {
      await following.close();
      await gateway.close();
      closePolicy();
    });
  },
};

/** Load balancers commonly ask once a second whether a gateway is ready. */
const NOTICE_MS = 2_000;
