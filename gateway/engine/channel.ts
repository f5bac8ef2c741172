import type { Fault } from "./errors.ts";

/** Why a channel gives nothing more: with a fault it is told to the reader. */
export type End = { readonly fault?: Fault };

export type Channel<T> = {
  /** Adds an item, or answers false where the reader is too far behind to take one more. */
  push(item: T, bytes: number): boolean;
  /** What was pushed before is still read; of several ends the first counts. */
  end(end: End): void;
  /** The next item, or the end. For one reader at a time. */
  take(): Promise<{ readonly item: T } | End>;
};

/** Holds what one side writes until the other reads it, within a number of items and of bytes. */
export function createChannel<T>(limits: { readonly maxItems: number; readonly maxBytes: number }): Channel<T> {
  const items: { readonly item: T; readonly bytes: number }[] = [];
  let heldBytes = 0;
  let ended: End | undefined;
  let wake: ((next: { readonly item: T } | End) => void) | undefined;

  return {
    push(item, bytes) {
      if (ended) return true;
      if (wake) {
        wake({ item });
        wake = undefined;
        return true;
      }
      if (items.length >= limits.maxItems || heldBytes + bytes > limits.maxBytes) return false;
      items.push({ item, bytes });
      heldBytes += bytes;
      return true;
    },
    end(end) {
      ended ??= end;
      wake?.(ended);
      wake = undefined;
    },
    take() {
      const next = items.shift();
      if (next) {
        heldBytes -= next.bytes;
        return Promise.resolve({ item: next.item });
      }
      if (ended) return Promise.resolve(ended);
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
  };
}
