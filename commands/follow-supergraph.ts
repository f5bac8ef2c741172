import { setTimeout as delay } from "node:timers/promises";
import { readSupergraph, type SupergraphSource } from "./supergraph-source.ts";

const LOOK_MS = 1_000;

/**
 * Has the supergraph replaced when its source changes, and on SIGHUP. Files are looked at rather than watched: that
 * works on every file system, mounted configuration included. A change counts once it stands still from one look to the
 * next, so that nothing half written is read.
 */
export function followSupergraph(
  source: SupergraphSource,
  reload: (read: () => Promise<string>) => Promise<unknown>,
): { readonly close: () => Promise<void> } {
  const stop = new AbortController();
  const replace = () => reload(() => readSupergraph(source));
  const onHangUp = () => void replace();
  process.on("SIGHUP", onHangUp);

  async function follow(): Promise<void> {
    let followed = await glance(source);
    let last = followed;
    while (!stop.signal.aborted) {
      await delay(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      const now = await glance(source);
      if (now === last && now !== followed) {
        followed = now;
        await replace();
      }
      last = now;
    }
  }
  const following = follow();
  return {
    close: async () => {
      process.off("SIGHUP", onHangUp);
      stop.abort();
      await following;
    },
  };
}

/** What cannot be read is a state of its own: it is tried, logged and counted once. */
async function glance({ look }: SupergraphSource): Promise<string> {
  return look().catch((error: unknown) => `cannot be read: ${String(error)}`);
}
