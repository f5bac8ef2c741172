import type { DataSource } from "typeorm";
import { cancelStatement } from "../database/cancel-statement.ts";
import { begin, type OpenTransaction, REQUEST_LIMITS, type Scope, type Transaction } from "../database/scope.ts";
import { AppError } from "../errors.ts";

export type LazyTransaction = {
  /** Runs `work` alone: one connection answers one statement at a time, while resolvers run side by side. */
  readonly run: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** Waits for what is under way, refuses what comes later, then commits or rolls back; does nothing if nothing ran. */
  readonly end: (outcome: "commit" | "rollback") => Promise<void>;
};

/** What a transaction is for, and how long it may go on: until the signal aborts, which also ends the statement that runs by then. */
export type TransactionUse = {
  readonly signal: AbortSignal;
  /** Milliseconds that are left; undefined where no end was set. */
  readonly remainingMs?: (() => number | undefined) | undefined;
  /** False for what only reads. */
  readonly isMutation?: boolean;
};

/** The one transaction of an operation, begun when a resolver first needs it. */
export function lazyTransaction(
  database: DataSource,
  scope: Scope,
  { signal, remainingMs, isMutation = true }: TransactionUse,
): LazyTransaction {
  let opened: Promise<OpenTransaction> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let cancelling: Promise<void> | undefined;
  let isWorking = false;
  let isOver = false;

  /** Nobody waits for the statement any more; PostgreSQL would go on with it all the same. */
  async function cancel(): Promise<void> {
    const transaction = await opened?.catch(() => undefined);
    if (transaction && isWorking) await cancelStatement(transaction.client);
  }
  const onAbort = () => {
    cancelling = cancel();
  };

  async function turn<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    // A null that travels up ends the operation while resolvers beside it are still at work.
    if (isOver) throw new AppError("CONFLICT", "The operation is over; nothing more is read for it.");
    signal.throwIfAborted();
    if (!opened) {
      signal.addEventListener("abort", onAbort, { once: true });
      const statementTimeoutMs = Math.min(REQUEST_LIMITS.statementTimeoutMs, (remainingMs?.() ?? Infinity) + GRACE_MS);
      opened = begin(database, scope, { ...REQUEST_LIMITS, statementTimeoutMs, onlyReads: !isMutation });
    }
    const transaction = await opened;
    signal.throwIfAborted();
    isWorking = true;
    try {
      return await work(transaction);
    } catch (error) {
      // That the statement was cancelled is how it ended, not why.
      signal.throwIfAborted();
      throw error;
    } finally {
      isWorking = false;
    }
  }

  return {
    run: (work) => {
      const result = queue.then(() => turn(work));
      queue = result.catch(() => undefined);
      return result;
    },
    end: async (outcome) => {
      isOver = true;
      await queue;
      signal.removeEventListener("abort", onAbort);
      // The connection is somebody else's once it is given back.
      await cancelling;
      const transaction = await opened?.catch(() => undefined);
      if (!transaction) return;
      if (outcome === "commit") await transaction.commit();
      // The answer stands already; a connection that is gone rolls back by itself.
      else await transaction.rollback().catch(() => undefined);
    },
  };
}

/** The signal ends a statement, and says why; PostgreSQL does so a moment later, where this process no longer can. */
const GRACE_MS = 100;
