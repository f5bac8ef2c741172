import {
  createPostgresBackend,
  createRedisBackend,
  type JobSchedulerJson,
  type PostgresConnectionOptions,
  type Processor,
  type Queue,
  type QueueOptions,
  type Worker,
  type WorkerOptions,
  withBackend,
} from "bullmq";
import pg from "pg";
import { ServedClient } from "../database/connection.ts";
import { connectorReading } from "../redis-password.ts";

/** Where the queues live: in the database that we have anyway, or on a Redis, which is five to ten times as fast. */
export type JobStore =
  | { readonly kind: "postgres"; readonly connection: pg.ClientConfig }
  | { readonly kind: "redis"; readonly url: string; readonly passwordFile?: string | undefined };

export type Backend = {
  readonly newQueue: (name: string, options: Omit<QueueOptions, "connection">) => StoredQueue;
  readonly newWorker: (name: string, work: Processor, options: Omit<WorkerOptions, "connection">) => StoredWorker;
};

/** What we use of either backend's classes, whose full types differ by backend. */
export type StoredQueue = Pick<Queue, "close" | "waitUntilReady" | "getJobCounts"> & {
  readonly add: (name: string, data: unknown, options: { readonly jobId: string }) => Promise<unknown>;
  readonly getJob: (id: string) => Promise<{ readonly finishedOn?: number } | undefined>;
  readonly remove: (id: string) => Promise<number>;
  readonly upsertJobScheduler: (
    id: string,
    repeat: { readonly pattern: string; readonly tz: string },
    template: { readonly name: string; readonly data: unknown },
  ) => Promise<unknown>;
  readonly getJobSchedulers: (start: number, end: number) => Promise<readonly JobSchedulerJson[]>;
  readonly removeJobScheduler: (id: string) => Promise<boolean>;
  readonly on: (event: "error", listener: (error: Error) => void) => unknown;
};

export type StoredWorker = Pick<Worker, "close" | "pause" | "waitUntilReady"> & {
  readonly on: {
    (event: "error", listener: (error: Error) => void): unknown;
    (event: "failed", listener: (job: FailedJob | undefined, error: Error) => void): unknown;
    (event: "stalled", listener: (jobId: string) => void): unknown;
  };
};

type FailedJob = { readonly id?: string; readonly attemptsMade: number; readonly finishedOn?: number };

/** Every queue and worker has its own pool beside one connection that listens, so each pool is kept small. */
const POOL_SIZE = 3;
const CONNECT_TIMEOUT_MS = 5_000;

export function backendFor(store: JobStore, redisPrefix: string): Backend {
  if (store.kind === "redis") {
    const { Queue, Worker } = withBackend(createRedisBackend);
    const connection = {
      url: store.url,
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(store.passwordFile && { Connector: connectorReading(store.passwordFile) }),
    };
    return {
      // A producer fails while Redis is away; a worker waits for it to come back.
      newQueue: (name, options) =>
        new Queue<unknown>(name, {
          ...options,
          prefix: redisPrefix,
          connection: { ...connection, maxRetriesPerRequest: 1 },
        }),
      newWorker: (name, work, options) =>
        new Worker(name, work, {
          ...options,
          prefix: redisPrefix,
          connection: { ...connection, maxRetriesPerRequest: null },
        }),
    };
  }
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = {
    ...store.connection,
    Client: ServedClient,
    // The store reads numbers where our own connections read BigInt.
    types: pg.types,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // bullmq passes it on to `pg` as it is; it only writes the type without `| undefined`.
  } as PostgresConnectionOptions;
  return {
    newQueue: (name, options) => new Queue<unknown>(name, { ...options, connection }),
    newWorker: (name, work, options) => new Worker(name, work, { ...options, connection }),
  };
}
