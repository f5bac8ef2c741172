import { setTimeout as delay } from "node:timers/promises";

export type SteadyLoad = {
  /** Stops asking, waits for the last answers and tells how many came and what went wrong. */
  stop(): Promise<{ readonly answered: number; readonly failures: readonly string[] }>;
  readonly answered: () => number;
};

/** Asks so many times a second whether or not answers come, as many clients together do. */
export function startLoad(perSecond: number, ask: () => Promise<void>): SteadyLoad {
  const failures: string[] = [];
  const open = new Set<Promise<void>>();
  let answered = 0;
  let isOver = false;
  const running = (async () => {
    const startedAt = performance.now();
    for (let sent = 0; !isOver; ) {
      // A machine that was busy catches up, so that the rate holds over time.
      const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1_000);
      for (; sent < due; sent++) {
        const one: Promise<void> = ask()
          .then(
            () => void answered++,
            (error: unknown) => void failures.push(String(error)),
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
