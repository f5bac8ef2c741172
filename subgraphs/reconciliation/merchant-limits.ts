import { JOB_LIMITS, type TransactionLimits } from "../shared/database/scope.ts";
import { ALL_TRANSACTIONS } from "../shared/store/all-transactions.ts";

/** For work on all that one merchant has to reconcile. */
export const MERCHANT_LIMITS: TransactionLimits = {
  ...JOB_LIMITS,
  joinsAll: {
    name: "reconciled",
    tables: [...ALL_TRANSACTIONS.tables, "reconciliation.settlement_line", "reconciliation.claim"],
  },
};
