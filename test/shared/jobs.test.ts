import { spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import pg from "pg";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { JobStore } from "../../subgraphs/shared/jobs/backend.ts";
import { jobId } from "../../subgraphs/shared/jobs/job-data.ts";
import { createJobs, type JobHandler, type Jobs, type WorkerSettings } from "../../subgraphs/shared/jobs/jobs.ts";
import { migrateJobs } from "../../subgraphs/shared/jobs/migrate-jobs.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { until } from "../support/until.ts";

const log = pino({ level: "silent" });
const redisUrl = inject("redisUrl");
const DATA = { fileId: "fil_1", merchantId: "mer_1" };
const FAST = { lockMs: 3_000, stalledCheckMs: 1_000 };

type Store = { readonly store: JobStore; readonly empty: () => Promise<void>; readonly remove: () => Promise<void> };

describe("jobs on PostgreSQL", () => jobsContract(openPostgres));
describe.skipIf(redisUrl === undefined)("jobs on Redis", () => jobsContract(openRedis));

function jobsContract(open: (prefix: string) => Promise<Store>): void {
  const prefix = `test-jobs-${process.pid}`;
  let store: Store;
  let jobs: Jobs;
  beforeAll(async () => {
    store = await open(prefix);
  });
  afterEach(async () => {
    await jobs.close(0);
    await store.empty();
  });
  afterAll(() => store.remove());

  const start = (handler?: JobHandler<"import">, settings: WorkerSettings = FAST) => {
    jobs = createJobs(store.store, { prefix, log, backoffMs: 20 });
    if (handler !== undefined) jobs.worker("import", handler, settings);
    return jobs.queue("import");
  };
  const countsOf = async () => (await jobs.counts()).import;

  test("the handler gets the data, the id and the attempt", async () => {
    const calls: unknown[] = [];
    const queue = start(async (data, job) => void calls.push([data, job]));
    await queue.add("fil_1", DATA);
    await until(() => calls.length === 1);
    expect(calls).toEqual([[DATA, { id: "fil_1", attempt: 1 }]]);
  });

  test("a job that fails is tried again until it succeeds", async () => {
    const attempts: number[] = [];
    const queue = start(async (_data, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error("the database is away");
    });
    await queue.add("fil_1", DATA);
    await until(async () => (await countsOf()).completed === 1);
    expect(attempts).toEqual([1, 2, 3]);
  });

  test("a job that keeps failing is given up after five attempts", async () => {
    let attempts = 0;
    const queue = start(async () => {
      attempts += 1;
      throw new AppError("DATABASE_UNAVAILABLE", "The database is away.");
    });
    await queue.add("fil_1", DATA);
    await until(async () => (await countsOf()).failed === 1);
    expect(attempts).toBe(5);
  });

  test("an error that no retry can help ends the job at once", async () => {
    let attempts = 0;
    const queue = start(async () => {
      attempts += 1;
      throw new AppError("NO_ADAPTER", "No adapter reads fil_1.");
    });
    await queue.add("fil_1", DATA);
    await until(async () => (await countsOf()).failed === 1);
    expect(attempts).toBe(1);
  });

  test("the same id while it waits is one job", async () => {
    const queue = start();
    await Promise.all([queue.add("fil_1", DATA), queue.add("fil_1", DATA), queue.add("fil_1", DATA)]);
    await queue.add("fil_1", DATA);
    expect(await countsOf()).toMatchObject({ waiting: 1, active: 0, delayed: 0 });
  });

  test("the same id while it runs is not started beside it", async () => {
    let running = 0;
    const finish = gate();
    const queue = start(
      async () => {
        running += 1;
        await finish.opened;
      },
      { ...FAST, concurrency: 2 },
    );
    await queue.add("fil_1", DATA);
    await until(() => running === 1);
    await queue.add("fil_1", DATA);
    expect(await countsOf()).toMatchObject({ waiting: 0, active: 1 });
    finish.open();
    await until(async () => (await countsOf()).completed === 1);
    expect(running).toBe(1);
  });

  test("an id whose job has completed or failed may be added again and runs again", async () => {
    let calls = 0;
    const queue = start(async () => {
      calls += 1;
      if (calls === 2) throw new AppError("NO_ADAPTER", "No adapter reads fil_1.");
    });
    await queue.add("fil_1", DATA);
    await until(async () => (await countsOf()).completed === 1);
    await queue.add("fil_1", DATA);
    await until(async () => (await countsOf()).failed === 1);
    await queue.add("fil_1", DATA);
    await until(async () => (await countsOf()).completed === 1);
    expect(calls).toBe(3);
  });

  test("a queue whose store was emptied takes the same job again", async () => {
    const queue = start();
    await queue.add("fil_1", DATA);
    await store.empty();
    expect(await countsOf()).toMatchObject({ waiting: 0 });
    const done: string[] = [];
    jobs.worker("import", async ({ fileId }) => void done.push(fileId), FAST);
    await queue.add("fil_1", DATA);
    await until(() => done.length === 1);
  });

  test("the job of a killed worker is taken by another", async () => {
    const queue = start();
    await queue.add("fil_1", DATA);
    const child = spawn(process.execPath, [...WORKER, JSON.stringify(store.store), prefix], { stdio: "pipe" });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const attempts: number[] = [];
    jobs.worker("import", async (_data, { attempt }) => void attempts.push(attempt), FAST);
    await until(() => attempts.length === 1);
    await until(async () => (await countsOf()).completed === 1);
  });

  test("closing lets a running job end", async () => {
    const finish = gate();
    let ended = false;
    let started = false;
    const queue = start(async () => {
      started = true;
      await finish.opened;
      ended = true;
    });
    await queue.add("fil_1", DATA);
    await until(() => started);
    const closed = jobs.close(10_000);
    finish.open();
    await closed;
    expect(ended).toBe(true);
  });

  test("data of another shape is refused at the door, and ids that the store would misread", async () => {
    const queue = start();
    const wrong = { ...DATA, pan: "4111" };
    await expect(queue.add("fil_1", wrong)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(queue.add("fil_1", { fileId: "fil_1" } as typeof DATA)).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    for (const id of ["", "12", "a:b"]) {
      await expect(queue.add(id, DATA)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    }
    expect(await countsOf()).toMatchObject({ waiting: 0 });
  });
}

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

const WORKER = ["--import", "tsx", new URL("../support/job-worker.ts", import.meta.url).pathname];

async function openPostgres(): Promise<Store> {
  const database: TestDatabase = await createTestDatabase("jobs");
  const connection = { connectionString: database.url };
  await migrateJobs(connection);
  const empty = async () => {
    const client = new pg.Client(connection);
    await client.connect();
    await client.query("truncate bullmq.job, bullmq.event, bullmq.meta cascade");
    await client.end();
  };
  return { store: { kind: "postgres", connection }, empty, remove: database.drop };
}

async function openRedis(prefix: string): Promise<Store> {
  const url = redisUrl ?? "";
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

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}
