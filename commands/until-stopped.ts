import type { Log } from "../subgraphs/shared/log.ts";

const LIMIT_MS = 25_000;

/** Waits for SIGTERM or SIGINT, then closes. A second signal, or 25 s without an end, ends the process at once. */
export async function untilStopped(log: Log, close: () => Promise<void>): Promise<0> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  log.info({ signal }, "closing");
  const giveUp = () => process.exit(1);
  process.once("SIGTERM", giveUp);
  process.once("SIGINT", giveUp);
  const limit = setTimeout(giveUp, LIMIT_MS);
  await close();
  clearTimeout(limit);
  log.info("closed");
  return 0;
}
