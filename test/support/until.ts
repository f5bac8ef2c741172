import { setTimeout as delay } from "node:timers/promises";

/** Waits until `holds` does, and fails when it does not in time. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(20)) {
    if (await holds()) return;
  }
  throw new Error(`Not so after ${withinMs} ms: ${holds.toString()}`);
}
