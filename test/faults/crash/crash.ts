import { existsSync, readFileSync, rmSync, writeSync } from "node:fs";
import type { CrashPoint } from "../../../subgraphs/shared/crash-point.ts";

/** Where a process dies or hangs, and how. */
export type Crash = {
  readonly points: readonly (CrashPoint | "after_response_before_flush")[];
  /** KILL: by SIGKILL; STOP: until it gets SIGCONT; BLOCK: with its event loop blocked until `release` exists. */
  readonly way: "KILL" | "STOP" | "BLOCK";
  /** The first time that it acts; a way that a process survives is taken at every time from then on. */
  readonly nth: number;
  /** What is written there is how many more times the process then passes before it is blocked again. */
  readonly release?: string;
};

/** What a process says, as a line on its standard output, before it hangs. */
export const HANGS = "hangs at ";

export function crashAt({ points, way, nth, release = "" }: Crash): (point: Crash["points"][number]) => void {
  let times = 0;
  return (point) => {
    if (!points.includes(point)) return;
    times += 1;
    if (times < nth) return;
    if (way === "KILL") {
      process.kill(process.pid, "SIGKILL");
      return;
    }
    writeSync(process.stdout.fd, `${JSON.stringify({ msg: `${HANGS}${point}` })}\n`);
    if (way === "STOP") process.kill(process.pid, "SIGSTOP");
    else {
      while (!existsSync(release)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      // Nothing counts as none.
      times = nth - 1 - Number(readFileSync(release, "utf8"));
      rmSync(release);
    }
  };
}
