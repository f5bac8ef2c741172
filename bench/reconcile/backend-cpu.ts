import { readFile } from "node:fs/promises";

/** Linux counts processor time in hundredths of a second for every program. */
const MS_PER_TICK = 10;

/**
 * Processor milliseconds of database backends so far; undefined where they run on another machine. On a machine that
 * others use it says more than the clock does.
 */
export async function cpuMsOf(pids: readonly number[]): Promise<number | undefined> {
  try {
    const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8")));
    return stats.reduce((sum, stat) => sum + ticksOf(stat) * MS_PER_TICK, 0);
  } catch {
    return undefined;
  }
}

/** User and system time; the name before them stands in parentheses and may hold anything. */
function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
