import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Fees, Outcome, PaymentFacts } from "../../subgraphs/shared/event.ts";
import { formatDecimal } from "../../subgraphs/shared/money.ts";
import { isArn } from "../adyen/payment.ts";
import { cardDigits } from "../readers/card.ts";

export const SUCCEEDED: Outcome = { status: "SUCCESS", certainty: "DEFINITIVE" };

/** What Amex keeps of a gross amount: positive where it is kept, as every format of theirs writes it. */
export type Deductions = { readonly discount: bigint; readonly serviceFee: bigint; readonly tax: bigint };

export const NO_DEDUCTIONS: Deductions = { discount: 0n, serviceFee: 0n, tax: 0n };

export type Sum = { readonly gross: bigint; readonly net: bigint; readonly deductions: Deductions };

export function deductedOf({ discount, serviceFee, tax }: Deductions): bigint {
  return discount + serviceFee + tax;
}

/** Throws INVALID_AMOUNT with the figures unless gross less the deductions is net. */
export function checkSum({ gross, net, deductions }: Sum, currency: string): void {
  const deducted = deductedOf(deductions);
  if (gross - deducted === net) return;
  const [from, by, to] = [gross, deducted, net].map((amountMinor) => formatDecimal({ amountMinor, currency }));
  throw new AppError("INVALID_AMOUNT", `gross ${from} less deductions of ${by} does not make net ${to} ${currency}`);
}

/** The money of a payment that one line of it is; deductions become fees of the merchant's. */
export function bookingOf(
  { gross, net, deductions }: Sum,
  payment: {
    readonly batch: string;
    readonly reference?: string | undefined;
    readonly day: string;
    readonly currency: string;
  },
): Booking {
  const { currency } = payment;
  const fees: Fees = {
    ...(deductions.discount !== 0n && { commission: -deductions.discount }),
    ...(deductions.serviceFee !== 0n && { markup: -deductions.serviceFee }),
    ...(deductions.tax !== 0n && { tax: -deductions.tax }),
  };
  return {
    batch: payment.batch,
    bookingDate: payment.day,
    ...(payment.reference !== undefined && { payoutReference: payment.reference }),
    gross: { amountMinor: gross, currency },
    fees,
    net: { amountMinor: net, currency },
  };
}

type CardFields = {
  readonly card: string;
  readonly approval?: string;
  readonly merchantReference?: string;
  readonly acquirerReference?: string;
};

export function paymentOf({
  card,
  approval = "",
  merchantReference = "",
  acquirerReference = "",
}: CardFields): PaymentFacts {
  return {
    type: "CREDIT_CARD",
    method: "amex",
    brand: "amex",
    acquirer: "amex",
    ...cardDigits(card),
    ...(approval !== "" && { authorisationCode: approval }),
    ...(merchantReference !== "" && { merchantReference }),
    ...(isArn(acquirerReference) && { arn: acquirerReference }),
  };
}

/** A reference that rows may be told apart by. Spreadsheets turn long digits into 7.45E+22, which names many. */
export function keyOf(text: string): string | undefined {
  const key = text.trim();
  return key === "" || /^0+$/.test(key) || /^\d[.,]?\d*E\+?\d+$/i.test(key) ? undefined : key;
}

export function magnitude(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}
