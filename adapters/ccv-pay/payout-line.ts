import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, formatDecimal, type Money, parseAmount, parseMinor } from "../../subgraphs/shared/money.ts";
import { calendarDate, instantOf, zonedInstant } from "../../subgraphs/shared/time.ts";
import { meaningIn } from "../readers/closed-list.ts";
import type { CsvRow } from "../readers/csv.ts";
import { LINKED } from "./event.ts";
import { instrumentOf } from "./payment.ts";
import { PAYMENT_TYPES } from "./types.ts";

/** What the file's first record says of all that follow. */
export type PayoutHeader = { readonly account: string; readonly currency: string };

/** One transfer to one bank account of the merchant's; `amount` is what CCV declares, `lines` how many make it up. */
export type CcvPayout = {
  readonly reference: string;
  /** The S3G account that the money was collected on. */
  readonly collectedOn: string;
  readonly fundsDay: string;
  readonly valueDate: string;
  readonly lines: bigint;
  readonly amount: Money;
};

export function headerOf({ cells }: CsvRow): PayoutHeader {
  const [, , version = "", account = "", , , currency = ""] = cells;
  if (version !== "1")
    throw new AppError("INVALID_INPUT", `version ${version.slice(0, 10)} of the format is not known`);
  if (account === "") throw new AppError("INVALID_INPUT", "the header names no account");
  return { account, currency: currencyOf(currency) };
}

export function payoutOf({ cells }: CsvRow, { currency }: PayoutHeader): CcvPayout {
  const [, reference = "", collectedOn = "", fundsDay = "", valueDate = "", lines = "", amount = ""] = cells;
  if (reference === "") throw new AppError("INVALID_INPUT", "a payout has no reference");
  const payout = {
    reference,
    collectedOn,
    fundsDay: calendarDate(fundsDay, "YYYY-MM-DD"),
    valueDate: calendarDate(valueDate, "YYYY-MM-DD"),
    lines: parseMinor(lines, currency).amountMinor,
    amount: parseAmount(amount, currency, "."),
  };
  if ([0, 6].includes(new Date(`${payout.fundsDay}T00:00:00Z`).getUTCDay())) {
    throw new AppError(
      "INVALID_INPUT",
      `${payout.fundsDay} is no bank day: what comes in from Friday is paid on Monday`,
    );
  }
  return payout;
}

/** A line moves the merchant's balance by its signed amount, and nothing is kept of it: costs are lines of their own. */
export function lineOf({ cells }: CsvRow, header: PayoutHeader, payout: CcvPayout, amount: Money): ProviderEvent {
  const [, reference = "", original = "", type = "", method = "", brand = "", time = "", order = ""] = cells;
  const { kind, sign, about } = meaningIn(LINE_TYPES, "type", type);
  if (reference === "") throw new AppError("INVALID_INPUT", "the line has no transaction");
  if (amount.amountMinor !== 0n && (amount.amountMinor > 0n ? 1 : -1) !== sign) {
    throw new AppError("INVALID_AMOUNT", `a ${type} moves money the other way than ${formatDecimal(amount)}`);
  }
  if (about === "original" && original === "") {
    throw new AppError("INVALID_INPUT", `${reference} does not say which transaction it belongs to`);
  }
  const subject = about === "original" ? original : about === "settlement" ? undefined : reference;
  return {
    kind,
    family: "CCV_PAY",
    provider: "ccv-pay",
    account: header.account,
    identity: ["payout-line", payout.reference, type.toLowerCase(), reference].join("|"),
    ...(subject && { reference: subject }),
    ...(LINKED.has(kind) && original !== "" && { originalReference: original }),
    occurredAt: instantOf(time),
    amount: { ...amount, amountMinor: amount.amountMinor < 0n ? -amount.amountMinor : amount.amountMinor },
    booking: {
      batch: payout.reference,
      bookingDate: payout.fundsDay,
      valueDate: payout.valueDate,
      payoutReference: payout.reference,
      gross: amount,
      fees: {},
      net: amount,
    },
    payment: {
      ...(method !== "" && instrumentOf(method, brand === "" ? undefined : brand)),
      ...(method !== "" && { providerMethod: method }),
      ...(order !== "" && { merchantReference: order }),
    },
    rawStatus: type,
  };
}

/** The money leaving for the bank. */
export function transferOf(payout: CcvPayout, { account }: PayoutHeader): ProviderEvent {
  const { reference, fundsDay, valueDate, amount } = payout;
  const leaving = { ...amount, amountMinor: -amount.amountMinor };
  return {
    kind: "PAYOUT",
    family: "CCV_PAY",
    provider: "ccv-pay",
    account,
    identity: `payout|${reference}`,
    occurredAt: zonedInstant(`${fundsDay} 00:00:00`, "Europe/Brussels"),
    amount: { ...amount, amountMinor: amount.amountMinor < 0n ? -amount.amountMinor : amount.amountMinor },
    booking: {
      batch: reference,
      bookingDate: fundsDay,
      valueDate,
      payoutReference: reference,
      gross: leaving,
      fees: {},
      net: leaving,
    },
    rawStatus: "P",
  };
}

/** What can stand on a payout: an authorisation and what lets it go move nothing. */
const LINE_TYPES = Object.fromEntries(
  [...PAYMENT_TYPES].filter(([, { kind }]) => kind !== "AUTHORISATION" && kind !== "CANCELLATION"),
);
