import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Outcome, ProviderEvent, VoucherFacts } from "../../subgraphs/shared/event.ts";
import { formatDecimal, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import { zonedInstant } from "../../subgraphs/shared/time.ts";
import { cardDigits } from "../readers/card.ts";
import { meaningIn } from "../readers/closed-list.ts";
import { exactOf, rounded } from "../readers/exact.ts";
import type { MonizzeHeader, MonizzeItem } from "./monizze-statement.ts";
import { monizzePurse, voucherPayment } from "./purses.ts";

export const ZONE = "Europe/Brussels";

/** What every event of a statement says. */
export function monizzeBase({ merchantNumber }: MonizzeHeader) {
  return { family: "E_VOUCHER", provider: "monizze", account: merchantNumber } as const;
}

type State = { readonly outcome?: Outcome };

/** An approved voucher has no outcome of its own: the terminal reported it, and it succeeds by claiming its line. */
const STATES: Readonly<Record<string, State>> = {
  ok: {},
  ko: { outcome: { status: "REFUSED", certainty: "DEFINITIVE" } },
  void: { outcome: { status: "CANCELLED", certainty: "DEFINITIVE" } },
};

/**
 * A voucher in our words. Approved and on a payout it books; approved and not yet on one it is being processed.
 * @throws AppError for a state that is not known, and for what is no amount
 */
export function monizzeEvent(item: MonizzeItem, purse: string, header: MonizzeHeader): ProviderEvent {
  const { id, terminal, state, payoutRef, originalId, authCode, card, ticket, detail } = item;
  const amount = parseAmount(item.amount, header.currency, ".");
  const isRefund = amount.amountMinor < 0n;
  const { outcome } = meaningIn(STATES, "state", state);
  if (outcome && payoutRef) throw new AppError("INVALID_INPUT", `a voucher with the state "${state}" is paid out`);
  const booking = payoutRef ? bookingOf(item, amount, payoutRef, header) : undefined;
  const voucher = voucherOf(item, purse, header.currency);
  const told = outcome && { ...outcome, ...(detail && { reason: detail.slice(0, 64) }) };
  return {
    kind: isRefund ? "REFUND" : "SALE",
    ...monizzeBase(header),
    ...(terminal && { terminal }),
    identity: [id, state.toLowerCase(), payoutRef ?? ""].join("|"),
    reference: id,
    ...(isRefund && originalId && { originalReference: originalId }),
    occurredAt: zonedInstant(item.date, ZONE),
    amount: { ...amount, amountMinor: isRefund ? -amount.amountMinor : amount.amountMinor },
    ...(told && { outcome: told }),
    ...(!told && !booking && { outcome: { status: "PROCESSING" as const, certainty: "INDETERMINATE" as const } }),
    ...(booking && isRefund && { outcome: { status: "SUCCESS" as const, certainty: "DEFINITIVE" as const } }),
    ...(booking && { booking }),
    payment: {
      ...voucherPayment(voucher),
      ...cardDigits(card),
      ...(authCode && { authorisationCode: authCode }),
      ...(ticket && { ticket }),
    },
    voucher,
    rawStatus: state,
  };
}

/** The exact fee, negative to the merchant where money came in, as `exactOf` reads it. */
export function exactFee({ fee, amount }: Pick<MonizzeItem, "fee" | "amount">): bigint {
  const exact = exactOf(fee);
  if (exact !== 0n && exact < 0n !== amount.trim().startsWith("-")) {
    throw new AppError("INVALID_AMOUNT", `the fee ${fee} goes another way than the amount ${amount}`);
  }
  return -exact;
}

function voucherOf({ requestedAmount }: MonizzeItem, purse: string, currency: string): VoucherFacts {
  return {
    issuer: "MONIZZE",
    purse: monizzePurse(purse),
    ...(requestedAmount !== undefined && { requestedAmount: parseAmount(requestedAmount, currency, ".") }),
  };
}

/** A fee of part of a cent is booked to the nearest cent; what that makes of a payout is a line of its own. */
function bookingOf(item: MonizzeItem, gross: Money, payoutRef: string, { currency, period }: MonizzeHeader): Booking {
  const { amountMinor: commission } = rounded(exactFee(item), currency);
  const net = { amountMinor: gross.amountMinor + commission, currency };
  if (gross.amountMinor > 0n && net.amountMinor < 0n) {
    throw new AppError("INVALID_AMOUNT", `the fee ${item.fee} is more than the voucher of ${formatDecimal(gross)}`);
  }
  return { batch: payoutRef, bookingDate: period.to, payoutReference: payoutRef, gross, fees: { commission }, net };
}
