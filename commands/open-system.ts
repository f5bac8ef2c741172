import { join } from "node:path";
import pg from "pg";
import type { DataSource } from "typeorm";
import { adapterFor } from "../adapters/registry.ts";
import type { ImportServices } from "../subgraphs/reconciliation/import/import-file.ts";
import type { ReconciliationServices } from "../subgraphs/reconciliation/matching/work-partitions.ts";
import type { ReadAhead } from "../subgraphs/reconciliation/read-ahead/file-ahead.ts";
import { openReadAhead } from "../subgraphs/reconciliation/read-ahead/read-ahead.ts";
import { type ChangeFeed, openChangeFeed } from "../subgraphs/shared/changes/change-feed.ts";
import type { Config } from "../subgraphs/shared/config.ts";
import {
  clientOptions,
  connectionTo,
  type DatabaseAddress,
  type DatabaseRole,
  type EntityClass,
  openDatabase,
} from "../subgraphs/shared/database/connection.ts";
import { migrate } from "../subgraphs/shared/database/migrate.ts";
import { startEmbeddedPostgres } from "../subgraphs/shared/embedded-postgres/embedded-postgres.ts";
import { type FileStorage, openFileStorage } from "../subgraphs/shared/file-storage.ts";
import type { JobStore } from "../subgraphs/shared/jobs/backend.ts";
import { createJobs, type Jobs } from "../subgraphs/shared/jobs/jobs.ts";
import { migrateJobs } from "../subgraphs/shared/jobs/migrate-jobs.ts";
import { createLog, type Log } from "../subgraphs/shared/log.ts";
import type { ExportServices } from "../subgraphs/transactions/exports/run-export.ts";
import type { DeliveryServices } from "../subgraphs/transactions/reports/deliver-reports.ts";
import type { NotifierServices } from "../subgraphs/transactions/webhooks/start-notifier.ts";
import { families } from "./families.ts";

/** The parts every command builds on: a database (given or our own), the file store, the job store. */
export type System = {
  readonly config: Config;
  readonly log: Log;
  readonly storage: FileStorage;
  /** Files that people asked for, apart from those that came in: these are removed when their time is over. */
  readonly exportStorage: FileStorage;
  readonly readAhead: ReadAhead;
  readonly open: (role: DatabaseRole, maxConnections: number, entities?: readonly EntityClass[]) => Promise<DataSource>;
  readonly migrate: () => Promise<readonly string[]>;
  readonly jobs: () => Jobs;
  /** Follows what any process changes, for subscriptions. */
  readonly followChanges: (database: DataSource) => ChangeFeed;
  /** Closes what was opened. A built-in PostgreSQL is stopped if `stopDatabase`, or if we started it and nobody else uses it. */
  readonly close: (options?: { readonly stopDatabase: boolean }) => Promise<void>;
};

/** Opens the system; `logTo` is "stderr" for commands whose output is their result. */
export async function openSystem(config: Config, logTo: "stdout" | "stderr"): Promise<System> {
  const log = createLog(config, {}, logTo === "stderr" ? process.stderr : undefined);
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir, log }) : null;
  const owner: DatabaseAddress =
    config.databaseUrl === undefined
      ? { ...embedded!.connection }
      : { url: config.databaseUrl, passwordFile: config.databasePasswordFile };
  const ours: DatabaseAddress =
    config.databaseAppUrl === undefined
      ? owner
      : { url: config.databaseAppUrl, passwordFile: config.databaseAppPasswordFile };
  const folder = join(config.dataDir, "files");
  const readAhead = openReadAhead({ folder, families: new URL("./families.ts", import.meta.url) });
  const databases: DataSource[] = [];
  const queues: Jobs[] = [];
  const feeds: ChangeFeed[] = [];
  const open: System["open"] = async (role, maxConnections, entities = []) => {
    const database = await openDatabase(role === "owner" ? owner : ours, {
      role,
      maxConnections,
      entities,
      onError: (error) => log.error({ err: error, role }, "a database connection failed"),
    });
    databases.push(database);
    return database;
  };
  return {
    config,
    log,
    storage: openFileStorage(folder),
    exportStorage: openFileStorage(join(config.dataDir, "exports")),
    readAhead,
    open,
    migrate: async () => {
      const { applied } = await migrate(owner);
      if (config.redisUrl === undefined) await migrateJobs(connectionTo(owner), ["concord_worker"]);
      return applied;
    },
    jobs: () => {
      const jobs = createJobs(jobStore(config, ours), { prefix: config.queuePrefix, log });
      queues.push(jobs);
      return jobs;
    },
    followChanges: (database) => {
      const feed = openChangeFeed(ours, database, log);
      feeds.push(feed);
      return feed;
    },
    close: async ({ stopDatabase } = { stopDatabase: false }) => {
      await Promise.all([...queues, ...feeds, readAhead].map((opened) => opened.close()));
      await Promise.all(databases.filter((database) => database.isInitialized).map((database) => database.destroy()));
      if (!embedded) return;
      if (stopDatabase || (!embedded.adopted && (await isUnused(owner)))) await embedded.stop();
    },
  };
}

/** What imports and runs need, as a worker. */
export function importServices(system: System, database: DataSource): ImportServices & ReconciliationServices {
  const { storage, readAhead, log, config } = system;
  const { leaseSeconds, asOf } = config;
  return { database, storage, adapterFor, readAhead, families, log, leaseSeconds, asOf };
}

/** What writing exports needs, as a worker. */
export function exportServices(system: System, database: DataSource): ExportServices & DeliveryServices {
  const { exportStorage: storage, log, config } = system;
  const { leaseSeconds, reportsDir: reportsFolder, reportOrigins } = config;
  return { database, storage, log, leaseSeconds, reportsFolder, reportOrigins };
}

/** What telling the merchants' own systems needs, as a worker. */
export function notifierServices({ log, config }: System, database: DataSource): NotifierServices {
  return { database, log, allowPrivate: config.webhooksPrivate };
}

function jobStore(config: Config, address: DatabaseAddress): JobStore {
  if (config.redisUrl !== undefined) {
    return { kind: "redis", url: config.redisUrl, passwordFile: config.redisPasswordFile };
  }
  return { kind: "postgres", connection: { ...connectionTo(address), options: "-c role=concord_worker" } };
}

/** True when no other process of ours is connected: a command may have started the server that `start` then adopted. */
async function isUnused(address: DatabaseAddress): Promise<boolean> {
  const client = new pg.Client(clientOptions(address, "owner"));
  await client.connect();
  try {
    const { rowCount } = await client.query(
      "select from pg_stat_activity where application_name like 'concord-%' and pid <> pg_backend_pid() limit 1",
    );
    return rowCount === 0;
  } finally {
    await client.end();
  }
}
