import { AppError } from "../../subgraphs/shared/errors.ts";
import type { PaymentFacts, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import { zonedInstant } from "../../subgraphs/shared/time.ts";
import type { EventKind, PaymentType } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { STATUS_CODES } from "../buckaroo/statuses.ts";
import { meaningIn, readingsOf } from "../readers/closed-list.ts";
import { type CsvRecord, hasColumns, type Layout, readRecords } from "../readers/records.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";

/**
 * A status export of Buckaroo. The file is modelled: Buckaroo publishes no field list, so this layout is ours, made of
 * the fields and status codes of its public SDK. UTF-8, semicolons, decimal comma, local time of Amsterdam, one row a
 * transaction: what the consumer paid stands under debit, what went back under credit. It says what became of each and
 * books nothing; it says neither how many rows it has nor where it ends.
 */
export const adapter: SettlementAdapter = {
  name: "buckaroo",
  provider: "buckaroo",
  unmarkedEnd: true,
  accepts: (head) => hasColumns(head, ";", ["Transaction key", "Status code", "Website key"]),
  read,
};

const REQUIRED = {
  key: "Transaction key",
  website: "Website key",
  type: "Type",
  statusCode: "Status code",
  changed: "Status date",
  currency: "Currency",
  debit: "Amount debit",
  credit: "Amount credit",
} as const;

const OPTIONAL = {
  original: "Original transaction key",
  created: "Created",
  invoice: "Invoice number",
  order: "Order number",
  service: "Payment method",
} as const;

const LAYOUT: Layout<keyof typeof REQUIRED, keyof typeof OPTIONAL> = {
  format: { delimiter: ";", encoding: "utf-8" },
  required: REQUIRED,
  optional: OPTIONAL,
  unread: (column) => ["Status", "Status subcode", "Description", "Consumer name", "Consumer IBAN"].includes(column),
  personal: (column) => /^(?:Consumer |Description)/.test(column),
};

type Transaction = CsvRecord<keyof typeof REQUIRED | keyof typeof OPTIONAL>;

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  for await (const { drift, records } of readRecords(file, LAYOUT)) {
    yield [...drift, ...records.flatMap((record) => readingsOf(record, () => eventOf(record)))];
  }
}

/** Which column a type's money stands under. */
const TYPES: Readonly<Record<string, { readonly kind: EventKind; readonly column: "debit" | "credit" }>> = {
  payment: { kind: "SALE", column: "debit" },
  refund: { kind: "REFUND", column: "credit" },
  credit: { kind: "CREDIT", column: "credit" },
  chargeback: { kind: "CHARGEBACK", column: "credit" },
  "chargeback reversal": { kind: "CHARGEBACK_REVERSAL", column: "debit" },
};

const ZONE = "Europe/Amsterdam";

function eventOf(record: Transaction): ProviderEvent {
  const outcome = meaningIn(STATUS_CODES, "status code", record.text("statusCode"));
  const { kind, column } = meaningIn(TYPES, "type", record.text("type"));
  const [key, original, changed] = [record.text("key"), record.text("original"), record.text("changed")];
  if (key === "") throw new AppError("INVALID_INPUT", "the row has no transaction key");
  const at = zonedInstant(changed, ZONE);
  return {
    kind,
    provider: "buckaroo",
    account: record.text("website"),
    identity: [key, record.text("statusCode"), changed].join("|"),
    reference: key,
    ...(original !== "" && kind !== "SALE" && { originalReference: original }),
    occurredAt: record.text("created") === "" ? at : zonedInstant(record.text("created"), ZONE),
    amount: amountOf(record, column),
    outcome: { ...outcome, sequence: BigInt(at.at.getTime()) },
    ...instrumentBehind(paymentOf(record), { words: [record.text("service")] }),
    rawStatus: `${record.text("type")} ${record.text("statusCode")}`,
  };
}

/** The amount under its own column; one under the other, or under both, is a row that contradicts itself. */
function amountOf(record: Transaction, column: "debit" | "credit"): Money {
  const currency = currencyOf(record.text("currency"));
  const other = record.text(column === "debit" ? "credit" : "debit");
  if (other !== "" && parseAmount(other, currency, ",").amountMinor !== 0n) {
    throw new AppError("INVALID_AMOUNT", `a ${record.text("type")} has ${other} in the column of the other direction`);
  }
  const amount = parseAmount(record.text(column), currency, ",");
  if (amount.amountMinor < 0n) throw new AppError("INVALID_AMOUNT", `the amount ${record.text(column)} is below zero`);
  return amount;
}

function paymentOf(record: Transaction): PaymentFacts {
  const service = record.text("service").toLowerCase();
  const method = METHODS[service] ?? (service || "unknown");
  const merchantReference = record.text("invoice") || record.text("order");
  return {
    type: PAYMENT_TYPES[method] ?? "OTHER",
    method,
    acquirer: "buckaroo",
    ...(merchantReference !== "" && { merchantReference }),
  };
}

const METHODS: Readonly<Record<string, string>> = {
  bancontactmrcash: "bancontact",
  transfer: "bank_transfer",
  sepadirectdebit: "sepa_debit",
};

const PAYMENT_TYPES: Readonly<Record<string, PaymentType>> = {
  bancontact: "DEBIT_CARD",
  maestro: "DEBIT_CARD",
  visa: "CARD",
  mastercard: "CARD",
  amex: "CREDIT_CARD",
  ideal: "BANK_TRANSFER",
  bank_transfer: "BANK_TRANSFER",
  sepa_debit: "BANK_TRANSFER",
  paypal: "WALLET",
};
