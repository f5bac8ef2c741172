import { setTimeout as delay } from "node:timers/promises";

/** For what comes, however busy the machine is: only what never comes is told by it. */
export const PATIENCE_MS = 120_000;

/** Waits until `holds` does, and fails when it does not in time. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(20)) {
    if (await holds()) return;
  }
  throw new Error(`Not so after ${withinMs} ms: ${holds.toString()}`);
}
