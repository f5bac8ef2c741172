import { spawn } from "node:child_process";
import { once } from "node:events";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { createJobs, type Jobs } from "../../subgraphs/shared/jobs/jobs.ts";
import type { JobHandler, WorkerSettings } from "../../subgraphs/shared/jobs/worker.ts";
import { openPostgresStore, openRedisStore, type TestStore } from "../support/job-stores.ts";
import { until } from "../support/until.ts";

const log = pino({ level: "silent" });
const redisUrl = inject("redisUrl");
const DATA = { fileId: "fil_1", merchantId: "mer_1" };
const FAST = { lockMs: 3_000, stalledCheckMs: 1_000 };

describe("jobs on PostgreSQL", () => jobsContract(openPostgresStore));
describe.skipIf(redisUrl === undefined)("jobs on Redis", () => jobsContract(openRedisStore));

function jobsContract(open: (prefix: string) => Promise<TestStore>): void {
  const prefix = `test-jobs-${process.pid}`;
  let store: TestStore;
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

  test("a job that is repeated comes at its times until it is not repeated any more", async () => {
    let calls = 0;
    const queue = start(async () => {
      calls += 1;
    });
    const everySecond = { id: "sch_1", cron: "* * * * * *", zone: "Europe/Brussels", data: DATA };
    await queue.repeat([everySecond]);
    await until(() => calls > 0);
    // To repeat what is repeated already changes nothing, and puts nothing off.
    for (let again = 0; again < 5; again++) await queue.repeat([everySecond]);
    await until(() => calls > 1);
    await queue.repeat([]);
    expect(await countsOf()).toMatchObject({ delayed: 0 });
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

  test("closing does not wait for a job that hangs, and another worker takes it", async () => {
    let started = false;
    const hang = gate();
    const queue = start(async () => {
      started = true;
      await hang.opened;
    });
    await queue.add("fil_1", DATA);
    await until(() => started);
    const closedAt = Date.now();
    await jobs.close(100);
    expect(Date.now() - closedAt).toBeLessThan(3_000);
    let taken = false;
    start(async () => {
      taken = true;
    });
    await until(() => taken);
    hang.open();
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

const WORKER = ["--import", "tsx", new URL("../support/job-worker.ts", import.meta.url).pathname];

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}
