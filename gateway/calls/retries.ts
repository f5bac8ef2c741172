import { setTimeout as delay } from "node:timers/promises";

/** Retries may be a share of the calls, so that a subgraph in trouble is not asked thrice by everyone. */
export type RetryBudget = { readonly deposit: () => void; readonly withdraw: () => boolean };

/** @param share retries for each call, over time @param reserve what a quiet time may save up */
export function createRetryBudget(share: number, reserve: number): RetryBudget {
  let balance = reserve;
  return {
    deposit: () => {
      balance = Math.min(reserve, balance + share);
    },
    withdraw: () => {
      // A tenth has no exact binary form: ten of them must make one.
      if (balance < 1 - 1e-9) return false;
      balance -= 1;
      return true;
    },
  };
}

/** The other side cannot have begun to answer, or a proxy says that it is away. */
export function isWorthRetrying(outcome: { readonly status: number } | { readonly error: unknown }): boolean {
  if ("status" in outcome) return outcome.status === 502 || outcome.status === 503;
  const { error } = outcome;
  return error instanceof Error && "code" in error && RETRIED_CODES.has(String(error.code));
}

/** Thrown before the head of an answer; what breaks a body is never retried. */
const RETRIED_CODES = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

const LONGEST_PAUSE_MS = 100;

/** Waits a random while, longer before a second retry; false when the deadline would pass meanwhile. */
export async function pauseBeforeRetry(retry: number, deadline: number, signal: AbortSignal): Promise<boolean> {
  const pauseMs = Math.random() * LONGEST_PAUSE_MS * 2 ** retry;
  if (Date.now() + pauseMs >= deadline) return false;
  await delay(pauseMs, undefined, { signal });
  return true;
}
