import type { Transaction } from "../../shared/database/scope.ts";

/** The channel that wakes whoever follows a run; the payload is a merchant's id. */
export const PROGRESS_CHANNEL = "reconciliation_progress";

/** Wakes whoever follows this merchant's runs, once this commits. */
export async function tellProgress(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query(`select pg_notify('${PROGRESS_CHANNEL}', $1)`, [merchantId]);
}
