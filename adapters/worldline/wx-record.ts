import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Instant, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, parseMinor } from "../../subgraphs/shared/money.ts";
import { calendarDate, zonedInstant } from "../../subgraphs/shared/time.ts";
import { cardDigits } from "../readers/card.ts";
import { checkDirection } from "../readers/direction.ts";
import { elementAt, textAt, type XmlElement, xmlText } from "../readers/xml-element.ts";
import { paymentOf } from "./payment.ts";
import type { RecordKind } from "./record-kinds.ts";

/** What the report says once for all its records. */
export type WxReport = { readonly filename: string; readonly produced: string };

/** Global Collect's own clock; a record says no zone. */
const ZONE = "Europe/Amsterdam";

/** One DataRecord. */
export class WxRecord {
  readonly merchant: string;
  readonly #element: XmlElement;

  constructor(element: XmlElement) {
    this.#element = element;
    this.merchant = textAt(element, "MerchantID") ?? "";
  }

  text(name: string): string {
    return textAt(this.#element, `PaymentData/${name}`) ?? "";
  }

  get names(): readonly string[] {
    return elementAt(this.#element, "PaymentData")?.children.map(({ name }) => name) ?? [];
  }

  /** As XML without who paid, and with the card number masked even where Worldline forgot to. */
  get raw(): string {
    return xmlText(this.#element).replace(/(<CardNumber>)([^<]*)/, (_, tag: string, number: string) => {
      return tag + (cardDigits(number).maskedPan ?? "");
    });
  }

  /** What the record makes due, or where it makes nothing due, what it is about; signed from the merchant's side. */
  amount(): Money {
    const due = this.text("AmountDue");
    if (due !== "") return parseMinor(due, currencyOf(this.text("CurrencyDue")));
    return parseMinor(this.text("PaymentAmount"), currencyOf(this.text("PaymentCurrency")));
  }

  /**
   * Order, effort and attempt name a payment; payments without an order have the payment reference instead. A refund has
   * the effort it goes back to as a negative number.
   */
  key(effort = textAt(this.#element, "EffortID") ?? ""): string | undefined {
    const order = textAt(this.#element, "OrderID") ?? "";
    const known = order === "" || order === "0" ? this.text("PaymentReference") : order;
    if (known === "" || known === "0") return undefined;
    return [known, effort, textAt(this.#element, "AttemptID") ?? ""].filter((part) => part !== "").join("-");
  }

  get originalKey(): string | undefined {
    return this.key((textAt(this.#element, "EffortID") ?? "").replace(/^-/, ""));
  }
}

export function eventOf(record: WxRecord, is: RecordKind, report: WxReport): ProviderEvent {
  if (record.merchant === "")
    throw new AppError("INVALID_INPUT", "the record names no merchant; ask for the file again");
  const key = record.key();
  const reference = is.own === "dispute" && key !== undefined ? `${key}-${record.text("Recordtype")}` : key;
  const originalReference = is.own ? record.originalKey : undefined;
  const rawStatus =
    `${record.text("Recordcategory")}${record.text("Recordtype")} ${record.text("PaymentStatus")}`.trim();
  const shopper = parseMinor(record.text("PaymentAmount"), currencyOf(record.text("PaymentCurrency")));
  return {
    kind: is.kind,
    family: "ACQUIRER",
    provider: "worldline",
    account: record.merchant,
    ...(key !== undefined && { identity: [rawStatus, key, record.text("DateDue"), shopper.amountMinor].join("|") }),
    ...(reference !== undefined && { reference }),
    ...(originalReference !== undefined && { originalReference }),
    occurredAt: happenedAt(record, is, report),
    amount: { ...shopper, amountMinor: shopper.amountMinor < 0n ? -shopper.amountMinor : shopper.amountMinor },
    ...(is.outcome && { outcome: is.outcome }),
    ...(is.books && { booking: bookingOf(record, is, report, shopper) }),
    payment: paymentOf((name) => record.text(name)),
    rawStatus,
  };
}

/** The file names no fees: what is due is the whole amount, and fees are invoiced. */
function bookingOf(record: WxRecord, { kind }: RecordKind, report: WxReport, shopper: Money): Booking {
  if (record.text("AmountDue") === "") {
    throw new AppError(
      "INVALID_AMOUNT",
      "the record says no amount that is due, and its category moves money; ask Worldline",
    );
  }
  const due = record.amount();
  checkDirection(kind, due);
  return {
    batch: report.filename,
    bookingDate: calendarDate(record.text("DateDue") || report.produced, "YYYY-MM-DD"),
    gross: due,
    fees: {},
    net: due,
    ...(shopper.currency !== due.currency && { processingAmount: shopper }),
  };
}

/** The time of a dispute is that of the payment, so a dispute happened when it became due. */
function happenedAt(record: WxRecord, { own }: RecordKind, { produced }: WxReport): Instant {
  const local = own === "dispute" ? "" : record.text("TransactionDateTime");
  return zonedInstant(local || `${record.text("DateDue") || produced} 00:00:00`, ZONE);
}
