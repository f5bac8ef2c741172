import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Fees, Instant, PaymentFacts, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money } from "../../subgraphs/shared/money.ts";
import { zonedInstant, zoneFor } from "../../subgraphs/shared/time.ts";
import type { EventKind, PaymentType } from "../../subgraphs/shared/vocabulary.ts";
import { meaningIn } from "../readers/closed-list.ts";
import { checkDirection } from "../readers/direction.ts";
import { exactOf, rounded } from "../readers/exact.ts";
import { type Instrument, instrumentBehind } from "../vouchers/behind-acquirer.ts";
import type { BreakdownRecord } from "./columns.ts";
import { type RowType, TYPES } from "./types.ts";

/** A row's event, with the exact amounts that its payout is made of: what moved, and what of it was held in reserve. */
export type BreakdownLine = { readonly event: ProviderEvent; readonly exact: bigint; readonly reserve: bigint };

export function lineOf(record: BreakdownRecord): BreakdownLine {
  const currency = currencyOf(record.text("currency"));
  const [gross, deduction, net] = (["gross", "deduction", "net"] as const).map((column) =>
    exactOf(record.text(column)),
  );
  const difference = gross! + deduction! - net!;
  if (difference > NOISE || difference < -NOISE) {
    throw new AppError(
      "INVALID_AMOUNT",
      `gross ${record.text("gross")} and deduction ${record.text("deduction")} do not make net ${record.text("net")}`,
    );
  }
  const reserve = optional(record, "reserve");
  const rawStatus = record.text("type");
  const type = gross === 0n ? FEE : meaningIn(TYPES, "type", rawStatus);
  const money = { gross: rounded(gross!, currency), net: rounded(net! - reserve, currency) };
  checkDirection(type.kind, money.gross);
  const occurredAt = timeOf(record);
  const booking = bookingOf(record, type.kind, { ...money, fees: feesOf(record, money) });
  const about = booking.processingAmount ?? (gross === 0n ? money.net : money.gross);
  const event: ProviderEvent = {
    kind: type.kind,
    provider: "checkoutcom",
    account: record.text("entity"),
    ...referencesOf(record, type),
    ...instrumentOf(record, type.kind),
    occurredAt,
    amount: { amountMinor: about.amountMinor < 0n ? -about.amountMinor : about.amountMinor, currency: about.currency },
    ...(type.outcome && { outcome: type.outcome }),
    booking,
    rawStatus,
  };
  return { event, exact: net! - reserve, reserve };
}

/** Reports are made with floating point; what it leaves in the last digits is no money. */
const NOISE = exactOf("0.000001");

const FEE: RowType = { kind: "FEE" };

function optional(record: BreakdownRecord, column: "scheme" | "interchange" | "tax" | "reserve"): bigint {
  const text = record.text(column);
  return text === "" ? 0n : exactOf(text);
}

/** Each part is rounded alone; the commission takes what that leaves over, so that the row adds up to the cent. */
function feesOf(record: BreakdownRecord, { gross, net }: { gross: Money; net: Money }): Fees {
  const [schemeFee, interchange, tax] = (["scheme", "interchange", "tax"] as const).map((part) => {
    return rounded(optional(record, part), net.currency).amountMinor;
  });
  const commission = net.amountMinor - gross.amountMinor - schemeFee! - interchange! - tax!;
  return { commission, schemeFee: schemeFee!, interchange: interchange!, tax: tax! };
}

/** The lines name their payout as a batch; the payout itself comes with the payouts report. */
function bookingOf(record: BreakdownRecord, kind: EventKind, money: Pick<Booking, "gross" | "fees" | "net">): Booking {
  const day = (record.text("payoutDate") || record.text("available") || record.text("processed")).slice(0, 10);
  const batch = record.text("payout").toUpperCase();
  if (batch === "") throw new AppError("INVALID_INPUT", "the row has no payout id; it belongs to no settlement");
  const shopperCurrency = record.text("shopperCurrency");
  const converted = money.gross.amountMinor !== 0n && shopperCurrency !== "" && shopperCurrency !== money.net.currency;
  return {
    batch,
    bookingDate: zonedInstant(`${day} 00:00:00`, "UTC").at.toISOString().slice(0, 10),
    ...(kind === "PAYOUT" && { payoutReference: batch }),
    ...money,
    ...(converted && {
      processingAmount: rounded(exactOf(record.text("shopperGross")), currencyOf(shopperCurrency)),
      ...(record.text("rate") !== "" && { exchangeRate: record.text("rate") }),
    }),
  };
}

type References = Pick<ProviderEvent, "identity" | "reference" | "originalReference">;

/** A row is one action on a payment. Costs have no identity of their own: several of one action look alike. */
function referencesOf(record: BreakdownRecord, { kind }: RowType): References {
  const [payment, action] = [record.text("payment"), record.text("action")];
  if (kind === "PAYOUT") return { identity: `payout|${record.text("payout").toUpperCase()}` };
  if (!ABOUT_PAYMENTS.has(kind)) return {};
  const identity = action === "" ? {} : { identity: `${action}|${record.text("type")}|${record.text("currency")}` };
  if (kind === "SALE") return { ...identity, ...(payment !== "" && { reference: payment }) };
  return {
    ...identity,
    ...(action !== "" && { reference: action }),
    ...(payment !== "" && { originalReference: payment }),
  };
}

const ABOUT_PAYMENTS: ReadonlySet<EventKind> = new Set([
  ...(["SALE", "REFUND", "REFUND_REVERSAL", "CREDIT"] as const),
  ...(["CHARGEBACK", "SECOND_CHARGEBACK", "CHARGEBACK_REVERSAL"] as const),
]);

function instrumentOf(record: BreakdownRecord, kind: EventKind): Instrument {
  if (!ABOUT_PAYMENTS.has(kind)) return { family: "ACQUIRER" };
  const [method, reference, arn] = [record.text("method"), record.text("reference"), record.text("arn")];
  const payment: PaymentFacts = {
    type: CARD_TYPES[record.text("cardType").toLowerCase()] ?? METHOD_TYPES[method.toLowerCase()] ?? "OTHER",
    method: METHODS[method.toLowerCase()] ?? (method.toLowerCase() || "unknown"),
    acquirer: "checkoutcom",
    ...(reference !== "" && { merchantReference: reference }),
    ...(/^\d{23}$/.test(arn) && { arn }),
  };
  return instrumentBehind(payment, {
    words: [method, record.text("cardCategory"), record.text("cardProduct")],
    maskedPan: record.text("bin"),
  });
}

const METHODS: Readonly<Record<string, string>> = { "american express": "amex", "cartes bancaires": "cartebancaire" };
const CARD_TYPES: Readonly<Record<string, PaymentType>> = {
  credit: "CREDIT_CARD",
  debit: "DEBIT_CARD",
  prepaid: "CARD",
};
const METHOD_TYPES: Readonly<Record<string, PaymentType>> = {
  visa: "CARD",
  mastercard: "CARD",
  "american express": "CREDIT_CARD",
  amex: "CREDIT_CARD",
  maestro: "DEBIT_CARD",
  bancontact: "DEBIT_CARD",
  ideal: "BANK_TRANSFER",
  sofort: "BANK_TRANSFER",
  sepa: "BANK_TRANSFER",
  paypal: "WALLET",
};

/** The report's clock is the entity's, named in a column of newer reports; without it and without UTC it is taken as UTC. */
function timeOf(record: BreakdownRecord): Instant {
  const utc = record.text("processedUtc");
  if (utc !== "") return zonedInstant(utc.replace(/Z$/, ""), "UTC");
  const zone = record.text("zone");
  return zonedInstant(record.text("processed").replace(/Z$/, ""), zone === "" ? "UTC" : zoneFor(zone));
}
