import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import { carriedTrace, continueTrace, inSpan } from "../trace.ts";
import { backendFor, type JobStore, type StoredQueue } from "./backend.ts";
import { type JobData, jobId, parseJobData, QUEUE_NAMES, type QueueName, withTrace } from "./job-data.ts";
import { type JobHandler, type JobWorker, startWorker, type WorkerSettings } from "./worker.ts";

export type Jobs = {
  readonly queue: <Name extends QueueName>(name: Name) => JobQueue<Name>;
  readonly worker: <Name extends QueueName>(
    name: Name,
    handler: JobHandler<Name>,
    options?: WorkerSettings,
  ) => JobWorker;
  readonly counts: () => Promise<Readonly<Record<QueueName, JobCounts>>>;
  /** Lets running jobs end for so long, then leaves them to another worker; 20 s unless told. */
  readonly close: (graceMs?: number) => Promise<void>;
};

type JobQueue<Name extends QueueName> = {
  /**
   * Adds a job, unless one with this id waits or runs. A job with this id that is over, well or badly, is replaced: what
   * is due is for the database to say, not for what the queue remembers.
   * @param options `trace`: the trace that asked for it, where that is not the one under way
   * @throws AppError INVALID_INPUT, or QUEUE_UNAVAILABLE within 3 s: the caller goes on, the sweeper adds it later
   */
  readonly add: (id: string, data: JobData[Name], options?: { readonly trace?: string | null }) => Promise<void>;
  /**
   * Has the store add a job at each time of these and at no other, whatever it had before. Like any job, one may be lost
   * or come twice: what is due is for the database to say.
   */
  readonly repeat: (times: readonly RepeatedJob<Name>[]) => Promise<void>;
};

export type RepeatedJob<Name extends QueueName> = {
  readonly id: string;
  /** Minute, hour, day of the month, month and day of the week, as cron has them. */
  readonly cron: string;
  /** The IANA zone whose clock is meant. */
  readonly zone: string;
  readonly data: JobData[Name];
};

type JobCounts = Readonly<Record<(typeof COUNTED)[number], number>>;

const COUNTED = ["waiting", "active", "delayed", "completed", "failed"] as const;
const PRODUCER_TIMEOUT_MS = 3_000;

/**
 * Failed jobs are tried five times over about 15 s. Finished ones are kept by age and never by count: on the PostgreSQL
 * backend a count makes concurrent workers deadlock as they delete the same rows.
 */
const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: "exponential", delay: 1_000, jitter: 0.5 },
  removeOnComplete: { age: 3_600 },
  removeOnFail: { age: 7 * 86_400 },
  stackTraceLimit: 5,
};

/** Opens the job queues. On PostgreSQL `migrateJobs` must have run. */
export function createJobs(
  store: JobStore,
  options: { readonly prefix: string; readonly log: Log; readonly backoffMs?: number },
): Jobs {
  const { prefix, log, backoffMs = JOB_OPTIONS.backoff.delay } = options;
  const backend = backendFor(store, prefix);
  const queues = new Map<QueueName, StoredQueue>();
  const workers: JobWorker[] = [];
  // PostgreSQL has one schema for all queues, so that the prefix must be in the name.
  const fullName = (name: QueueName) => `${prefix}-${name}`;

  const queueOf = (name: QueueName): StoredQueue => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const defaultJobOptions = { ...JOB_OPTIONS, backoff: { ...JOB_OPTIONS.backoff, delay: backoffMs } };
    const queue = backend.newQueue(fullName(name), { defaultJobOptions });
    queue.on("error", (error) => log.error({ err: error, queue: name }, "job queue failed"));
    queues.set(name, queue);
    return queue;
  };

  return {
    queue: (name) => ({
      add: (id, data, { trace } = {}) =>
        continueTrace(trace ?? undefined, () =>
          inSpan(`enqueue ${name}`, { kind: "producer" }, () => addJob(queueOf(name), name, { id, data })),
        ),
      repeat: (times) => repeatJobs(queueOf(name), name, times),
    }),
    worker: (name, handler, settings = {}) => {
      const worker = startWorker(backend, fullName(name), { name, handler, settings, log: log.child({ queue: name }) });
      workers.push(worker);
      return worker;
    },
    counts: async () => {
      const counted = await Promise.all(
        QUEUE_NAMES.map(async (name) => [name, await countsOf(queueOf(name))] as const),
      );
      return Object.fromEntries(counted) as Record<QueueName, JobCounts>;
    },
    close: async (graceMs) => {
      await Promise.all(workers.map((worker) => worker.close(graceMs)));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

async function addJob<Name extends QueueName>(
  queue: StoredQueue,
  name: Name,
  job: { readonly id: string; readonly data: JobData[Name] },
): Promise<void> {
  const data = parseJobData(name, job.data);
  const id = jobId(job.id);
  await inTime(async () => {
    const twin = await queue.getJob(id);
    // Removing a twin that another producer has replaced since, and that runs by now, fails: then ours is not needed.
    if (twin?.finishedOn !== undefined) await queue.remove(id);
    await queue.add(name, withTrace(data, carriedTrace()), { jobId: id });
  });
}

/** What the store has already is left alone: to set it anew would put off what is about to be added. */
async function repeatJobs<Name extends QueueName>(
  queue: StoredQueue,
  name: Name,
  times: readonly RepeatedJob<Name>[],
): Promise<void> {
  await inTime(async () => {
    const known = await queue.getJobSchedulers(0, -1);
    for (const { key } of known.filter((stored) => times.every(({ id }) => id !== stored.key))) {
      await queue.removeJobScheduler(key);
    }
    for (const { id, cron, zone, data } of times) {
      if (known.some(({ key, pattern, tz }) => key === id && pattern === cron && tz === zone)) continue;
      await queue.upsertJobScheduler(jobId(id), { pattern: cron, tz: zone }, { name, data: parseJobData(name, data) });
    }
  });
}

async function countsOf(queue: StoredQueue): Promise<JobCounts> {
  const counts = await inTime(() => queue.getJobCounts(...COUNTED));
  return Object.fromEntries(COUNTED.map((state) => [state, counts[state] ?? 0])) as JobCounts;
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const timeout = new AbortController();
  const late = delay(PRODUCER_TIMEOUT_MS, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`no answer in ${PRODUCER_TIMEOUT_MS} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work(), late]);
  } catch (cause) {
    throw new AppError("QUEUE_UNAVAILABLE", "The job queue does not answer: the job is added by the sweeper later.", {
      cause,
    });
  } finally {
    timeout.abort();
  }
}
