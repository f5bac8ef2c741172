import { AppError, ERRORS } from "../errors.ts";

/** The name of the header with the time, in milliseconds since 1970, after which nobody waits for an answer. */
export const DEADLINE_HEADER = "x-deadline";

export type Deadline = {
  /** Aborts when the caller leaves and, with DEADLINE_EXCEEDED, when the time is over. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left, at least 1; undefined where no end was set. */
  readonly remainingMs: () => number | undefined;
  /** Lets go of the timer and of the caller's signal. */
  readonly release: () => void;
};

/** Follows the deadline that a caller passes on. What is no time in the header is as if it were absent. */
export function followDeadline(header: string | undefined, caller: AbortSignal): Deadline {
  const at = header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
  if (at === undefined) return { signal: caller, remainingMs: () => undefined, release: () => undefined };
  const controller = new AbortController();
  const leave = () => controller.abort(caller.reason);
  const remaining = () => at - Date.now();
  const expire = () => controller.abort(exceeded());
  const timer = remaining() > 0 ? setTimeout(expire, Math.min(remaining(), LONGEST_MS)) : undefined;
  if (caller.aborted) leave();
  else if (!timer) expire();
  caller.addEventListener("abort", leave, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(1, remaining()),
    release: () => {
      clearTimeout(timer);
      caller.removeEventListener("abort", leave);
    },
  };
}

const LONGEST_MS = 2_147_483_647;

function exceeded(): AppError {
  return new AppError("DEADLINE_EXCEEDED", ERRORS.DEADLINE_EXCEEDED.message);
}
