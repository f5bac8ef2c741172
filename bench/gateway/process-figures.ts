import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** User and system time of a process so far, in milliseconds, in steps of ten. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

export function rssBytesOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? 0) * 1024;
}

/** What all processes of the machine have used so far, and what there was to use, in milliseconds. */
export function machineCpuMs(): { readonly usedMs: number; readonly allMs: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const times = line
    .split(/\s+/)
    .slice(1, 9)
    .map((ticks) => (Number(ticks) * 1000) / TICKS_PER_SECOND);
  const allMs = times.reduce((sum, time) => sum + time, 0);
  const [idle = 0, waiting = 0] = times.slice(3, 5);
  return { usedMs: allMs - idle - waiting, allMs };
}
