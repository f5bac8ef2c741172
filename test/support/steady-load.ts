import { setTimeout as delay } from "node:timers/promises";

export type SteadyLoad = {
  /** Stops asking, waits for the last answers and tells how many came and what went wrong. */
  stop(): Promise<{ readonly answered: number; readonly failures: readonly string[] }>;
  readonly answered: () => number;
};

/** More than a machine at its ease ever has open; a busy one is asked less often, so that it fails nobody by its load. */
const MOST_OPEN = 32;

/** Asks so many times a second whether or not answers come, as many clients together do. */
export function startLoad(perSecond: number, ask: () => Promise<void>): SteadyLoad {
  const failures: string[] = [];
  const open = new Set<Promise<void>>();
  let answered = 0;
  let isOver = false;
  const running = (async () => {
    let due = 0;
    for (let last = performance.now(); !isOver; ) {
      const now = performance.now();
      due = Math.min(due + ((now - last) * perSecond) / 1_000, MOST_OPEN - open.size);
      last = now;
      for (; due >= 1; due--) {
        const one: Promise<void> = ask()
          .then(
            () => void answered++,
            (error: unknown) => void failures.push(sayWhy(error)),
          )
          .finally(() => open.delete(one));
        open.add(one);
      }
      await delay(10);
    }
  })();
  return {
    answered: () => answered,
    async stop() {
      isOver = true;
      await running;
      await Promise.all(open);
      return { answered, failures };
    },
  };
}

/** A failed fetch says why only in its cause. */
function sayWhy(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? ` (${error.cause})` : "";
  return `${error}${cause}`;
}
