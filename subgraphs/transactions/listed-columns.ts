import { TRANSACTION_COLUMNS } from "./transaction-row.ts";

/** Fields of a transaction that are told by the columns named, which are left out where nobody asks for them. */
const TOLD_BY = {
  id: [],
  __typename: [],
  family: [],
  asOf: [],
  merchant: [],
  provider: ["provider"],
  type: ["type"],
  status: ["status"],
  statusOrigin: ["status_origin"],
  everManual: ["ever_manual"],
  occurredAt: ["occurred_at"],
  businessDate: ["business_date"],
  amount: ["amount_minor", "currency"],
  refundState: ["refund_state"],
  disputeState: ["dispute_state"],
  paymentType: ["payment_type"],
  paymentMethod: ["payment_method"],
  brand: ["brand"],
  entryMode: ["entry_mode"],
  transactionNumber: ["transaction_number"],
  providerReference: ["provider_reference"],
  merchantReference: ["merchant_reference"],
  authorisationCode: ["authorisation_code"],
  last4: ["last4"],
  location: ["location_id"],
  terminal: ["terminal_id"],
  version: ["version"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const LISTED_FIELDS = Object.keys(TOLD_BY);

/**
 * The columns that a page needs of its rows for these fields: all of them as soon as one is asked for that is worked out
 * of several. To read a row of the usual width takes the process longer than PostgreSQL takes to find it.
 */
export function columnsFor(fields: ReadonlySet<string>): { readonly columns: string; readonly isWhole: boolean } {
  const told = [...fields].map((field) => (TOLD_BY as Readonly<Record<string, readonly string[]>>)[field]);
  if (told.includes(undefined)) return { columns: TRANSACTION_COLUMNS, isWhole: true };
  const columns = new Set(["merchant_id", "family", "id", ...told.flatMap((names) => names ?? [])]);
  return { columns: [...columns].map((column) => `t.${column}`).join(", "), isWhole: false };
}
