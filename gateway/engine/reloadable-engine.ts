import type { Engine } from "./create-engine.ts";
import { createEngine } from "./create-engine.ts";
import type { EngineOptions } from "./engine-options.ts";

export type ReloadableEngine = Engine & {
  /**
   * Answers every request that comes from now on from another supergraph. Requests under way finish on the one they
   * began with; its subscriptions end with SUBSCRIPTION_ENDED. Resolves when nothing of the old supergraph is left.
   * @throws as `createEngine` does when the supergraph cannot be used: the present one stays
   */
  reload(supergraphSdl: string): Promise<void>;
};

/** An engine whose supergraph can be replaced while requests run: none is lost, and none sees parts of two. */
export function createReloadableEngine(options: EngineOptions): ReloadableEngine {
  let current = createEngine(options);
  const closing = new Set<Promise<void>>();

  function retire(engine: Engine): Promise<void> {
    const closed = engine.close().finally(() => closing.delete(closed));
    closing.add(closed);
    return closed;
  }

  return {
    get schema() {
      return current.schema;
    },
    prepare: (request) => current.prepare(request),
    execute: (request) => current.execute(request),
    async reload(supergraphSdl) {
      const old = current;
      current = createEngine({ ...options, supergraphSdl });
      await retire(old);
    },
    async close() {
      retire(current);
      await Promise.all(closing);
    },
  };
}
