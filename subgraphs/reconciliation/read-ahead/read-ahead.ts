import { Worker } from "node:worker_threads";
import type { ReadAhead } from "./file-ahead.ts";
import { readInThread } from "./read-in-thread.ts";
import type { ThreadSettings, ThreadWord } from "./reading-thread.ts";
import type { ReadingLimits } from "./thread-watch.ts";

const LIMITS: ReadingLimits = { silentMs: 20_000, wholeMs: 900_000, heapMb: 512 };
const MOST_IDLE = 4;

/** Opens threads to read files in; they are started when needed. */
export function openReadAhead(
  { folder, families, registry = new URL("../../../adapters/registry.ts", import.meta.url) }: ReadAheadSettings,
  limits: ReadingLimits = LIMITS,
): ReadAhead {
  const settings: ThreadSettings = { folder, registry: codeOf(registry).href, families: codeOf(families).href };
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
    begin: (sha256, onProgress) => {
      const thread = idle.pop() ?? start();
      const { isOver, ...reading } = readInThread(thread.worker, {
        sha256,
        limits,
        isReady: thread.isReady,
        onProgress,
      });
      return {
        ...reading,
        release: () => {
          if (isOver() && all.has(thread) && idle.length < MOST_IDLE) idle.push(thread);
          else void thread.worker.terminate();
        },
      };
    },
    warmUp: () => {
      if (all.size === 0) idle.push(start());
    },
    close: async () => void (await Promise.all([...all].map(({ worker }) => worker.terminate()))),
  };
}

type ReadAheadSettings = {
  /** Where the file store has its files. */
  readonly folder: string;
  /** A module that exports `families`: what the command line hands to an import, a thread has to load anew. */
  readonly families: URL;
  /** A module that exports `adapterFor`. */
  readonly registry?: URL;
};

type Thread = { readonly worker: Worker; readonly isReady: () => boolean };

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
  return { worker, isReady: () => isReady };
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
