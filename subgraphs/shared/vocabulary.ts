/**
 * The words every part shares. Each list is the GraphQL enum, the database check and the TypeScript union at once;
 * what a status means and how it is reached stands in `status.ts` alone.
 */
export const FAMILIES = ["CCV_PAY", "E_VOUCHER", "ACQUIRER"] as const;
export type Family = (typeof FAMILIES)[number];

export const TRANSACTION_STATUSES = [
  "PROCESSING",
  "SUCCESS",
  "FAILED",
  "REFUSED",
  "MANUAL_INTERVENTION",
  "CANCELLED",
  "REFUNDED",
  "CHARGEBACK",
] as const;
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** What is stored and decided by evidence; REFUNDED and CHARGEBACK are derived from it and from the money that went back. */
export type BaseStatus = Exclude<TransactionStatus, "REFUNDED" | "CHARGEBACK">;
export const BASE_STATUSES = TRANSACTION_STATUSES.filter(
  (status): status is BaseStatus => status !== "REFUNDED" && status !== "CHARGEBACK",
);

export const TRANSACTION_TYPES = ["SALE", "REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL", "CREDIT"] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

export const STATUS_ORIGINS = ["AUTOMATIC", "MANUAL"] as const;
export type StatusOrigin = (typeof STATUS_ORIGINS)[number];

export const REFUND_STATES = ["NONE", "PARTIAL", "FULL", "OVER"] as const;
export type RefundState = (typeof REFUND_STATES)[number];

export const DISPUTE_STATES = ["NONE", "INQUIRY", "OPEN", "WON", "LOST", "SECOND_CHARGEBACK"] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** How far a dispute is for who has to answer it, whatever its money does. */
export const DISPUTE_STAGES = ["OPEN", "ANSWERED", "OVER"] as const;
export type DisputeStage = (typeof DISPUTE_STAGES)[number];

export const SETTLEMENT_STATES = ["UNSETTLED", "SETTLED", "PAID_OUT", "EXTERNAL"] as const;
export type SettlementState = (typeof SETTLEMENT_STATES)[number];

export const RECONCILIATION_STATES = [
  "NOT_EXPECTED",
  "EXPECTED",
  "MATCHED",
  "PARTIAL",
  "AMBIGUOUS",
  "DISCREPANT",
  "MISSING",
] as const;
export type ReconciliationState = (typeof RECONCILIATION_STATES)[number];

export const ENTRY_MODES = [
  "CHIP",
  "CONTACTLESS",
  "MAGSTRIPE",
  "MANUAL_KEYED",
  "ECOM",
  "MOTO",
  "QR",
  "UNKNOWN",
] as const;
export type EntryMode = (typeof ENTRY_MODES)[number];

/** Coarse kind of instrument, for filters and totals. */
export const PAYMENT_TYPES = [
  "DEBIT_CARD",
  "CREDIT_CARD",
  "CARD",
  "VOUCHER",
  "WALLET",
  "BANK_TRANSFER",
  "OTHER",
] as const;
export type PaymentType = (typeof PAYMENT_TYPES)[number];

/**
 * What a row of a provider's file or message says happened. The first group is about a transaction; the second moves
 * money of a settlement without a transaction; PAYOUT is the money leaving for the bank.
 */
export const EVENT_KINDS = [
  "SALE",
  "AUTHORISATION",
  "CAPTURE",
  "CANCELLATION",
  "REFUND",
  "REFUND_REVERSAL",
  "CHARGEBACK",
  "CHARGEBACK_REVERSAL",
  "SECOND_CHARGEBACK",
  "CREDIT",
  "FEE",
  "ADJUSTMENT",
  "RESERVE_HOLD",
  "RESERVE_RELEASE",
  "COLLECTION",
  "DISBURSEMENT",
  "BALANCE_TRANSFER",
  "ROUNDING",
  "PAYOUT",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const VOUCHER_ISSUERS = ["EDENRED", "PLUXEE", "MONIZZE"] as const;
export type VoucherIssuer = (typeof VOUCHER_ISSUERS)[number];

export const VOUCHER_PURSES = [
  "MEAL",
  "ECO",
  "GIFT",
  "SPORT_CULTURE",
  "BOOK",
  "TRANSPORT",
  "CONSUMPTION",
  "UNKNOWN",
] as const;
export type VoucherPurse = (typeof VOUCHER_PURSES)[number];
