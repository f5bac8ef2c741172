import type { Outcome } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/** What a reporting category means. `sign` picks the kind where one category both takes and gives back. */
export type Category = {
  readonly kind: EventKind;
  readonly credit?: EventKind;
  readonly outcome?: Outcome;
};

/**
 * Stripe's reporting categories. A partial capture reversal is no refund: it takes the part of an authorisation that
 * was never captured off the charge, which stands in the report in full, and the two rows sum to what was captured.
 */
export const CATEGORIES: Readonly<Record<string, Category>> = {
  charge: { kind: "SALE" },
  charge_failure: {
    kind: "CANCELLATION",
    outcome: { status: "CANCELLED", certainty: "DEFINITIVE", reason: "charge_failure" },
  },
  partial_capture_reversal: { kind: "CANCELLATION" },
  refund: { kind: "REFUND", outcome: { status: "SUCCESS", certainty: "DEFINITIVE" } },
  refund_failure: { kind: "REFUND_REVERSAL" },
  dispute: { kind: "CHARGEBACK", outcome: { status: "SUCCESS", certainty: "DEFINITIVE" } },
  dispute_reversal: { kind: "CHARGEBACK_REVERSAL", outcome: { status: "SUCCESS", certainty: "DEFINITIVE" } },
  fee: { kind: "FEE" },
  network_cost: { kind: "FEE" },
  tax: { kind: "FEE" },
  platform_earning: { kind: "ADJUSTMENT" },
  platform_earning_refund: { kind: "ADJUSTMENT" },
  other_adjustment: { kind: "ADJUSTMENT" },
  currency_conversion: { kind: "BALANCE_TRANSFER" },
  contribution: { kind: "ADJUSTMENT" },
  advance: { kind: "BALANCE_TRANSFER" },
  advance_funding: { kind: "BALANCE_TRANSFER" },
  transfer: { kind: "BALANCE_TRANSFER" },
  transfer_reversal: { kind: "BALANCE_TRANSFER" },
  connect_collection_transfer: { kind: "BALANCE_TRANSFER" },
  financing_payout: { kind: "BALANCE_TRANSFER" },
  financing_paydown: { kind: "BALANCE_TRANSFER" },
  financing_paydown_reversal: { kind: "BALANCE_TRANSFER" },
  topup: { kind: "BALANCE_TRANSFER" },
  topup_reversal: { kind: "BALANCE_TRANSFER" },
  connect_reserved_funds: { kind: "RESERVE_HOLD", credit: "RESERVE_RELEASE" },
  risk_reserved_funds: { kind: "RESERVE_HOLD", credit: "RESERVE_RELEASE" },
  payment_network_reserved_funds: { kind: "RESERVE_HOLD", credit: "RESERVE_RELEASE" },
  minimum_balance_hold: { kind: "RESERVE_HOLD", credit: "RESERVE_RELEASE" },
  payout: { kind: "PAYOUT" },
  payout_reversal: { kind: "PAYOUT" },
};
