import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { ServerResponse } from "node:http";
import { pino } from "pino";
import { SUBGRAPHS } from "../../../commands/serving.ts";
import { startGateway } from "../../../gateway/start-gateway.ts";
import { receiveUpload } from "../../../subgraphs/reconciliation/import/receive-upload.ts";
import { armCrashPoints } from "../../../subgraphs/shared/crash-point.ts";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { openFileStorage } from "../../../subgraphs/shared/file-storage.ts";
import { createGrantsReader } from "../../../subgraphs/shared/identity/grants.ts";
import { callInProcess } from "../../../subgraphs/shared/subgraph/call-in-process.ts";
import { crashAt } from "./crash.ts";
import { readSettings } from "./process-settings.ts";

/** The gateway with all subgraphs in its process. A token is the user's name: who signed it is another suite's question. */
const { url, files, crash, supergraph = "" } = readSettings();
if (crash) {
  const reached = crashAt(crash);
  armCrashPoints(reached);
  const end = ServerResponse.prototype.end;
  // All that there is to an answer is done by then, and none of it has left.
  ServerResponse.prototype.end = function (this: ServerResponse, ...rest: unknown[]) {
    reached("after_response_before_flush");
    return Reflect.apply(end, this, rest);
  } as typeof end;
}
const log = pino({ level: "info" }, pino.destination({ sync: true }));
const database = await openDatabase(
  { url },
  {
    role: "app",
    maxConnections: 4,
    entities: [...new Set(SUBGRAPHS.flatMap(({ entities }) => entities))],
    onError: (error) => log.error({ err: error }, "a database connection failed"),
  },
);
const verifyToken = async (authorization = "") => {
  const userId = authorization.replace("Bearer ", "");
  return { userId, name: userId };
};
const services = {
  database,
  verifyToken,
  grantsOf: createGrantsReader(database),
  cursorKey: randomBytes(32),
  log,
  storage: openFileStorage(files),
};
await startGateway({
  config: { host: "127.0.0.1", port: 0 },
  log,
  supergraphSdl: readFileSync(supergraph, "utf8"),
  callers: Object.fromEntries(SUBGRAPHS.map((subgraph) => [subgraph.name, callInProcess(subgraph, services)])),
  identity: verifyToken,
  receiveFile: (upload) => receiveUpload(services, upload),
  readiness: async () => ({ database: true }),
  graphiql: false,
});
