import type { Transaction } from "../../shared/database/scope.ts";

/**
 * The lines of a file that became facts when it was read before. Read again, they count as accepted and are left as they
 * are, whatever an adapter says of them by now: one line is one fact.
 */
export async function linesTakenEarlier(transaction: Transaction, fileId: string): Promise<ReadonlySet<number>> {
  const rows = await transaction.query<{ line_number: bigint }>(TAKEN, [fileId]);
  return new Set(rows.map((row) => Number(row.line_number)));
}

/** What an earlier reading could not take is judged anew. */
export async function forgetEarlierReading(
  transaction: Transaction,
  merchantId: string,
  fileId: string,
): Promise<void> {
  await transaction.query("delete from reconciliation.source_record where merchant_id = $1 and file_id = $2", [
    merchantId,
    fileId,
  ]);
}

const TAKEN = `
  select line_number from transactions.transaction_event where file_id = $1 and source = 'FILE'
  union select line_number from reconciliation.settlement_line where file_id = $1
  union select line_number from reconciliation.bank_entry where file_id = $1`;
