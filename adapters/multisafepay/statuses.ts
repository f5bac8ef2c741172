import type { Outcome } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/** What a status says became of the payment; `moves` where its money is on the account. */
export type Status = { readonly outcome: Outcome; readonly moves: boolean };

const definitive = (status: Outcome["status"], reason?: string): Outcome => {
  return { status, certainty: "DEFINITIVE", ...(reason !== undefined && { reason }) };
};

/**
 * MultiSafepay's statuses. An uncleared payment waits for the merchant to capture or decline it by hand. A payment that
 * was refunded or charged back has succeeded: what went back is a row of its own.
 */
export const STATUSES: Readonly<Record<string, Status>> = {
  initialized: { outcome: { status: "PROCESSING", certainty: "INDETERMINATE" }, moves: false },
  reserved: { outcome: { status: "PROCESSING", certainty: "INDETERMINATE" }, moves: false },
  uncleared: { outcome: { status: "MANUAL_INTERVENTION", certainty: "INDETERMINATE" }, moves: false },
  completed: { outcome: definitive("SUCCESS"), moves: true },
  shipped: { outcome: definitive("SUCCESS"), moves: true },
  refunded: { outcome: definitive("SUCCESS"), moves: true },
  partial_refunded: { outcome: definitive("SUCCESS"), moves: true },
  chargeback: { outcome: definitive("SUCCESS"), moves: true },
  charged_back: { outcome: definitive("SUCCESS"), moves: true },
  declined: { outcome: definitive("REFUSED", "declined"), moves: false },
  cancelled: { outcome: definitive("CANCELLED", "cancelled"), moves: false },
  canceled: { outcome: definitive("CANCELLED", "cancelled"), moves: false },
  void: { outcome: definitive("CANCELLED", "void"), moves: false },
  expired: { outcome: definitive("FAILED", "expired"), moves: false },
};

/** `credit` where money may come back by the same type. */
export type RowType = { readonly kind: EventKind; readonly credit?: EventKind };

export const TYPES: Readonly<Record<string, RowType>> = {
  payment: { kind: "SALE" },
  refund: { kind: "REFUND", credit: "REFUND_REVERSAL" },
  chargeback: { kind: "CHARGEBACK", credit: "CHARGEBACK_REVERSAL" },
  fee: { kind: "FEE" },
  costs: { kind: "FEE" },
  invoice: { kind: "FEE" },
  correction: { kind: "ADJUSTMENT" },
  reserve: { kind: "RESERVE_HOLD", credit: "RESERVE_RELEASE" },
  payout: { kind: "PAYOUT" },
  transfer: { kind: "BALANCE_TRANSFER" },
};
