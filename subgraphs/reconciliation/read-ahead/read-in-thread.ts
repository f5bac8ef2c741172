import type { Worker } from "node:worker_threads";
import { AppError } from "../../shared/errors.ts";
import type { Progress } from "../import/lease.ts";
import { memoryOf, type StagedPart, type StagingOrder } from "../import/staged-file.ts";
import type { FileAhead } from "./file-ahead.ts";
import type { ThreadOrder, ThreadWord } from "./reading-thread.ts";
import { type ReadingLimits, watchThread } from "./thread-watch.ts";

type Task = {
  readonly sha256: string;
  readonly limits: ReadingLimits;
  /** False while the thread still loads its code. */
  readonly isReady: () => boolean;
  readonly onProgress: (progress: Progress) => Promise<void>;
};

export type ThreadReading = Omit<FileAhead, "release"> & {
  /** True once the thread has nothing more to say of this file, and may read another. */
  readonly isOver: () => boolean;
};

/** Has a thread read a file, and sees to it that this comes to an end. */
export function readInThread(worker: Worker, { sha256, limits, isReady, onProgress }: Task): ThreadReading {
  const parts: StagedPart[] = [];
  let isOpened = false;
  let isOver = false;
  let failure: Error | undefined;
  let passedBytes = 0;
  let progress: Progress = { rows: 0n, bytes: 0n };
  let wake: () => void = () => undefined;
  const onWord = (word: ThreadWord) => {
    if (word.kind === "opened") isOpened = true;
    if (word.kind === "passed") {
      passedBytes = word.bytes;
      progress = { rows: word.rows, bytes: word.read };
    }
    if (word.kind === "staged") parts.push(word.part);
    if (word.kind === "failed") failure = word.code ? new AppError(word.code, word.message) : new Error(word.message);
    isOver = failure !== undefined || (word.kind === "staged" && word.part.kind === "summary");
    if (isOver) watch.stop();
    wake();
  };
  const onFailure = (why: string, cause?: unknown) => {
    failure = isReady() ? ended(why, passedBytes, cause) : notStarted(why, cause);
    wake();
  };
  const watch = watchThread(worker, { limits, isReady, onWord, onFailure });
  const order = (given: ThreadOrder, transferred: readonly ArrayBuffer[] = []) =>
    worker.postMessage(given, transferred);
  let toldAt = Date.now();
  const tell = async () => {
    if (Date.now() - toldAt < WAIT_MS) return;
    toldAt = Date.now();
    await onProgress(progress);
  };
  const until = async (has: () => boolean) => {
    while (!failure && !has()) {
      watch.run();
      await within(WAIT_MS, (woken) => {
        wake = woken;
      });
      watch.pause();
      await tell();
    }
    if (failure) throw failure;
  };
  const stage = async function* (given: StagingOrder): AsyncGenerator<StagedPart> {
    order({ kind: "stage", order: given });
    for (;;) {
      await until(() => parts.length > 0);
      // Where the database is the slower of the two there is nothing to wait for, and the lease is to be kept all the same.
      await tell();
      const part = parts.shift()!;
      yield part;
      if (part.kind === "summary") return;
      const memory = memoryOf(part);
      order({ kind: "spent", memory }, memory);
    }
  };
  order({ kind: "open", sha256 });
  return { begun: () => until(() => isOpened), stage, isOver: () => isOver };
}

const WAIT_MS = 1_000;

/** Resolves once `wake` was called, or after `ms`. */
function within(ms: number, give: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    give(() => {
      clearTimeout(timer);
      resolve();
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
