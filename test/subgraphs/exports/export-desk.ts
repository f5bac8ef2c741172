import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { composeSupergraph } from "../../../gateway/composition/compose.ts";
import { startGateway } from "../../../gateway/start-gateway.ts";
import { relayOutbox, sweepDue } from "../../../subgraphs/reconciliation/work/relay-outbox.ts";
import { openChangeFeed } from "../../../subgraphs/shared/changes/change-feed.ts";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { openFileStorage } from "../../../subgraphs/shared/file-storage.ts";
import { createJobs } from "../../../subgraphs/shared/jobs/jobs.ts";
import { callInProcess } from "../../../subgraphs/shared/subgraph/call-in-process.ts";
import { downloadExport } from "../../../subgraphs/transactions/exports/download-export.ts";
import type { ExportServices } from "../../../subgraphs/transactions/exports/run-export.ts";
import { startExportWorker } from "../../../subgraphs/transactions/exports/start-export-worker.ts";
import type { DeliveryServices } from "../../../subgraphs/transactions/reports/deliver-reports.ts";
import { openPostgresStore, openRedisStore } from "../../support/job-stores.ts";
import { until } from "../../support/until.ts";
import type { Graph } from "../support/graph.ts";
import { SUBGRAPHS } from "../support/settled-graph.ts";

export type Data = Readonly<Record<string, unknown>>;

/** A graph with its gateway, a queue and a worker of exports: what a person does to get a file, and nothing faked. */
export type ExportDesk = {
  readonly graph: Graph;
  readonly services: ExportServices;
  readonly folder: string;
  readonly url: string;
  readonly field: (user: string, query: string, variables?: Data) => Promise<Data>;
  readonly ask: (user: string, query: string, variables?: Data) => Promise<{ data?: Data | null; errors?: unknown[] }>;
  readonly create: (user: string, input: Data) => Promise<Data>;
  /** Brings orders to the queue until the export is over, and answers it. */
  readonly ended: (user: string, id: string) => Promise<Data>;
  /** A whole export from the first wish to the bytes. */
  readonly made: (user: string, input: Data) => Promise<{ readonly made: Data; readonly bytes: Buffer }>;
  readonly get: (user: string, path: string, init?: RequestInit) => Promise<Response>;
  /** Files that are there, whole or begun. */
  readonly files: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

export const EXPORT_FIELDS = `id status problem rowsTotal rowsDone sha256 sizeBytes fileName downloadPath filter columns
  merchantIds expiresAt coverage { provider state freshAsOf missingFrom reason } totals { currency count gross { amountMinor } refunded { amountMinor } chargedBack { amountMinor }
    credited { amountMinor } pending { amountMinor } fees { amountMinor } net { amountMinor } }`;

let keys = 0;

export async function openExportDesk(
  graph: Graph,
  reports: Pick<DeliveryServices, "reportsFolder" | "reportOrigins"> = { reportsFolder: tmpdir(), reportOrigins: [] },
): Promise<ExportDesk> {
  const address = { url: graph.url };
  const database = await openDatabase(address, { role: "worker", maxConnections: 6, onError: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), "concord-exports-"));
  const storage = openFileStorage(folder);
  const prefix = `test-exports-${process.pid}-${Date.now()}`;
  const store = inject("redisUrl") === undefined ? await openPostgresStore() : await openRedisStore(prefix);
  const { log } = graph.services;
  const jobs = createJobs(store.store, { prefix, log, backoffMs: 50 });
  const services: ExportServices = { database, storage, log, leaseSeconds: 2 };
  const worker = await startExportWorker({ ...services, ...reports, jobs });
  const changes = openChangeFeed(address, graph.services.database, log);
  const subgraphServices = { ...graph.services, changes };
  const gateway = await startGateway({
    config: { host: "127.0.0.1", port: 0 },
    log,
    supergraphSdl: composeSupergraph(SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })))
      .supergraphSdl,
    callers: Object.fromEntries(SUBGRAPHS.map((each) => [each.name, callInProcess(each, subgraphServices)])),
    identity: (token) => graph.services.verifyToken(`Bearer ${token}`),
    receiveFile: () => Promise.reject(new Error("nothing is uploaded here")),
    sendExport: (download) => downloadExport({ ...graph.services, exportStorage: storage }, download),
    readiness: async () => ({}),
    graphiql: false,
  });
  const get: ExportDesk["get"] = async (user, path, init = {}) =>
    fetch(`${gateway.url}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await graph.token(user)}` },
    });
  const ask: ExportDesk["ask"] = async (user, query, variables = {}) => {
    const body = JSON.stringify({ query, variables });
    const headers = { "content-type": "application/json" };
    return (await get(user, "/graphql", { method: "POST", body, headers })).json() as Promise<{ data?: Data | null }>;
  };
  const field: ExportDesk["field"] = async (user, query, variables) => {
    const { data, errors } = await ask(user, query, variables);
    if (errors) throw new Error(JSON.stringify(errors));
    return Object.values(data ?? {})[0] as Data;
  };
  const create: ExportDesk["create"] = (user, input) =>
    field(user, CREATE, { input: { ...DEFAULTS, idempotencyKey: `key-${++keys}`, ...input } });
  const ended: ExportDesk["ended"] = async (user, id) => {
    let found: Data = {};
    await until(async () => {
      await relayOutbox(database, jobs);
      await sweepDue(database, jobs);
      found = await field(user, `query ($id: ID!) { export(id: $id) { ${EXPORT_FIELDS} } }`, { id });
      return found["status"] !== "QUEUED" && found["status"] !== "RUNNING";
    });
    return found;
  };
  return {
    graph,
    services,
    folder,
    url: gateway.url,
    field,
    ask,
    create,
    ended,
    made: async (user, input) => {
      const asked = await create(user, input);
      if (asked["__typename"] !== "Export") throw new Error(JSON.stringify(asked));
      const made = await ended(user, String(asked["id"]));
      if (made["status"] !== "SUCCEEDED") throw new Error(JSON.stringify(made));
      const response = await get(user, String(made["downloadPath"]));
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      return { made, bytes: Buffer.from(await response.arrayBuffer()) };
    },
    get,
    files: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    close: async () => {
      await gateway.close();
      await worker.close();
      await jobs.close(1_000);
      await changes.close();
      await store.remove();
      await database.destroy();
      await rm(folder, { recursive: true, force: true });
      await graph.close();
    },
  };
}

const DEFAULTS = { format: "CSV", locale: "EN", zone: "Europe/Brussels", bom: false };

const CREATE = `mutation ($input: CreateExportInput!) {
  createExport(input: $input) { __typename ... on Export { ${EXPORT_FIELDS} } ... on ExportRefused { message } }
}`;
