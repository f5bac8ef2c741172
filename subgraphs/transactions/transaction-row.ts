import { doubleLossOf } from "../shared/double-loss.ts";
import { deriveStatus } from "../shared/status.ts";
import { moneyOrNull } from "../shared/subgraph/money-type.ts";
import type {
  BaseStatus,
  DisputeState,
  EntryMode,
  Family,
  PaymentType,
  RefundState,
  SettlementState,
  StatusOrigin,
  TransactionStatus,
  TransactionType,
} from "../shared/vocabulary.ts";
import { type Transaction, TYPENAMES } from "./transaction-type.ts";

/** A row of `transactions.transaction`, as far as this subgraph shows it. */
export type TransactionRow = {
  readonly merchant_id: string;
  readonly family: Family;
  readonly id: string;
  readonly provider: string;
  readonly type: TransactionType;
  readonly base_status: BaseStatus;
  readonly status: TransactionStatus;
  readonly status_rule: number;
  readonly certainty: "DEFINITIVE" | "INDETERMINATE";
  readonly settlement_state: SettlementState;
  readonly deciding_event: string | null;
  readonly status_origin: StatusOrigin;
  readonly ever_manual: boolean;
  readonly occurred_at: Date;
  readonly business_date: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly authorised_minor: bigint | null;
  readonly captured_minor: bigint;
  readonly refunded_minor: bigint;
  readonly charged_back_minor: bigint;
  readonly refunds_pending_minor: bigint;
  readonly refund_state: RefundState;
  readonly dispute_state: DisputeState;
  readonly payment_type: PaymentType;
  readonly payment_method: string;
  readonly brand: string | null;
  readonly entry_mode: EntryMode;
  readonly transaction_number: string;
  readonly provider_reference: string;
  readonly psp_reference: string | null;
  readonly original_id: string | null;
  readonly merchant_reference: string | null;
  readonly authorisation_code: string | null;
  readonly last4: string | null;
  readonly location_id: string | null;
  readonly terminal_id: string | null;
  readonly version: number;
};

export const TRANSACTION_COLUMNS = `t.merchant_id, t.family, t.id, t.provider, t.type, t.base_status, t.status,
  t.status_rule, t.certainty, t.settlement_state, t.deciding_event, t.status_origin, t.ever_manual, t.occurred_at, t.business_date, t.currency,
  t.amount_minor, t.authorised_minor, t.captured_minor, t.refunded_minor, t.charged_back_minor, t.refunds_pending_minor, t.refund_state,
  t.dispute_state, t.payment_type, t.payment_method, t.brand, t.entry_mode, t.transaction_number,
  t.provider_reference, t.psp_reference, t.original_id, t.merchant_reference, t.authorisation_code, t.last4,
  t.location_id, t.terminal_id, t.version`;

/** @param asOf the instant that the row was read as of; null for now */
export function transactionOf(row: TransactionRow, asOf: Date | null = null): Transaction {
  return { asOf, ...factsOf(row), ...amountsOf(row), ...placeOf(row) };
}

function factsOf(row: TransactionRow) {
  return {
    __typename: TYPENAMES[row.family],
    id: row.id,
    family: row.family,
    provider: row.provider,
    type: row.type,
    status: row.status,
    statusRule: row.status_rule,
    decidingEvent: row.deciding_event,
    standing: row,
    statusOrigin: row.status_origin,
    everManual: row.ever_manual,
    occurredAt: row.occurred_at,
    businessDate: row.business_date,
    refundState: row.refund_state,
    disputeState: row.dispute_state,
    paymentType: row.payment_type,
    paymentMethod: row.payment_method,
    brand: row.brand,
    entryMode: row.entry_mode,
    transactionNumber: row.transaction_number,
    providerReference: row.provider_reference,
    references: [row.provider_reference, ...(row.psp_reference === null ? [] : [row.psp_reference])],
    originalId: row.original_id,
    merchantReference: row.merchant_reference,
    authorisationCode: row.authorisation_code,
    last4: row.last4,
    version: row.version,
    resumeToken: null,
  };
}

function amountsOf(row: TransactionRow) {
  const { currency, type, base_status, captured_minor, refunded_minor, charged_back_minor } = row;
  const inCurrency = (amountMinor: bigint) => ({ amountMinor, currency });
  const { refundableRemaining } = deriveStatus({
    type,
    base: base_status,
    captured: captured_minor,
    refunded: refunded_minor,
    chargedBack: charged_back_minor,
    refundsPending: row.refunds_pending_minor,
  });
  const twice = doubleLossOf({ captured: captured_minor, refunded: refunded_minor, chargedBack: charged_back_minor });
  return {
    amount: inCurrency(row.amount_minor),
    authorisedAmount: moneyOrNull(row.authorised_minor, currency),
    capturedAmount: inCurrency(captured_minor),
    refundedAmount: inCurrency(refunded_minor),
    chargedBackAmount: inCurrency(charged_back_minor),
    refundableRemaining: inCurrency(refundableRemaining),
    refundsPending: inCurrency(row.refunds_pending_minor),
    doubleLoss: moneyOrNull(twice === 0n || base_status !== "SUCCESS" ? null : twice, currency),
  };
}

function placeOf({ merchant_id, location_id, terminal_id }: TransactionRow) {
  return {
    merchantId: merchant_id,
    merchant: { id: merchant_id },
    location: location_id === null ? null : { id: location_id },
    terminal: terminal_id === null ? null : { id: terminal_id },
  };
}
