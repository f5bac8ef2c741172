import { startGateway } from "../gateway/start-gateway.ts";
import { createLog } from "../subgraphs/shared/log.ts";
import { callSigner, openCallKeys } from "./call-keys.ts";
import type { Command } from "./command.ts";
import { composeFrom, SUPERGRAPH_CONFIG } from "./compose.ts";
import { forwardUpload } from "./forward-upload.ts";
import { openRequestPolicy } from "./request-policy.ts";
import { openIdentity } from "./serving.ts";
import { untilStopped } from "./until-stopped.ts";

export const command: Command = {
  summary: "Run the gateway alone, in front of subgraphs over HTTP",
  usage: "concord gateway",
  run: async ({ config }) => {
    const log = createLog(config, { service: "gateway" });
    const { supergraphSdl } = await composeFrom(SUPERGRAPH_CONFIG, config.environment);
    const { verifyToken, developmentIssuer } = await openIdentity({ config, log });
    const keys = openCallKeys(config, log);
    const { close: closePolicy, ...policy } = await openRequestPolicy(config, log);
    const gateway = await startGateway({
      ...policy,
      config: {
        host: config.host,
        port: config.port,
        corsOrigins: config.corsOrigins,
        metricsPort: config.metricsPort,
      },
      log,
      supergraphSdl,
      identity: (token) => verifyToken(`Bearer ${token}`),
      receiveFile: forwardUpload(config.reconciliationUrl, keys),
      ...(keys && { calls: { sign: callSigner(keys) } }),
      readiness: async () => ({ supergraph: true }),
      ...(developmentIssuer && { developmentIssuer }),
      graphiql: developmentIssuer !== undefined,
    });
    return untilStopped(log, async () => {
      await gateway.close();
      closePolicy();
    });
  },
};
