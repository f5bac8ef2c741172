import { Worker } from "node:worker_threads";
import { AppError } from "../../shared/errors.ts";
import type { ThreadSettings, ThreadWord } from "./reading-thread.ts";

export type ReadingLimits = {
  /** How long an adapter may be busy with 64 KiB of a file. */
  readonly silentMs: number;
  /** How long it may take for all of it. */
  readonly wholeMs: number;
  /** How much memory its thread may use, in MiB, the code itself included. */
  readonly heapMb: number;
};

/** Reads files ahead of their import, in threads that can be ended: an adapter that never ends ends nothing else. */
export type ReadAhead = {
  /** `onWait` is called each second that the import waits. */
  readonly begin: (sha256: string, onWait: () => Promise<void>) => FileAhead;
  readonly close: () => Promise<void>;
};

/** A file that is read ahead of its import. */
export type FileAhead = {
  /** Waits until the adapter began to read. Throws FILE_REJECTED where it never does. */
  readonly begun: () => Promise<void>;
  /**
   * The file's bytes, each only once the adapter has dealt with it in its thread. Throws FILE_REJECTED where it was ended
   * before it did.
   */
  readonly behind: (file: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
  /** To be called in the end, however the import went. */
  readonly release: () => void;
};

const LIMITS: ReadingLimits = { silentMs: 20_000, wholeMs: 900_000, heapMb: 512 };
const MOST_IDLE = 4;
const WAIT_MS = 1_000;

/** `folder` is where the file store has its files; `registry` exports `adapterFor`. Threads are started when needed. */
export function openReadAhead(
  { folder, registry = new URL("../../../adapters/registry.ts", import.meta.url) }: ReadAheadSettings,
  limits: ReadingLimits = LIMITS,
): ReadAhead {
  const settings: ThreadSettings = { folder, registry: codeOf(registry).href };
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const start = () => {
    const thread = startThread(settings, limits);
    all.add(thread);
    thread.worker.once("exit", () => {
      all.delete(thread);
      const at = idle.indexOf(thread);
      if (at >= 0) idle.splice(at, 1);
    });
    return thread;
  };
  return {
    begin: (sha256, onWait) => {
      const thread = idle.pop() ?? start();
      const reading = thread.read(sha256);
      return {
        begun: () => reading.until(0, onWait),
        behind: (file) => behind(file, (bytes) => reading.until(bytes, onWait)),
        release: () => {
          if (reading.isOver() && all.has(thread) && idle.length < MOST_IDLE) idle.push(thread);
          else void thread.worker.terminate();
        },
      };
    },
    close: async () => void (await Promise.all([...all].map(({ worker }) => worker.terminate()))),
  };
}

type ReadAheadSettings = { readonly folder: string; readonly registry?: URL };

async function* behind(file: AsyncIterable<Buffer>, until: (bytes: number) => Promise<void>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of file) {
    bytes += chunk.length;
    await until(bytes);
    yield chunk;
  }
  await until(Number.POSITIVE_INFINITY);
}

type Thread = { readonly worker: Worker; readonly read: (sha256: string) => ThreadReading };
type ThreadReading = {
  readonly until: (bytes: number, onWait: () => Promise<void>) => Promise<void>;
  readonly isOver: () => boolean;
};

function startThread(settings: ThreadSettings, limits: ReadingLimits): Thread {
  const code = codeOf(new URL("./reading-thread.ts", import.meta.url));
  // What it reads it forgets at once: a larger young generation would only hold 25 MB of it for longer.
  const resourceLimits = { maxOldGenerationSizeMb: limits.heapMb, maxYoungGenerationSizeMb: 8 };
  const options = { workerData: settings, resourceLimits };
  const worker = code.pathname.endsWith(".js")
    ? new Worker(code, options)
    : new Worker(FROM_SOURCES, { ...options, workerData: { ...settings, code: code.href }, eval: true });
  worker.unref();
  // Between two files nobody listens, and an error without a listener would end the process.
  worker.on("error", () => undefined);
  let isReady = false;
  worker.on("message", (word: ThreadWord) => {
    if (word.kind === "ready") isReady = true;
  });
  return { worker, read: (sha256) => readIn(worker, { sha256, limits, isReady: () => isReady }) };
}

type Task = { readonly sha256: string; readonly limits: ReadingLimits; readonly isReady: () => boolean };

function readIn(worker: Worker, { sha256, limits, isReady }: Task): ThreadReading {
  let passed = -1;
  let failure: AppError | undefined;
  let wake: () => void = () => undefined;
  const fail = (why: string, cause?: unknown) => {
    failure ??= isReady() ? ended(why, Math.max(passed, 0), cause) : notStarted(why, cause);
    stop();
    wake();
  };
  const silent = createAlarm(limits.silentMs, () => {
    if (isReady()) fail(`it was busy for ${limits.silentMs / 1_000} s`);
    else silent.reset();
  });
  const whole = createAlarm(limits.wholeMs, () => fail(`it took more than ${limits.wholeMs / 1_000} s`));
  const hear = (word: ThreadWord) => {
    silent.reset();
    if (word.kind === "passed") passed = word.bytes;
    if (word.kind === "refused") failure ??= new AppError(word.code, word.message);
    if (word.kind === "ended" || word.kind === "refused") {
      passed = Number.POSITIVE_INFINITY;
      stop();
    }
    wake();
  };
  const onError = (error: NodeJS.ErrnoException) =>
    fail(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? `it used more than ${limits.heapMb} MiB` : "it broke", error);
  const onExit = () => fail("its thread ended");
  const stop = () => {
    for (const alarm of [silent, whole]) alarm.clear();
    worker.off("message", hear).off("error", onError).off("exit", onExit);
  };
  worker.on("message", hear).on("error", onError).on("exit", onExit);
  worker.postMessage(sha256);
  return {
    isOver: () => passed === Number.POSITIVE_INFINITY,
    until: async (bytes, onWait) => {
      while (!failure && passed < bytes) {
        const isWoken = await within(WAIT_MS, (woken) => {
          wake = woken;
        });
        if (!isWoken) await onWait();
      }
      if (failure) throw failure;
    },
  };
}

/**
 * Calls `ring` unless it is reset in time. Words that came while this thread was busy itself count as in time, so they
 * are let in first.
 */
function createAlarm(ms: number, ring: () => void): { readonly reset: () => void; readonly clear: () => void } {
  let resets = 0;
  let timer: NodeJS.Timeout;
  const set = () => {
    timer = setTimeout(() => {
      const before = resets;
      setImmediate(() => setImmediate(() => resets === before && ring()));
    }, ms);
    timer.unref();
  };
  set();
  const clear = () => {
    resets += 1;
    clearTimeout(timer);
  };
  return {
    reset: () => {
      clear();
      set();
    },
    clear,
  };
}

/** True once `wake` was called, false after `ms` without it. */
function within(ms: number, give: (wake: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    give(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function ended(why: string, bytes: number, cause: unknown): AppError {
  return new AppError(
    "FILE_REJECTED",
    `the adapter was ended on this file, after ${bytes} bytes of it: ${why}; report it with the file, and send the file again once it is mended`,
    { cause },
  );
}

function notStarted(why: string, cause: unknown): AppError {
  return new AppError("INTERNAL_ERROR", `the thread that reads files did not start: ${why}`, { cause });
}

/** From the sources, as tests and `npm run dev` run it, the code has to be translated in each thread anew. */
const FROM_SOURCES = `
  const { workerData } = require("node:worker_threads");
  import("tsx/esm/api").then(({ register }) => {
    register();
    return import(workerData.code);
  });`;

/** A module beside this one, as it is called where this runs: `.ts` in the sources, `.js` in `dist`. */
function codeOf(url: URL): URL {
  return import.meta.url.endsWith(".ts") ? url : new URL(url.href.replace(/\.ts$/, ".js"));
}
