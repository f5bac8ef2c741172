import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/** What a type of balance transaction is; `id` names the context that identifies it, where it has one of its own. */
export type Movement = { readonly kind: EventKind; readonly id?: "refundId" | "chargebackId" | "paymentId" };

const names = (kind: EventKind, types: string) => types.split(" ").map((type) => [type, { kind }] as const);

/** The types of Mollie's API. The list is open: one that is not here rejects its row until somebody has looked at it. */
export const MOVEMENTS: Readonly<Record<string, Movement>> = {
  payment: { kind: "SALE" },
  capture: { kind: "SALE" },
  // The bank took a transfer or a direct debit back after Mollie had credited it.
  "failed-payment": { kind: "CANCELLATION" },
  "unauthorized-direct-debit": { kind: "CHARGEBACK", id: "paymentId" },
  refund: { kind: "REFUND", id: "refundId" },
  "returned-refund": { kind: "REFUND_REVERSAL", id: "refundId" },
  chargeback: { kind: "CHARGEBACK", id: "chargebackId" },
  "chargeback-reversal": { kind: "CHARGEBACK_REVERSAL", id: "chargebackId" },
  ...Object.fromEntries([
    ...names("FEE", "application-fee payment-fee payment-commission capture-commission failed-payment-fee"),
    ...names("FEE", "reimbursement-fee bank-charged-failure-fee platform-connected-organizations-fee managed-fee"),
    ...names("FEE", "returned-managed-fee invoice-compensation balance-charge-fee fee-prepayment"),
    ...names("ADJUSTMENT", "balance-correction"),
    ...names("RESERVE_HOLD", "balance-reserve cash-collateral-issuance rolling-reserve-hold"),
    ...names("RESERVE_RELEASE", "balance-reserve-return cash-collateral-release rolling-reserve-release"),
    ...names("RESERVE_RELEASE", "api-payment-rolling-reserve-release capture-rolling-reserve-release"),
    ...names("BALANCE_TRANSFER", "split-payment split-transaction post-payment-split-payment movement topup"),
    ...names("BALANCE_TRANSFER", "incoming-transfer cash-advance-loan platform-payment-refund refund-compensation"),
    ...names("BALANCE_TRANSFER", "returned-platform-payment-refund returned-refund-compensation"),
    ...names("BALANCE_TRANSFER", "platform-payment-chargeback chargeback-compensation"),
    ...names("BALANCE_TRANSFER", "reversed-platform-payment-chargeback reversed-chargeback-compensation"),
    ...names("BALANCE_TRANSFER", "failed-split-payment-platform failed-split-payment-compensation"),
    ...names("PAYOUT", "outgoing-transfer outgoing-custom-amount-transfer"),
    ...names("PAYOUT", "canceled-outgoing-transfer returned-transfer"),
  ]),
};
