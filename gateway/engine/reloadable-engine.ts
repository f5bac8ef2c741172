import type { Engine } from "./create-engine.ts";

export type ReloadableEngine = Engine & {
  /**
   * Answers every request that comes from now on from another supergraph. Requests under way finish on the one they
   * began with; its subscriptions end with SUBSCRIPTION_ENDED. Resolves when nothing of the old supergraph is left.
   * @param onReplaced called as soon as new requests go to it
   * @throws as `open` does when the supergraph cannot be used: the present one stays
   */
  reload(supergraphSdl: string, onReplaced?: () => void): Promise<void>;
};

/**
 * An engine whose supergraph can be replaced while requests run: none is lost, and none sees parts of two.
 * @param open makes the engine of a supergraph, with whatever depends on it: `createEngine`, or that and limits around it
 */
export function createReloadableEngine(
  supergraphSdl: string,
  open: (supergraphSdl: string) => Engine,
): ReloadableEngine {
  let current = open(supergraphSdl);
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
    async reload(next, onReplaced) {
      const old = current;
      current = open(next);
      onReplaced?.();
      await retire(old);
    },
    async close() {
      retire(current);
      await Promise.all(closing);
    },
  };
}
