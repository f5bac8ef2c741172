import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Outcome, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, negateMoney, parseAmount } from "../../subgraphs/shared/money.ts";
import { businessDateOf, calendarDate, epochMillis } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, Row, SettlementAdapter } from "../adapter.ts";
import { paymentOf } from "../ccv-pay/payment.ts";
import { outcomeOf } from "../ccv-pay/status.ts";
import { CcvEnd, CcvTransaction } from "../ccv-pay/transaction.ts";
import { withoutPersonalData } from "../readers/card.ts";
import { type JsonRecord, readJson } from "../readers/json.ts";
import { type Meaning, rowOf } from "../readers/rows.ts";

/**
 * Transactions of CCV's Payment API, one object a line or one JSON array. The object is CCV's, from their public
 * documentation: amounts are JSON numbers in major units, currencies lower case, times epoch milliseconds. Three things
 * are ours, because CCV publishes no file format: `account` (the API account it was read from), `paidout…` on every
 * type where CCV documents it for refunds only, and the last line `{"record":"end","count":n}`, without which a file of
 * lines is refused, since one cut at a line end looks whole.
 */
export const adapter: SettlementAdapter = { name: "ccv-pay", provider: "ccv-pay", accepts, read };

function accepts(head: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*\[?\s*\{(?!\s*"record")/.test(head) && KEYS.every((key) => head.includes(key));
}

const KEYS = ['"reference"', '"type"', '"status"', '"lastUpdate"'];

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  let count = 0n;
  let declared: bigint | undefined;
  let closed = false;
  for await (const chunk of readJson(file)) {
    const rows: Row[] = [];
    closed ||= chunk.closed;
    for (const record of chunk.records) {
      const end = CcvEnd.safeParse(record.value);
      if (declared !== undefined) throw trailing(record.line);
      if (end.success) declared = BigInt(end.data.count);
      else rows.push(readRecord(record));
    }
    count += BigInt(rows.length);
    if (rows.length > 0) yield rows;
  }
  if (declared === undefined && !closed) {
    throw new AppError("FILE_REJECTED", 'the last line is not {"record":"end",…}; the file is cut, fetch it again');
  }
  if (declared !== undefined)
    yield [{ kind: "control", total: { name: "transactions", expected: declared, actual: count } }];
}

function trailing(line: number): AppError {
  return new AppError(
    "FILE_REJECTED",
    `line ${line} stands after the end line; the file is two files, send each alone`,
  );
}

function readRecord({ line, raw, value }: JsonRecord): Row {
  return rowOf({ line, raw: withoutPersonalData(raw) }, () => meaningOf(CcvTransaction.parse(value)));
}

/** `about: "original"` events have no life of their own; `sign` is the direction of the money when it is paid out. */
type TypeRule = { readonly kind: EventKind; readonly sign: 1 | -1; readonly about?: "original" | "settlement" };

const TYPES: ReadonlyMap<string, TypeRule> = new Map<string, TypeRule>([
  ["sale", { kind: "SALE", sign: 1 }],
  ["authorise", { kind: "AUTHORISATION", sign: 1 }],
  ["capture", { kind: "CAPTURE", sign: 1, about: "original" }],
  ["reversal", { kind: "CANCELLATION", sign: -1, about: "original" }],
  ["refund", { kind: "REFUND", sign: -1 }],
  ["auto_refund", { kind: "REFUND", sign: -1 }],
  ["credit", { kind: "CREDIT", sign: -1 }],
  ["chargeback", { kind: "CHARGEBACK", sign: -1 }],
  ["chargeback_reversal", { kind: "CHARGEBACK_REVERSAL", sign: 1 }],
  ["collection", { kind: "COLLECTION", sign: -1, about: "settlement" }],
  ["disbursement", { kind: "DISBURSEMENT", sign: 1, about: "settlement" }],
]);

const NO_MONEY: Readonly<Record<string, string>> = {
  token: "a stored card, no payment",
  vault_store: "a stored card, no payment",
  vault_usage: "a stored card, no payment",
  validate: "a card check, no payment",
  release: "the rest of an authorisation let go; the capture says what was paid",
};

function meaningOf(transaction: CcvTransaction): Meaning {
  const type = transaction.type.toLowerCase();
  const reason = NO_MONEY[type];
  if (reason) return { skipped: `${type}: ${reason}` };
  if (transaction.childReferenceId) return { skipped: `landing page of payment ${transaction.childReferenceId}` };
  const rule = TYPES.get(type);
  if (!rule) throw new AppError("INVALID_INPUT", `the type "${type.slice(0, 40)}" is not known; add it to the adapter`);
  const currency = currencyOf(transaction.currency);
  const amount = parseAmount(transaction.amount, currency, ".");
  if (amount.amountMinor < 0n) throw new AppError("INVALID_AMOUNT", `the amount ${transaction.amount} is below zero`);
  const outcome = statusOf(transaction, rule);
  const booking = outcome?.status === "SUCCESS" || !outcome ? bookingOf(transaction, amount, rule) : undefined;
  if (rule.about === "original" && transaction.status.toLowerCase() !== "success") {
    return { skipped: `${type} ${transaction.status}: the original stays as it was` };
  }
  if (rule.about === "settlement" && !booking) return { skipped: `${type}: not on a payout yet` };
  return { ...factsOf(transaction, rule), amount, ...(outcome && { outcome }), ...(booking && { booking }) };
}

/** Kinds that go back to a sale. A sale may name an initial transaction too: the first of a series, not its original. */
const LINKED: ReadonlySet<EventKind> = new Set(["REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL"]);

type Facts = Omit<ProviderEvent, "amount" | "outcome" | "booking">;

function factsOf(transaction: CcvTransaction, { kind, about }: TypeRule): Facts {
  const { reference, details, lastUpdate, paidoutReference } = transaction;
  const original = transaction.originalReference ?? details?.initialTransactionId;
  if (about === "original" && !original) {
    throw new AppError("INVALID_INPUT", `${reference} does not say which transaction it belongs to`);
  }
  const subject = about === "original" ? original : about === "settlement" ? undefined : reference;
  // Being paid out does not always move lastUpdate; without the payout here, that news would look like a collision.
  const state = `${transaction.type}|${transaction.status}`.toLowerCase();
  const identity = [reference, state, lastUpdate, paidoutReference].filter(Boolean).join("|");
  return {
    kind,
    family: "CCV_PAY",
    provider: "ccv-pay",
    ...(transaction.account && { account: transaction.account }),
    ...(details?.terminalId && { terminal: details.terminalId }),
    identity,
    ...(subject && { reference: subject }),
    ...(original && LINKED.has(kind) && { originalReference: original }),
    occurredAt: epochMillis(transaction.created),
    payment: paymentOf(transaction, currencyOf(transaction.currency)),
    rawStatus: [transaction.type, transaction.status, transaction.failureCode].filter(Boolean).join(" "),
  };
}

/** Undefined for misc. costs and payments, which are money of a payout and no transactions. */
function statusOf(transaction: CcvTransaction, { kind, about }: TypeRule): Outcome | undefined {
  if (about === "settlement") return undefined;
  const outcome = outcomeOf(transaction.status.toLowerCase(), transaction.failureCode);
  const sequence = BigInt(epochMillis(transaction.lastUpdate).at.getTime());
  if (outcome.status !== "SUCCESS") return { ...outcome, sequence };
  // Authorised money is reserved, not taken; a reversal lets it go.
  if (kind === "AUTHORISATION") return { status: "PROCESSING", certainty: "INDETERMINATE", sequence };
  if (kind === "CANCELLATION") return { status: "CANCELLED", certainty: "DEFINITIVE", sequence };
  return { ...outcome, sequence };
}

/** CCV pays out what was paid, whole; its fees come as collections of their own. */
function bookingOf(transaction: CcvTransaction, amount: Money, { kind, sign }: TypeRule): Booking | undefined {
  const reference = transaction.paidoutReference;
  if (!reference || kind === "CANCELLATION" || kind === "AUTHORISATION") return undefined;
  const gross = sign === 1 ? amount : negateMoney(amount);
  const bookingDate = paidOutOn(transaction.paidoutDate ?? transaction.lastUpdate);
  return { batch: reference, bookingDate, payoutReference: reference, gross, fees: {}, net: gross };
}

function paidOutOn(text: string): string {
  if (text.includes("-")) return calendarDate(text.slice(0, 10), "YYYY-MM-DD");
  return businessDateOf(epochMillis(text).at, "Europe/Brussels");
}
