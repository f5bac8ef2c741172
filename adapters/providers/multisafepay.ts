import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Instant, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import { businessDateOf, zonedInstant } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { instrumentOf } from "../multisafepay/payment.ts";
import { STATUSES, TYPES } from "../multisafepay/statuses.ts";
import { meaningIn, readingsOf } from "../readers/closed-list.ts";
import { checkDirection } from "../readers/direction.ts";
import { peek } from "../readers/peek.ts";
import { type CsvRecord, hasColumns, type Layout, readRecords } from "../readers/records.ts";
import { firstLine } from "../readers/text.ts";

/**
 * MultiSafepay's accountant export: CSV in UTF-8 with commas or semicolons, the amount without a sign beside C or D,
 * local time of Amsterdam. MultiSafepay documents these columns and publishes no file: `Id`, `Related id`, `Currency`
 * and `Account id`, which it does not document, are modelled, and a file without them is in euros, of the account
 * "default". Rows of one day stand together, since the export names no payout; it does not say where it ends.
 *
 * It reports statuses, so it says what became of a payment; only one whose money moved is booked.
 */
export const adapter: SettlementAdapter = {
  name: "multisafepay",
  provider: "multisafepay",
  unmarkedEnd: true,
  accepts: (head) => hasColumns(head, delimiterOf(head), ["Creditdebit", "Typetransaction", "Tr status"]),
  read,
};

const REQUIRED = {
  completed: "Completed",
  amount: "Amount",
  direction: "Creditdebit",
  type: "Typetransaction",
  method: "Paymenttype",
  status: "Tr status",
  merchantReference: "Mt merchanttransactionid",
} as const;

const OPTIONAL = { id: "Id", related: "Related id", currency: "Currency", account: "Account id" } as const;

const LAYOUT: Omit<Layout<keyof typeof REQUIRED, keyof typeof OPTIONAL>, "format"> = {
  required: REQUIRED,
  optional: OPTIONAL,
  unread: (column) => /^(?:Description(?: \d)?|Ms description|Customer .+|Invoice ID)$/.test(column),
  // Descriptions hold what a shop wrote for its customer.
  personal: (column) => /^(?:Description|Ms description|Customer )/.test(column),
};

type Record = CsvRecord<keyof typeof REQUIRED | keyof typeof OPTIONAL>;

function delimiterOf(head: string): "," | ";" {
  return firstLine(head).includes(";") ? ";" : ",";
}

async function* read(source: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const { head, file } = await peek(source, HEAD_BYTES);
  const format = { delimiter: delimiterOf(head), encoding: "utf-8" } as const;
  for await (const { drift, records } of readRecords(file, { ...LAYOUT, format })) {
    yield [...drift, ...records.flatMap((record) => readingsOf(record, () => eventOf(record)))];
  }
}

const HEAD_BYTES = 4_096;
const ZONE = "Europe/Amsterdam";
/** A payment of one id comes again as its status moves, and a dispute when it is won. */
const IDENTITY = ["id", "type", "direction", "status"] as const;
const DIRECTIONS: Readonly<{ [Letter in string]: 1n | -1n }> = { c: 1n, d: -1n };

function eventOf(record: Record): ProviderEvent {
  const gross = signedAmount(record);
  const type = meaningIn(TYPES, "transaction type", record.text("type"));
  const kind = gross.amountMinor > 0n ? (type.credit ?? type.kind) : type.kind;
  const status = meaningIn(STATUSES, "status", record.text("status"));
  checkDirection(kind, gross);
  const occurredAt = timeOf(record.text("completed"));
  const id = record.text("id");
  const facts = {
    kind,
    provider: "multisafepay",
    account: record.text("account") || "default",
    ...(id !== "" && {
      identity: identityOf(record, kind),
    }),
    ...(ABOUT_PAYMENTS.has(kind) ? referencesOf(record, kind) : {}),
    occurredAt,
    amount: { ...gross, amountMinor: gross.amountMinor < 0n ? -gross.amountMinor : gross.amountMinor },
    rawStatus: `${record.text("type")} ${record.text("status")}`,
  };
  const booking = status.moves && { booking: bookingOf(occurredAt, gross, kind === "PAYOUT" ? id : "") };
  if (ABOUT_PAYMENTS.has(kind)) {
    const outcome = kind !== "REFUND_REVERSAL" && { outcome: status.outcome };
    return { ...facts, ...instrumentOf(record.text("method"), merchantFacts(record)), ...outcome, ...booking };
  }
  if (!booking)
    throw new AppError("INVALID_INPUT", `a ${record.text("type")} that is ${record.text("status")} is no money yet`);
  return { ...facts, family: "ACQUIRER", ...booking };
}

/** A payout is known as `multisafepay-closing-balances` knows it, so that two reports of it are never two payouts. */
function identityOf(record: Record, kind: EventKind): string {
  if (kind === "PAYOUT") return `payout|${record.text("id")}`;
  return IDENTITY.map((column) => record.text(column))
    .join("|")
    .toLowerCase();
}

/** Cents are told from thousands by the last sign: "1.250" could be either, and is refused. */
function signedAmount(record: Record): Money {
  const sign = meaningIn(DIRECTIONS, "direction", record.text("direction"));
  const text = record.text("amount");
  const currency = currencyOf(record.text("currency") || "EUR");
  if (/^\d{1,3}[.,]\d{3}$/.test(text)) throw new AppError("INVALID_AMOUNT", `"${text}" may be thousands or decimals`);
  const { amountMinor } = parseAmount(text, currency, /,\d{1,2}$/.test(text) ? "," : ".");
  if (amountMinor < 0n) throw new AppError("INVALID_AMOUNT", `the amount ${text} has a sign beside its C or D`);
  return { amountMinor: amountMinor * sign, currency };
}

function timeOf(text: string): Instant {
  return zonedInstant(text.length === 10 ? `${text} 00:00:00` : text, ZONE);
}

function bookingOf({ at }: Instant, gross: Money, payout: string): Booking {
  const day = businessDateOf(at, ZONE);
  return {
    batch: payout || day,
    bookingDate: day,
    ...(payout !== "" && { payoutReference: payout }),
    gross,
    fees: {},
    net: gross,
  };
}

const ABOUT_PAYMENTS: ReadonlySet<EventKind> = new Set([
  "SALE",
  "REFUND",
  "REFUND_REVERSAL",
  "CHARGEBACK",
  "CHARGEBACK_REVERSAL",
]);

function referencesOf(record: Record, kind: EventKind): Pick<ProviderEvent, "reference" | "originalReference"> {
  const [id, related] = [record.text("id"), record.text("related")];
  return {
    ...(id !== "" && { reference: kind === "CHARGEBACK_REVERSAL" ? `${id}-reversed` : id }),
    ...(related !== "" && kind !== "SALE" && { originalReference: related }),
  };
}

function merchantFacts(record: Record) {
  const merchantReference = record.text("merchantReference");
  return merchantReference === "" ? {} : { merchantReference };
}
