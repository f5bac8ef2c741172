import { randomBytes } from "node:crypto";
import { Agent, type RequestOptions, request } from "node:http";
import { startGateway } from "../../../gateway/start-gateway.ts";
import { receiveUpload } from "../../../subgraphs/reconciliation/import/receive-upload.ts";
import { type ChangeFeed, openChangeFeed } from "../../../subgraphs/shared/changes/change-feed.ts";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { createGrantsReader } from "../../../subgraphs/shared/identity/grants.ts";
import { createLog, type Log } from "../../../subgraphs/shared/log.ts";
import { callInProcess } from "../../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Services } from "../../../subgraphs/shared/subgraph/request-context.ts";
import { downloadClosing } from "../../../subgraphs/transactions/closings/download-closing.ts";
import { downloadExport } from "../../../subgraphs/transactions/exports/download-export.ts";
import { supergraphSdl } from "../../gateway/attacks/attack-gateway.ts";
import { SUBGRAPHS } from "../../subgraphs/support/settled-graph.ts";
import type { Ledger } from "../../support/ledger.ts";
import { type Guard, type OpenedServices, withGuards } from "./guards.ts";

export type Reply = {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
};

/** What an address answers: a file as its bytes. */
export type Download = Omit<Reply, "text"> & { readonly bytes: Buffer };

/** The gateway over marked merchants, with some of what keeps them apart taken away. A token is the user's name. */
export type TenantGraph = {
  readonly url: string;
  readonly services: Services;
  readonly post: (
    user: string,
    path: string,
    body: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Reply>;
  readonly fetch: (user: string, method: "GET" | "HEAD", path: string) => Promise<Download>;
  readonly ask: (user: string, query: string, variables?: object) => Promise<Reply>;
  /** What was logged since the last call, as one text. */
  readonly takeLog: () => string;
  readonly close: () => Promise<void>;
};

/** What a subgraph keeps to where nothing else is said. */
export const BOTH: readonly Guard[] = ["row-security", "application"];

/** The same in every graph of a run, so that a cursor of one is read by another. */
const CURSOR_KEY = randomBytes(32);

export type GraphGuards = {
  readonly all: readonly Guard[];
  readonly bySubgraph?: Readonly<Record<string, readonly Guard[]>>;
};

export async function openTenantGraph(
  ledger: Ledger,
  { all, bySubgraph = {} }: GraphGuards = { all: BOTH },
): Promise<TenantGraph> {
  const lines: string[] = [];
  const log = createLog({ logLevel: "info" }, {}, { write: (line) => void lines.push(line) });
  const opened = await openServices(ledger, log);
  const servicesWith = (guards: readonly Guard[]) => withGuards(opened, guards);
  const services = servicesWith(all);
  const gateway = await startGateway({
    config: { host: "127.0.0.1", port: 0, maxBodyBytes: 1_000_000, deadlineMs: 60_000, maxStreamsPerUser: 100 },
    log,
    supergraphSdl: supergraphSdl(),
    callers: Object.fromEntries(
      SUBGRAPHS.map((subgraph) => {
        const guards = bySubgraph[subgraph.name];
        return [subgraph.name, callInProcess(subgraph, guards ? servicesWith(guards) : services)];
      }),
    ),
    identity: (token) => services.verifyToken(`Bearer ${token}`),
    sendExport: (download) => downloadExport({ ...services, exportStorage: ledger.services.storage }, download),
    sendClosing: (download) => downloadClosing(services, download),
    receiveFile: (upload) => receiveUpload({ ...services, storage: ledger.services.storage }, upload),
    readiness: async () => ({}),
    graphiql: false,
    // Others hold the limits to account; here as much as can be asked for is read at once.
    limits: { all: { tokens: 18_000, selections: 10_000, cost: 10_000_000, depth: 20, repeats: 1_000, aliases: 300 } },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const post: TenantGraph["post"] = async (user, path, body, headers = {}) => {
    const sent = { method: "POST", headers: { authorization: `Bearer ${user}`, ...headers } };
    const { bytes, ...reply } = await send(`${gateway.url}${path}`, { agent, ...sent }, body);
    return { ...reply, text: bytes.toString() };
  };
  return {
    url: gateway.url,
    services,
    post,
    fetch: (user, method, path) =>
      send(`${gateway.url}${path}`, { agent, method, headers: { authorization: `Bearer ${user}` } }),
    ask: (user, query, variables = {}) =>
      post(user, "/graphql", JSON.stringify({ query, variables }), { "content-type": "application/json" }),
    takeLog: () => lines.splice(0).join(""),
    close: async () => {
      agent.destroy();
      await gateway.close();
      await opened.close();
    },
  };
}

async function openServices(
  ledger: Ledger,
  log: Log,
): Promise<OpenedServices & { readonly close: () => Promise<void> }> {
  const address = { url: ledger.url };
  const pool = { maxConnections: 8, entities: SUBGRAPHS.flatMap(({ entities }) => entities), onError: () => undefined };
  const database = await openDatabase(address, { ...pool, role: "app" });
  const unheld = await openDatabase(address, { ...pool, role: "owner" });
  const changes: ChangeFeed = openChangeFeed(address, database, log);
  const services: Services = {
    database,
    // Who signed a token is another suite's question.
    verifyToken: async (authorization = "") => {
      const userId = authorization.replace("Bearer ", "");
      return { userId, name: `Name of ${userId}` };
    },
    grantsOf: createGrantsReader(database),
    cursorKey: CURSOR_KEY,
    log,
    changes,
    forceLimits: new Map([["EUR", 100_000n]]),
  };
  return {
    services,
    unheld,
    merchants: async () =>
      (await ledger.rows<{ id: string }>("select merchant_id as id from accounts.merchant")).map(({ id }) => id),
    close: async () => {
      await changes.close();
      await Promise.all([database.destroy(), unheld.destroy()]);
    },
  };
}

/** As a client sends it, over a connection that is kept: thousands are sent. */
function send(url: string, options: RequestOptions, body = ""): Promise<Download> {
  return new Promise((resolve, reject) => {
    const call = request(url, options);
    call.once("error", reject);
    call.once("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.once("error", reject);
      response.once("end", () => {
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.rawHeaders.join("\n"), bytes: Buffer.concat(pieces) });
      });
    });
    call.end(body);
  });
}
