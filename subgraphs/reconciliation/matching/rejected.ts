import type { Transaction } from "../../shared/database/scope.ts";

/** Puts the pairs of open lines that a person has rejected, and nobody has lifted since, into the table `rejected`. */
export async function loadRejected(transaction: Transaction, merchantId: string): Promise<void> {
  if ((await transaction.change(REJECTED, [merchantId])) > 0) await transaction.query("analyze rejected");
}

/**
 * A condition on the id of an open line and that of a transaction: a person said that the two do not belong together. As
 * `exists` the few there are, mostly none, would be gone through for each pair.
 */
export function isRejected(line: string, transaction: string): string {
  return `((${line}, ${transaction}) in (select line_id, transaction_id from rejected)) is true`;
}

const REJECTED = `
  create temporary table rejected on commit drop as
  select r.line_id, r.transaction_id
  from reconciliation.rejected_pair r join open_line l on l.id = r.line_id
  where r.merchant_id = $1 and r.lifted_at is null`;
