import { TRANSACTION_COLUMNS, type TransactionRow, transactionOf } from "./transaction-row.ts";
import { type Transaction, TYPENAMES } from "./transaction-type.ts";

type Column = keyof TransactionRow;
type Told = { readonly columns: readonly Column[]; readonly of: (row: TransactionRow) => unknown };

const same = (column: Column): Told => ({ columns: [column], of: (row) => row[column] });
const reference = (column: Column): Told => ({
  columns: [column],
  of: (row) => (row[column] === null ? null : { id: row[column] }),
});

/** Fields of a transaction that a column or two tell as they are. */
const TOLD_BY: Readonly<Record<string, Told>> = {
  id: same("id"),
  __typename: { columns: ["family"], of: ({ family }) => TYPENAMES[family] },
  family: same("family"),
  merchant: reference("merchant_id"),
  provider: same("provider"),
  type: same("type"),
  status: same("status"),
  statusOrigin: same("status_origin"),
  everManual: same("ever_manual"),
  occurredAt: same("occurred_at"),
  businessDate: same("business_date"),
  amount: {
    columns: ["amount_minor", "currency"],
    of: ({ amount_minor: amountMinor, currency }) => ({ amountMinor, currency }),
  },
  refundState: same("refund_state"),
  disputeState: same("dispute_state"),
  paymentType: same("payment_type"),
  paymentMethod: same("payment_method"),
  brand: same("brand"),
  entryMode: same("entry_mode"),
  transactionNumber: same("transaction_number"),
  providerReference: same("provider_reference"),
  merchantReference: same("merchant_reference"),
  authorisationCode: same("authorisation_code"),
  last4: same("last4"),
  location: reference("location_id"),
  terminal: reference("terminal_id"),
  version: same("version"),
};

export const LISTED_FIELDS = Object.keys(TOLD_BY);

/** What a page reads of its rows, and makes of one. */
export type Listed = { readonly columns: string; readonly nodeOf: (row: TransactionRow) => Transaction };

/**
 * How to list transactions of which these fields are asked: with the columns that tell them, and whole as soon as one is
 * worked out of several. To read a row of the usual width takes the process longer than PostgreSQL takes to find it.
 *
 * @param asOf the instant that the rows are read as of; null for now
 */
export function listedBy(fields: ReadonlySet<string>, asOf: Date | null): Listed {
  const told = [...new Set(["__typename", "id", "merchant", ...fields])].map((field) => ({ field, ...TOLD_BY[field] }));
  if (told.some(({ of }) => of === undefined)) {
    return { columns: TRANSACTION_COLUMNS, nodeOf: (row) => transactionOf(row, asOf) };
  }
  const columns = new Set(told.flatMap((each) => each.columns ?? []));
  return {
    columns: [...columns].map((column) => `t.${column}`).join(", "),
    nodeOf: (row) => {
      const node: Record<string, unknown> = { asOf };
      for (const { field, of } of told) node[field] = of?.(row);
      return node as unknown as Transaction;
    },
  };
}
