import type { JoinedTables } from "../database/unsampled.ts";

/** What is joined by whoever works on all transactions of a merchant. */
export const ALL_TRANSACTIONS: JoinedTables = {
  name: "transactions",
  tables: ["transactions.transaction", "transactions.transaction_event", "transactions.alias"],
};
