import type { Log } from "../subgraphs/shared/log.ts";
import type { ReloadableEngine } from "./engine/reloadable-engine.ts";
import type { Metrics } from "./metrics/create-metrics.ts";

export type ReloadOptions = {
  readonly engine: ReloadableEngine;
  /** The supergraph that is in place. */
  readonly supergraphSdl: string;
  readonly log: Log;
  readonly metrics: Metrics | undefined;
  /** Called with each supergraph that has taken its place. */
  readonly onChange: (supergraphSdl: string) => void;
};

/** Replaces the supergraph with what is read, one attempt at a time; never rejects. True when another is in place. */
export function createReload(options: ReloadOptions): (read: () => Promise<string>) => Promise<boolean> {
  const { engine, log, metrics, onChange } = options;
  let inPlace = options.supergraphSdl;
  let queue: Promise<unknown> = Promise.resolve();

  async function reload(read: () => Promise<string>): Promise<boolean> {
    try {
      const next = await read();
      if (next === inPlace) return false;
      await engine.reload(next, () => {
        inPlace = next;
        onChange(next);
        metrics?.reloaded("ok");
        log.info("another supergraph is in place");
      });
      return true;
    } catch (err) {
      log.error({ err }, "the new supergraph cannot be used: the gateway goes on with the one it has");
      metrics?.reloaded("failed");
      return false;
    }
  }
  return (read) => {
    const turn = queue.then(() => reload(read));
    queue = turn;
    return turn;
  };
}
