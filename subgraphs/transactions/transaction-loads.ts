import { batched, groupedByKey } from "../shared/subgraph/batched.ts";
import { idsByFamily, VISIBLE_BY_ID, visibleParameters } from "../shared/subgraph/visible-transactions.ts";
import { TRANSACTION_COLUMNS, type TransactionRow, transactionOf } from "./transaction-row.ts";
import type { Transaction } from "./transaction-type.ts";

/** A transaction by id, or null: unknown, foreign and hidden are one answer. One statement per family. */
export const transactionById = batched<Transaction>(async (context, ids) => {
  const visible = visibleParameters(context);
  const found = new Map<string, Transaction>();
  for (const [family, members] of idsByFamily(ids)) {
    const rows = await context.query<TransactionRow>(BY_ID, [...visible, family, members], "transactions-by-id");
    for (const row of rows) found.set(row.id, transactionOf(row));
  }
  return found;
});

/** The refunds, chargebacks and reversals that go back to a transaction, oldest first. */
export const transactionsOfOriginal = batched<readonly Transaction[]>(async (context, ids) => {
  const parameters = [...visibleParameters(context), ids];
  const rows = await context.query<TransactionRow>(OF_ORIGINAL, parameters, "transactions-of-original");
  return groupedByKey(rows, (row) => row.original_id ?? "", transactionOf);
});

const BY_ID = `select ${TRANSACTION_COLUMNS} from transactions.transaction t
  where ${VISIBLE_BY_ID} and t.family = $4 and t.id = any($5::text[])`;

const OF_ORIGINAL = `select ${TRANSACTION_COLUMNS} from transactions.transaction t
  where ${VISIBLE_BY_ID} and t.original_id = any($4::text[]) order by t.occurred_at, t.id`;
