import type { SettlementAdapter } from "../adapter.ts";
import { hasColumns } from "../readers/records.ts";
import { readReport } from "../stripe/read-report.ts";

/**
 * Stripe's itemised payout reconciliation: every balance transaction with the automatic payout that carries it. A
 * payout is the sum of its rows. The report says neither how many they are nor where it ends, and does not name the
 * account it is of: a file whose rows name none goes to the account "default", which is mapped once for the merchant.
 *
 * For an account import this report or `stripe-balance`: both tell of the same balance transactions.
 */
export const adapter: SettlementAdapter = {
  name: "stripe-payout-reconciliation",
  provider: "stripe",
  unmarkedEnd: true,
  accepts: (head) => hasColumns(head, ",", ["balance_transaction_id", "reporting_category", "automatic_payout_id"]),
  read: readReport,
};
