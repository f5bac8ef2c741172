import type { EventEmitter } from "node:events";
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

const SAMPLE_MS = 200;

/**
 * Follows the processor time of all backends that a pool has and comes to have: the answer tells the sum so far, with those
 * that were closed meanwhile as they were last seen.
 */
export function followBackends(pool: EventEmitter, pids: readonly number[]): () => number | undefined {
  const seen = new Map(pids.map((pid) => [pid, cpuMsOf([pid])]));
  pool.on("connect", ({ processID }: { readonly processID: number }) => seen.set(processID, cpuMsOf([processID])));
  const sample = () => {
    for (const [pid, last] of seen) seen.set(pid, cpuMsOf([pid]) ?? last);
  };
  setInterval(sample, SAMPLE_MS).unref();
  return () => {
    sample();
    const known = [...seen.values()].filter((ms) => ms !== undefined);
    return known.length === 0 ? undefined : known.reduce((sum, ms) => sum + ms, 0);
  };
}
