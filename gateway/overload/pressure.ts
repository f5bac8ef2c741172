/** What one look at this process found. */
export type Reading = {
  /** 99th percentile of how late the event loop was since the last look, in milliseconds. */
  readonly delayMs: number;
  /** Share of the time since then that the event loop was busy. */
  readonly utilisation: number;
  /** Operations under way. */
  readonly inFlight: number;
};

export type PressureSettings = {
  readonly maxDelayMs: number;
  readonly maxUtilisation: number;
  /** How many looks in a row must find too much before anything is shed. */
  readonly patience: number;
  /** With fewer operations under way the load is not ours to shed: the machine is busy with something else. */
  readonly leastInFlight: number;
};

/** 0: all is taken; each level above leaves out one more class of operations, and 3 leaves mutations alone. */
export type PressureLevel = 0 | 1 | 2 | 3;

/**
 * Tells how much is to be shed, one reading at a time. It rises by one level for each look that finds too much, once
 * there were `patience` of them in a row, and falls as it rose: a pause of a second sheds nobody, and a heavy load is not
 * let back in at once.
 */
export function createPressure(settings: PressureSettings): (reading: Reading) => PressureLevel {
  let level = 0;
  let inRow = 0;
  return (reading) => {
    inRow = isTooMuch(reading, settings) ? inRow + 1 : 0;
    if (inRow >= settings.patience) level = Math.min(3, level + 1);
    else if (inRow === 0) level = Math.max(0, level - 1);
    return level as PressureLevel;
  };
}

/** A busy loop alone is a machine well used: it is too much once work waits as well. */
function isTooMuch({ delayMs, utilisation, inFlight }: Reading, settings: PressureSettings): boolean {
  const { maxDelayMs, maxUtilisation, leastInFlight } = settings;
  if (inFlight <= leastInFlight) return false;
  return delayMs > maxDelayMs || (utilisation > maxUtilisation && inFlight > 2 * leastInFlight);
}
