import type { Inbox } from "./inbox.ts";

type Source<T> = (signal: AbortSignal) => AsyncGenerator<T>;
type Taker<T> = Pick<Inbox<T>, "put" | "fail">;

/** One source for all who ask under the same key, for as long as one of them does. */
export type Sharing<T> = {
  /** Answers what ends it for this taker. */
  readonly join: (key: string, open: Source<T>, taker: Taker<T>) => () => void;
  /** Resolves once the source under the key has given its first value, or has failed. */
  readonly ready: (key: string) => Promise<void>;
};

/** @param replay whether who joins late is given the last value first */
export function createSharing<T>({ replay = false } = {}): Sharing<T> {
  const running = new Map<string, Running<T>>();

  function start(key: string, open: Source<T>): Running<T> {
    const stop = new AbortController();
    let begun = () => {};
    const ready = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const source: Running<T> = { takers: new Set(), stop, ready, last: undefined };
    running.set(key, source);
    const forget = () => running.get(key) === source && running.delete(key);
    void (async () => {
      try {
        for await (const value of open(stop.signal)) {
          source.last = { value };
          begun();
          for (const taker of source.takers) taker.put(value);
        }
      } catch (error) {
        forget();
        for (const taker of source.takers) taker.fail(error);
        begun();
      }
    })();
    stop.signal.addEventListener("abort", forget, { once: true });
    return source;
  }

  return {
    join: (key, open, taker) => {
      const source = running.get(key) ?? start(key, open);
      source.takers.add(taker);
      if (replay && source.last) taker.put(source.last.value);
      return () => {
        source.takers.delete(taker);
        if (source.takers.size === 0) source.stop.abort();
      };
    },
    ready: async (key) => running.get(key)?.ready,
  };
}

type Running<T> = {
  readonly takers: Set<Taker<T>>;
  readonly stop: AbortController;
  readonly ready: Promise<void>;
  last: { readonly value: T } | undefined;
};
