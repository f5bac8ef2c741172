import { LRUCache } from "lru-cache";

export type OperationCache<T extends object> = {
  /** The value of a key, made once: whoever asks while it is being made waits for the same one. */
  get(key: string, make: () => T | Promise<T>): Promise<T>;
  clear(): void;
};

/**
 * Keeps prepared operations within a bound of bytes. A failure goes to everyone who waits for it and is then forgotten:
 * clients could fill a cache of failures, and what failed once may do well later.
 */
export function createOperationCache<T extends object>(options: {
  readonly maxBytes: number;
  readonly sizeOf: (value: T) => number;
}): OperationCache<T> {
  const prepared = new LRUCache<string, T>({
    maxSize: options.maxBytes,
    sizeCalculation: (value, key) => options.sizeOf(value) + 2 * key.length + 1,
  });
  const pending = new Map<string, Promise<T>>();
  async function makeAndKeep(key: string, make: () => T | Promise<T>): Promise<T> {
    try {
      // Not before the next turn, so that the promise is known to be pending when it ends.
      await null;
      const value = await make();
      prepared.set(key, value);
      return value;
    } finally {
      pending.delete(key);
    }
  }
  return {
    get(key, make) {
      const present = prepared.get(key);
      if (present) return Promise.resolve(present);
      const running = pending.get(key);
      if (running) return running;
      const promise = makeAndKeep(key, make);
      pending.set(key, promise);
      return promise;
    },
    clear: () => prepared.clear(),
  };
}
