import { AppError, ERRORS } from "../../shared/errors.ts";

/**
 * Classes of SQLSTATE that pass by themselves: the connection, deadlocks and serialisation, a full disk or too many
 * connections, locks, a server that is shut down. A statement that takes too long would take too long again.
 */
const PASSING_STATES = /^(08|40|53|55|57P|58)/;
const PASSING_CODES = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND)/;

/** Whether trying again is unlikely to help, so that it is not done for ever. */
export function mayLast(error: unknown): boolean {
  if (error instanceof AppError) return !ERRORS[error.code].retry;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === "string") return !PASSING_STATES.test(code) && !PASSING_CODES.test(code);
  return !/connection (terminated|ended|closed)/i.test(String(message));
}

const FAILURES_ALLOWED = 3;
/** As long as a deployment may take, in which old programs meet new tables. */
const PATIENCE_SECONDS = 300;

/**
 * Whether a run is to end without what failed again. What the program itself refuses, it will refuse again; any other
 * failure must have lasted for a while, since someone may be putting it right.
 */
export function isGivenUp(
  { failures, ageSeconds }: { readonly failures: number; readonly ageSeconds: number },
  errors: readonly unknown[],
): boolean {
  if (failures + 1 < FAILURES_ALLOWED || !errors.every(mayLast)) return false;
  return ageSeconds >= PATIENCE_SECONDS || errors.every((error) => error instanceof AppError);
}

/** Why a part failed, in words for the merchant's people; what our own machine said of it stays in the log. */
export function sentenceOf(error: unknown): string {
  return error instanceof AppError ? error.message : "an internal error, of which the log tells more";
}
