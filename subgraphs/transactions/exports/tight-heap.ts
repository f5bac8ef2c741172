import { setFlagsFromString } from "node:v8";

/** By how much of what is alive the heap may grow before it is cleared of what is not. */
const GROWTH_PERCENT = 30;

let writing = 0;

/**
 * Keeps the process's memory flat while a large file is written. A million rows are a million texts that V8 counts among
 * what lasts, so that by itself it lets a heap of fifty megabytes triple before it looks. To look more often costs nothing
 * that could be measured.
 */
export async function inTightHeap<T>(work: () => Promise<T>): Promise<T> {
  writing += 1;
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  try {
    return await work();
  } finally {
    writing -= 1;
    if (writing === 0) setFlagsFromString("--heap-growing-percent=0");
  }
}
