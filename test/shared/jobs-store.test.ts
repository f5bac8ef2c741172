import { mkdtemp, rm } from "node:fs/promises";
import pg from "pg";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { startEmbeddedPostgres } from "../../subgraphs/shared/embedded-postgres/embedded-postgres.ts";
import type { JobStore } from "../../subgraphs/shared/jobs/backend.ts";
import { jobId } from "../../subgraphs/shared/jobs/job-data.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { migrateJobs } from "../../subgraphs/shared/jobs/migrate-jobs.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { until } from "../support/until.ts";

const log = pino({ level: "silent" });

describe("a producer whose store is away", () => {
  test.each<JobStore>([
    { kind: "redis", url: "redis://127.0.0.1:1" },
    { kind: "postgres", connection: { host: "127.0.0.1", port: 1, user: "nobody", database: "none" } },
  ])("fails within seconds on $kind", async (store) => {
    const jobs = createJobs(store, { prefix: "test-away", log });
    const startedAt = Date.now();
    await expect(jobs.queue("outbox").add("outbox", {})).rejects.toMatchObject({ code: "QUEUE_UNAVAILABLE" });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await jobs.close(0);
  });
});

test("a role that owns nothing adds and processes jobs after the migration granted it", async () => {
  const database = await createTestDatabase("jobs_role");
  const role = `jobs_role_${process.pid}`;
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(`create role ${role} nologin`);
  const owner = { connectionString: database.url };
  await Promise.all([migrateJobs(owner, [role]), migrateJobs(owner, [role]), migrateJobs(owner, [role])]);
  const connection = { ...owner, options: `-c role=${role}` };
  const jobs = createJobs({ kind: "postgres", connection }, { prefix: "test-role", log, backoffMs: 20 });
  const attempts: number[] = [];
  jobs.worker("reconcile", async (_data, { attempt }) => {
    attempts.push(attempt);
    if (attempt === 1) throw new Error("once more");
  });
  const data = { runId: "run_1", merchantId: "mer_1" };
  await jobs.queue("reconcile").add("run_1", data);
  await until(async () => (await jobs.counts()).reconcile.completed === 1);
  await jobs.queue("reconcile").add("run_1", data);
  await until(() => attempts.length >= 3);
  await jobs.close();
  await admin.query(`drop owned by ${role}`);
  await admin.query(`drop role ${role}`);
  await admin.end();
  await database.drop();
});

test("an id is its parts joined by hyphens", () => {
  expect(jobId("import", "fil_1")).toBe("import-fil_1");
});

test("a worker waits while its database is away and goes on when it is back", async () => {
  const dataDir = await mkdtemp("/tmp/concord-jobs-");
  const server = await startEmbeddedPostgres({ dataDir, log });
  await migrateJobs(server.connection);
  const jobs = createJobs({ kind: "postgres", connection: server.connection }, { prefix: "test-back", log });
  const done: string[] = [];
  jobs.worker("outbox", async (_data, { id }) => void done.push(id));
  await jobs.queue("outbox").add("before", {});
  await until(() => done.length === 1);
  await server.stop();
  await expect(jobs.queue("outbox").add("away", {})).rejects.toMatchObject({ code: "QUEUE_UNAVAILABLE" });
  const again = await startEmbeddedPostgres({ dataDir, log });
  await jobs.queue("outbox").add("after", {});
  await until(() => done.includes("after"));
  await jobs.close();
  await again.stop();
  await rm(dataDir, { recursive: true });
});
