type Read<T> = Promise<T> & { status?: "fulfilled"; value?: T };

/** As long as a failure is shown at least, before loading is tried again by whoever needs it. */
const FAILED_FOR_MS = 1_000;

/** Loads at the first call, and gives the same promise from then on, `readable`; what failed is loaded again after a while. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    if (loading) return loading;
    loading = readable(load());
    loading.catch(() => setTimeout(() => (loading = undefined), FAILED_FOR_MS));
    return loading;
  };
}

/**
 * The same promise, of which React's `use` takes what has come at once. Of any other it waits a turn even then, and keeps what
 * stands in its place on the screen for 300 ms.
 */
export function readable<T>(promise: Promise<T>): Promise<T> {
  const read: Read<T> = promise;
  promise.then(
    (value) => Object.assign(read, { status: "fulfilled", value }),
    () => undefined,
  );
  return read;
}

/** What has come of a promise that was made `readable`; undefined before. */
export function readNow<T>(promise: Promise<T>): T | undefined {
  return (promise as Read<T>).value;
}
