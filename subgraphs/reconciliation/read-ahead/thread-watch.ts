import type { Worker } from "node:worker_threads";
import { createAlarm } from "./alarm.ts";
import type { ThreadWord } from "./reading-thread.ts";

export type ReadingLimits = {
  /** How long an adapter may be busy with 64 KiB of a file while its import waits. */
  readonly silentMs: number;
  /** How long its import may wait for all of it. */
  readonly wholeMs: number;
  /** How much memory its thread may use, in MiB, the code itself included. */
  readonly heapMb: number;
};

type Watching = {
  readonly limits: ReadingLimits;
  /** False while the thread still loads its code. */
  readonly isReady: () => boolean;
  readonly onWord: (word: ThreadWord) => void;
  /** Called once, with why nothing more will come of the thread. */
  readonly onFailure: (why: string, cause?: unknown) => void;
};

export type ThreadWatch = {
  /** The thread's time runs while it is waited for: what the import does meanwhile is not the adapter's fault. */
  readonly run: () => void;
  readonly pause: () => void;
  /** Hears nothing more. */
  readonly stop: () => void;
};

/** Hears what a thread says, and that it goes on saying something. */
export function watchThread(worker: Worker, { limits, isReady, onWord, onFailure }: Watching): ThreadWatch {
  const fail = (why: string, cause?: unknown) => {
    stop();
    onFailure(why, cause);
  };
  const silent = createAlarm(limits.silentMs, () => {
    if (isReady()) fail(`it was busy for ${limits.silentMs / 1_000} s`);
    else silent.reset();
  });
  const whole = createAlarm(limits.wholeMs, () => fail(`it took more than ${limits.wholeMs / 1_000} s`));
  const alarms = [silent, whole];
  const pause = () => {
    for (const alarm of alarms) alarm.pause();
  };
  const run = () => {
    for (const alarm of alarms) alarm.run();
  };
  const hear = (word: ThreadWord) => {
    silent.reset();
    onWord(word);
  };
  const onError = (error: NodeJS.ErrnoException) =>
    fail(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? `it used more than ${limits.heapMb} MiB` : "it broke", error);
  const onExit = () => fail("its thread ended");
  const stop = () => {
    pause();
    worker.off("message", hear).off("error", onError).off("exit", onExit);
  };
  worker.on("message", hear).on("error", onError).on("exit", onExit);
  return { run, pause, stop };
}
