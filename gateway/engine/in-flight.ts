/** Counts what is under way, so that someone can wait for the last of it. */
export function createInFlight() {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    /** Counts from this call on, until `work` has settled. */
    async during<T>(work: () => Promise<T>): Promise<T> {
      count++;
      try {
        return await work();
      } finally {
        if (--count === 0) {
          for (const wake of waiting) wake();
          waiting = [];
        }
      }
    },
    /** Resolves when nothing is under way. */
    drained(): Promise<void> {
      return count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
}
