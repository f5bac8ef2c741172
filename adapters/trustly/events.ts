import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Outcome, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import { meaningIn } from "../readers/closed-list.ts";
import type { CsvRow } from "../readers/csv.ts";
import { checkDirection } from "../readers/direction.ts";
import type { Meaning } from "../readers/rows.ts";
import type { Item } from "./records.ts";

const MOVED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };

type Rule = { readonly kind: EventKind; readonly credit?: EventKind };

/** How a batch settles an item: a return is the payer's bank taking the money back. */
const BATCH_TYPES: Readonly<Record<string, Rule>> = {
  sale: { kind: "SALE" },
  refund: { kind: "REFUND", credit: "REFUND_REVERSAL" },
  return: { kind: "CHARGEBACK", credit: "CHARGEBACK_REVERSAL" },
  reclaim: { kind: "CHARGEBACK", credit: "CHARGEBACK_REVERSAL" },
  reversal: { kind: "CHARGEBACK", credit: "CHARGEBACK_REVERSAL" },
  adjustment: { kind: "ADJUSTMENT" },
  fee: { kind: "FEE" },
};

/** Items that say no batch type go by the transaction's. */
const TYPES: Readonly<Record<string, Rule>> = {
  capture: { kind: "SALE" },
  refund: { kind: "REFUND", credit: "REFUND_REVERSAL" },
  deposit: { kind: "CREDIT" },
};

/** What an item of a funding books, under the trace of the bank transfer that carries it. */
export function bookedOf(item: Item): Meaning {
  const currency = currencyOf(item.currency);
  const gross = parseAmount(item.amount, currency, ".");
  const fee = item.fee === "" ? 0n : parseAmount(item.fee, currency, ".").amountMinor;
  if (item.trace === "") {
    if (gross.amountMinor === 0n && fee === 0n)
      return { skipped: `${item.type} ${item.status}: it is in no funding yet` };
    throw new AppError("INVALID_AMOUNT", `${item.amount} ${currency} of ${item.id} is money without a funding trace`);
  }
  const rule =
    item.batchType === ""
      ? meaningIn(TYPES, "transaction type", item.type)
      : meaningIn(BATCH_TYPES, "batch type", item.batchType);
  const kind = kindOf(rule, item, gross);
  checkDirection(kind, gross);
  const net = { amountMinor: gross.amountMinor + fee, currency };
  const occurredAt = instantOf(item.processed || item.updated || item.created);
  return {
    kind,
    ...ours(item.merchant),
    identity: [item.id, item.type, item.batchType, item.trace].join("|").toLowerCase(),
    ...referencesOf(item, kind),
    occurredAt,
    amount: { amountMinor: gross.amountMinor < 0n ? -gross.amountMinor : gross.amountMinor, currency },
    ...(GOES_BACK.has(kind) && {
      outcome: { ...MOVED, ...(item.reason !== "" && { reason: item.reason.toLowerCase() }) },
    }),
    booking: {
      batch: item.trace,
      bookingDate: occurredAt.at.toISOString().slice(0, 10),
      gross,
      fees: item.fee === "" ? {} : { commission: fee },
      net,
    },
    payment: paymentOf(item),
    rawStatus: [item.type, item.status, item.batchType, item.reason].filter(Boolean).join(" "),
  };
}

function kindOf({ kind, credit }: Rule, item: Item, gross: Money): EventKind {
  if (gross.amountMinor <= 0n || !credit) return kind;
  return item.type.toLowerCase() === "refund" ? "REFUND_REVERSAL" : credit;
}

const GOES_BACK: ReadonlySet<EventKind> = new Set(["REFUND", "CHARGEBACK", "CHARGEBACK_REVERSAL", "CREDIT"]);

/** A return has the id of the payment it takes back: it gets a suffix. */
function referencesOf({ id, original }: Item, kind: EventKind): Pick<ProviderEvent, "reference" | "originalReference"> {
  if (kind === "SALE" || kind === "CREDIT") return { reference: id };
  if (kind === "REFUND" || kind === "REFUND_REVERSAL")
    return { reference: id, ...(original !== "" && { originalReference: original }) };
  if (kind === "CHARGEBACK") return { reference: `${id}-return`, originalReference: id };
  return kind === "CHARGEBACK_REVERSAL" ? { reference: `${id}-return-reversed`, originalReference: id } : {};
}

type Reported = { readonly outcome: Outcome };

/** What Trustly says became of a transaction. A reversed one has succeeded: the money that went back is an item. */
const STATUSES: Readonly<Record<string, Reported>> = {
  new: { outcome: { status: "PROCESSING", certainty: "INDETERMINATE" } },
  pending: { outcome: { status: "PROCESSING", certainty: "INDETERMINATE" } },
  authorized: { outcome: { status: "PROCESSING", certainty: "INDETERMINATE" } },
  processed: { outcome: { status: "PROCESSING", certainty: "INDETERMINATE" } },
  completed: { outcome: MOVED },
  reversed: { outcome: MOVED },
  denied: { outcome: { status: "REFUSED", certainty: "DEFINITIVE", reason: "denied" } },
  failed: { outcome: { status: "FAILED", certainty: "DEFINITIVE", reason: "failed" } },
  expired: { outcome: { status: "FAILED", certainty: "DEFINITIVE", reason: "expired" } },
  canceled: { outcome: { status: "CANCELLED", certainty: "DEFINITIVE", reason: "cancelled" } },
  cancelled: { outcome: { status: "CANCELLED", certainty: "DEFINITIVE", reason: "cancelled" } },
  voided: { outcome: { status: "CANCELLED", certainty: "DEFINITIVE", reason: "voided" } },
};

/** What a transaction of a reconciliation reports; null where its type moves nothing. */
const REPORTED_TYPES: Readonly<Record<string, EventKind | null>> = {
  capture: "SALE",
  refund: "REFUND",
  deposit: "CREDIT",
  authorize: null,
  deferred: null,
  preauth: null,
  void: null,
  cancel: null,
  reclaim: null,
};

export function reportedOf(item: Item): Meaning {
  const kind = meaningIn(REPORTED_TYPES, "transaction type", item.type);
  const { outcome } = meaningIn(STATUSES, "status", item.status);
  if (kind === null) return { skipped: `${item.type}: it moves no money` };
  const amount = parseAmount(item.amount, currencyOf(item.currency), ".");
  return {
    kind,
    ...ours(item.merchant),
    identity: ["reported", item.id, item.type, item.status].join("|").toLowerCase(),
    ...referencesOf(item, kind),
    occurredAt: instantOf(item.created),
    amount: { ...amount, amountMinor: amount.amountMinor < 0n ? -amount.amountMinor : amount.amountMinor },
    outcome,
    payment: paymentOf(item),
    rawStatus: `${item.type} ${item.status}`,
  };
}

/** The bank transfer of a funding; its amount is negative where the merchant had to pay. */
export function fundingOf({ cells }: CsvRow, merchant: string): ProviderEvent {
  const [, , , trace = "", currencyText = "", amountText = "", , date = ""] = cells;
  if (trace === "") throw new AppError("INVALID_INPUT", "a funding without a trace cannot be found at the bank");
  const currency = currencyOf(currencyText);
  const paid = parseAmount(amountText, currency, ".");
  const occurredAt = instantOf(date);
  const net = { amountMinor: -paid.amountMinor, currency };
  return {
    kind: "PAYOUT",
    ...ours(merchant),
    identity: `funding|${trace}|${currency}`,
    occurredAt,
    amount: { amountMinor: paid.amountMinor < 0n ? -paid.amountMinor : paid.amountMinor, currency },
    booking: {
      batch: trace,
      bookingDate: occurredAt.at.toISOString().slice(0, 10),
      payoutReference: trace,
      gross: net,
      fees: {},
      net,
    },
    rawStatus: "funding",
  };
}

function ours(merchant: string) {
  return { family: "ACQUIRER" as const, provider: "trustly", account: merchant };
}

function paymentOf({ merchantReference }: Item): NonNullable<ProviderEvent["payment"]> {
  const facts = { type: "BANK_TRANSFER" as const, method: "trustly", acquirer: "trustly" };
  return merchantReference === "" ? facts : { ...facts, merchantReference };
}
