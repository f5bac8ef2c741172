import type { Transaction } from "./scope.ts";

/**
 * Runs what a decision writes in the worker's role and for its merchant alone, then gives the role back. The role that
 * requests are served in may write no claim, event or status: with a grant of its own every request could, and in a
 * second connection the decision would not be undone with the operation that it is part of. So a request has these
 * rights for the statements of a decision that was found to be permitted, and the database still holds it to the
 * merchant. An error leaves the role as it is: the operation's transaction ends with it.
 */
export async function asWorker<T>(transaction: Transaction, merchantId: string, work: () => Promise<T>): Promise<T> {
  const [before] = await transaction.query<{ role: string; merchants: string }>(BEFORE);
  await transaction.query(TAKE, ["concord_worker", merchantId, PATIENCE]);
  const result = await work();
  await transaction.query(TAKE, [before?.role ?? "concord_app", before?.merchants ?? "-", PATIENCE]);
  return result;
}

/** A run may hold the merchant's lock for minutes; a person is told so instead of waiting. */
const PATIENCE = "3s";

const BEFORE = "select current_setting('role') as role, current_setting('app.merchants') as merchants";

const TAKE = `select set_config('role', $1, true), set_config('app.merchants', $2, true),
  set_config('lock_timeout', $3, true)`;
