import type { Transaction } from "./scope.ts";

/** Of more rows than these, what is joined does not fit into the room that is enough for the others. */
const VERY_MANY = 1_000_000n;

/**
 * Sets a transaction up for whole tables and not for pages: room to sort and to join in memory, of which only what the rows
 * need is taken; and `analyze` of tables made a moment ago reads 900 rows in place of 30,000, enough to
 * choose between ways to join.
 */
export async function setForBulk(transaction: Transaction, rows = 0n): Promise<void> {
  await transaction.query(
    `select set_config('work_mem', $1, true), set_config('default_statistics_target', '3', true)`,
    [rows > VERY_MANY ? "384MB" : "128MB"],
  );
}
