import type { SettlementAdapter } from "../adapter.ts";
import { hasColumns } from "../readers/records.ts";
import { readReport } from "../stripe/read-report.ts";

/**
 * Stripe's itemised balance change from activity: every balance transaction, without the payout that carries it. Rows
 * are kept together by the day on which their money became available; a row of category `payout` is the money leaving.
 * The report says neither how many rows it has nor where it ends. Its account is "default" unless its rows name one.
 */
export const adapter: SettlementAdapter = {
  name: "stripe-balance",
  provider: "stripe",
  unmarkedEnd: true,
  accepts: (head) =>
    hasColumns(head, ",", ["balance_transaction_id", "reporting_category"]) &&
    !hasColumns(head, ",", ["automatic_payout_id"]),
  read: readReport,
};
