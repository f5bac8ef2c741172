import type { Transaction } from "../../shared/database/scope.ts";

/** An import of a merchant's file, beside others of the same merchant or alone among them. */
export type Turn = { readonly alone: boolean };

/**
 * Runs an import beside others, and alone once it has met one of them. Two files that hold the same rows in another order
 * wait for each other's rows: the database then ends one of the two, or the wait becomes too long. Nothing of it was
 * written, and what the other brought it finds as duplicates. Another failure is thrown as it is.
 */
export async function takeTurns<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work({ alone: attempt > 1 });
    } catch (error) {
      const { code } = error as { readonly code?: string };
      if (attempt === MOST_ATTEMPTS || (code !== DEADLOCK && code !== LOCK_TIMEOUT)) throw error;
    }
  }
}

/** Waits for the import's turn, until its transaction ends; `onWait` is called each second that it waits. */
export async function waitForTurn(
  transaction: Transaction,
  merchantId: string,
  { alone, onWait }: Turn & { readonly onWait: () => Promise<void> },
): Promise<void> {
  // A lease that was lost meanwhile shows when it is held, before anything is committed.
  const waiting = setInterval(() => onWait().catch(() => undefined), WAIT_MS);
  try {
    // A number of its own: with another lock's, a decision and an import of one merchant wait for each other.
    const lock = alone ? "pg_advisory_xact_lock" : "pg_advisory_xact_lock_shared";
    await transaction.query(`select ${lock}(hashtextextended($1, 4212))`, [merchantId]);
  } finally {
    clearInterval(waiting);
  }
}

const DEADLOCK = "40P01";
const LOCK_TIMEOUT = "55P03";
const WAIT_MS = 1_000;
/** Each may wait for as long as a lock is waited for: ten minutes of one import after another. */
const MOST_ATTEMPTS = 60;
