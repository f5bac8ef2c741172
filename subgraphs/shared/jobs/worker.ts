import { setTimeout as delay } from "node:timers/promises";
import { type Job, UnrecoverableError } from "bullmq";
import { crashPoint } from "../crash-point.ts";
import { AppError, ERRORS } from "../errors.ts";
import type { Log } from "../log.ts";
import { inSpan } from "../trace.ts";
import type { Backend, StoredWorker } from "./backend.ts";
import { type JobData, parseJobData, type QueueName, splitTrace } from "./job-data.ts";

/** May be called twice with the same data, at once even (a worker that hung and woke up), so its writes are fenced. */
export type JobHandler<Name extends QueueName> = (
  data: JobData[Name],
  job: { readonly id: string; readonly attempt: number },
) => Promise<void>;

export type WorkerSettings = {
  readonly concurrency?: number;
  /** How long a worker may be silent before its job counts as stalled; renewed at half of it. */
  readonly lockMs?: number;
  /** How often stalled jobs are looked for. */
  readonly stalledCheckMs?: number;
};

export type JobWorker = {
  readonly ready: () => Promise<void>;
  /** Takes no more jobs, lets those that run end for so long (20 s unless told), then leaves them to another worker. */
  readonly close: (graceMs?: number) => Promise<void>;
};

type Task<Name extends QueueName> = {
  readonly name: Name;
  readonly handler: JobHandler<Name>;
  readonly settings: WorkerSettings;
  readonly log: Log;
};

const CLOSE_GRACE_MS = 20_000;
/** For the store's connections to close once no job runs, or none that we still wait for. */
const DISCONNECT_MS = 2_000;
/** A deployment may interrupt a long job a few times; one that kills each worker it meets must not go on forever. */
const MAX_STALLS = 3;

export function startWorker<Name extends QueueName>(backend: Backend, fullName: string, task: Task<Name>): JobWorker {
  const { name, handler, settings, log } = task;
  const running = new Set<Promise<void>>();
  const work = async (job: Job): Promise<void> => {
    crashPoint("after_job_taken_before_work");
    const { data, trace } = splitTrace(job.data);
    const attempt = job.attemptsMade + 1;
    const facts = { kind: "consumer", causedBy: trace, attributes: { "concord.attempt": attempt } } as const;
    const ends = inSpan(`job ${name}`, facts, () =>
      unlessHopeless(() =>
        handler(parseJobData(name, data), { id: job.id ?? "", attempt }).catch(tellLate(job.id, log)),
      ),
    );
    running.add(ends);
    await ends.finally(() => running.delete(ends));
  };
  const worker = backend.newWorker(fullName, work, {
    concurrency: settings.concurrency ?? 1,
    lockDuration: settings.lockMs ?? 30_000,
    stalledInterval: settings.stalledCheckMs ?? 15_000,
    maxStalledCount: MAX_STALLS,
  });
  logEvents(worker, log);
  return {
    ready: async () => void (await worker.waitUntilReady()),
    close: async (graceMs = CLOSE_GRACE_MS) => {
      // Not `close` alone: it waits for running jobs without end, and a second call cannot force the first.
      await worker.pause(true);
      await within(graceMs, () => Promise.allSettled(running));
      await within(DISCONNECT_MS, () => worker.close(running.size > 0));
    },
  };
}

/** An error that no retry can help ends the job at its first attempt. */
async function unlessHopeless(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || ERRORS[error.code].retry) throw error;
    throw Object.assign(new UnrecoverableError(`${error.code}: ${error.message}`), { cause: error });
  }
}

function logEvents(worker: StoredWorker, log: Log): void {
  worker.on("error", (error) => log.error({ err: error }, "job worker failed"));
  worker.on("stalled", (jobId) => log.warn({ jobId }, "job stalled: its worker went silent, another takes it"));
  worker.on("failed", (job, error) => {
    const fields = { err: error, jobId: job?.id, attempt: job?.attemptsMade };
    if (job?.finishedOn === undefined) log.warn(fields, "job failed and is tried again");
    else log.error(fields, "job failed for good");
  });
}

/** The store takes no word about a job from a worker that has lost it, and so tells of no failure either. */
function tellLate(jobId: string | undefined, log: Log) {
  return (error: unknown): never => {
    if (error instanceof AppError && error.code === "LEASE_LOST") {
      log.warn({ code: error.code, problem: error.message, jobId }, "a late worker was refused");
    }
    throw error;
  };
}

async function within(limitMs: number, work: () => Promise<unknown>): Promise<void> {
  const timeout = new AbortController();
  const late = delay(limitMs, undefined, { signal: timeout.signal }).catch(() => undefined);
  await Promise.race([work(), late]).finally(() => timeout.abort());
}
