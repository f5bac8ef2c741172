export type Alarm = {
  /** Sets the clock back to the start; it runs on if it ran. */
  readonly reset: () => void;
  readonly run: () => void;
  readonly pause: () => void;
};

/**
 * Calls `ring` once so much time has passed on its clock, which stands still until it is told to run. Words that came
 * while this thread was busy itself count as in time, so they are let in first.
 */
export function createAlarm(ms: number, ring: () => void): Alarm {
  let leftMs = ms;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let changes = 0;
  const pause = () => {
    changes += 1;
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    leftMs -= performance.now() - startedAt;
  };
  const run = () => {
    pause();
    const before = changes;
    startedAt = performance.now();
    const late = () => setImmediate(() => setImmediate(() => changes === before && ring()));
    timer = setTimeout(late, Math.max(leftMs, 0));
    timer.unref();
  };
  const reset = () => {
    const isRunning = timer !== undefined;
    pause();
    leftMs = ms;
    if (isRunning) run();
  };
  return { reset, run, pause };
}
