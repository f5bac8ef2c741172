/** Where one who reads at their own pace finds what came meanwhile, put together as one. */
export type Inbox<T> = {
  readonly put: (value: T) => void;
  /** Makes the reader throw this, once it has read what came before. */
  readonly fail: (error: unknown) => void;
  readonly values: (signal: AbortSignal) => AsyncGenerator<T>;
};

export function createInbox<T>(merge: (earlier: T, later: T) => T): Inbox<T> {
  let waiting: { readonly value: T } | undefined;
  let failure: { readonly error: unknown } | undefined;
  let ring = () => {};
  return {
    put: (value) => {
      waiting = { value: waiting ? merge(waiting.value, value) : value };
      ring();
    },
    fail: (error) => {
      failure = { error };
      ring();
    },
    values: async function* (signal) {
      const wake = () => ring();
      signal.addEventListener("abort", wake);
      try {
        while (!signal.aborted) {
          const rung = new Promise<void>((resolve) => {
            ring = resolve;
          });
          const found = waiting;
          waiting = undefined;
          if (found) yield found.value;
          else if (failure) throw failure.error;
          else await rung;
        }
      } finally {
        signal.removeEventListener("abort", wake);
      }
    },
  };
}
