import type { Transaction } from "../database/scope.ts";

/** The channel that wakes whoever follows something that is under way; the payload is a merchant's id. */
export const PROGRESS_CHANNEL = "progress";

/** Wakes whoever follows what is under way at this merchant, once this commits. */
export async function tellProgress(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query(`select pg_notify('${PROGRESS_CHANNEL}', $1)`, [merchantId]);
}
