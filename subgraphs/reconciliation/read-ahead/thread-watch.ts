import type { Worker } from "node:worker_threads";
import { createAlarm } from "./alarm.ts";
import type { ThreadWord } from "./reading-thread.ts";

export type ReadingLimits = {
  /** How long an adapter may be busy with 64 KiB of a file. */
  readonly silentMs: number;
  /** How long it may take for all of it; what it waits for its import is not counted. */
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
  /** While the thread waits for us, its time stands still. */
  readonly pause: () => void;
  readonly resume: () => void;
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
    else silent.restart();
  });
  const whole = createAlarm(limits.wholeMs, () => fail(`it took more than ${limits.wholeMs / 1_000} s`));
  const alarms = [silent, whole];
  const pause = () => {
    for (const alarm of alarms) alarm.pause();
  };
  const resume = () => {
    for (const alarm of alarms) alarm.resume();
  };
  const hear = (word: ThreadWord) => {
    silent.restart();
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
  resume();
  return { pause, resume, stop };
}
