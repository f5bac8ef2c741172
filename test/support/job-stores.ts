import { Redis } from "ioredis";
import pg from "pg";
import { inject } from "vitest";
import type { JobStore } from "../../subgraphs/shared/jobs/backend.ts";
import { migrateJobs } from "../../subgraphs/shared/jobs/migrate-jobs.ts";
import { createTestDatabase } from "./postgres.ts";

export type TestStore = {
  readonly store: JobStore;
  /** Forgets every job, as a flush of Redis or a truncated table would. */
  readonly empty: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

export async function openPostgresStore(): Promise<TestStore> {
  const database = await createTestDatabase("jobs");
  const connection = { connectionString: database.url };
  await migrateJobs(connection);
  const empty = () => emptyPostgresJobs(database.url);
  return { store: { kind: "postgres", connection }, empty, remove: database.drop };
}

export async function emptyPostgresJobs(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("truncate bullmq.job, bullmq.event, bullmq.meta cascade");
  } finally {
    await client.end();
  }
}

export async function openRedisStore(prefix: string): Promise<TestStore> {
  const url = inject("redisUrl") ?? "";
  const redis = new Redis(url);
  const empty = async () => {
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(keys);
  };
  const remove = async () => {
    await empty();
    await redis.quit();
  };
  return { store: { kind: "redis", url }, empty, remove };
}
