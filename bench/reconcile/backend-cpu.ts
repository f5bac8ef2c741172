import { readFileSync } from "node:fs";

/**
 * Milliseconds that these processes have been on a processor so far, by Linux; undefined where they run on another machine.
 * On a machine that others use it says more than the clock does. Parallel workers of a statement are not in it.
 */
export function cpuMsOf(pids: readonly number[]): number | undefined {
  try {
    return pids.reduce(
      (sum, pid) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6,
      0,
    );
  } catch {
    return undefined;
  }
}
