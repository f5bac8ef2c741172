import type { Log } from "../subgraphs/shared/log.ts";
import { answerJson } from "./http/answer.ts";
import type { Handler } from "./http/router.ts";

/** What must work before this process is given requests: true for each part that does. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>;

export type Health = {
  /** Answers as long as the process does. */
  readonly live: Handler;
  /** 200 when every part is ready, else 503; both name the parts. */
  readonly ready: Handler;
  /** From now on not ready, so that a load balancer sends nothing more. */
  retire(): void;
};

const KEPT_MS = 1_000;
const PATIENCE_MS = 3_000;

export function createHealth(readiness: Readiness, log: Log): Health {
  let kept: { readonly until: number; readonly checks: Promise<Readonly<Record<string, boolean>>> } | undefined;
  let isRetired = false;
  /** Anyone may ask, and often: the parts are asked once a second at most. */
  const check = () => {
    if (!kept || kept.until < Date.now()) kept = { until: Date.now() + KEPT_MS, checks: safely(readiness, log) };
    return kept.checks;
  };
  return {
    live: ({ response }) => answerJson(response, 200, { live: true }),
    ready: async ({ response }) => {
      const checks = { ...(await check()), accepting: !isRetired };
      const ready = Object.values(checks).every(Boolean);
      answerJson(response, ready ? 200 : 503, { ready, checks });
    },
    retire: () => {
      isRetired = true;
    },
  };
}

/** A check that fails or hangs is an answer too. */
async function safely(readiness: Readiness, log: Log): Promise<Readonly<Record<string, boolean>>> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`readiness took longer than ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([readiness(), impatience]);
  } catch (err) {
    log.error({ err }, "readiness cannot be told");
    return { readiness: false };
  } finally {
    clearTimeout(timer);
  }
}
