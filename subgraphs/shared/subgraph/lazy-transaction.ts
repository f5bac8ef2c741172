import type { DataSource } from "typeorm";
import { begin, type OpenTransaction, REQUEST_LIMITS, type Scope, type Transaction } from "../database/scope.ts";
import { AppError } from "../errors.ts";

export type LazyTransaction = {
  /** Runs `work` alone: one connection answers one statement at a time, while resolvers run side by side. */
  readonly run: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** Waits for what is under way, refuses what comes later, then commits or rolls back; does nothing if nothing ran. */
  readonly end: (outcome: "commit" | "rollback") => Promise<void>;
};

/** The one transaction of an operation, begun when a resolver first needs it. */
export function lazyTransaction(database: DataSource, scope: Scope, signal: AbortSignal): LazyTransaction {
  let opened: Promise<OpenTransaction> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let isOver = false;
  return {
    run: (work) => {
      const turn = queue.then(async () => {
        // A null that travels up ends the operation while resolvers beside it are still at work.
        if (isOver) throw new AppError("CONFLICT", "The operation is over; nothing more is read for it.");
        signal.throwIfAborted();
        opened ??= begin(database, scope, REQUEST_LIMITS);
        return work(await opened);
      });
      queue = turn.catch(() => undefined);
      return turn;
    },
    end: async (outcome) => {
      isOver = true;
      await queue;
      const transaction = await opened?.catch(() => undefined);
      if (!transaction) return;
      if (outcome === "commit") await transaction.commit();
      // The answer stands already; a connection that is gone rolls back by itself.
      else await transaction.rollback().catch(() => undefined);
    },
  };
}
