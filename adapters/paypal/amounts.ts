import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf, exponentOf, formatDecimal, parseMinor } from "../../subgraphs/shared/money.ts";

export type Direction = "CR" | "DR";

/**
 * Minor units of an amount of PayPal's: whole digits without sign, of which the last two are decimals in every currency.
 * ¥150 is written 15000; a fraction of a yen throws INVALID_AMOUNT, since nobody can have paid it.
 */
export function impliedCents(text: string, currency: string): bigint {
  if (!/^\d+$/.test(text)) {
    throw new AppError(
      "INVALID_AMOUNT",
      `"${text.slice(0, 40)}" is not an amount: PayPal writes digits without a sign`,
    );
  }
  const cents = parseMinor(text, currency).amountMinor;
  const exponent = exponentOf(currency);
  if (exponent >= 2) return parseMinor(`${cents}${"0".repeat(exponent - 2)}`, currency).amountMinor;
  const scale = 10n ** BigInt(2 - exponent);
  if (cents % scale === 0n) return cents / scale;
  throw new AppError(
    "INVALID_AMOUNT",
    `"${text}" has decimals that ${currency} does not; ask PayPal which amount holds`,
  );
}

export type Amounts = { readonly currency: string; readonly gross: bigint; readonly fee: bigint; readonly net: bigint };

type AmountCells = {
  readonly gross: string;
  readonly currency: string;
  readonly direction: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly feeDirection: string;
};

/** Gross and fee, signed from the merchant's side by their CR and DR. Throws INVALID_AMOUNT, CURRENCY_MISMATCH. */
export function amountsOf(cells: AmountCells): Amounts {
  const currency = currencyOf(cells.currency);
  const gross = signed(impliedCents(cells.gross, currency), directionOf(cells.direction));
  const fee = cells.fee === "" ? 0n : impliedCents(cells.fee, currency);
  if (fee === 0n) return { currency, gross, fee, net: gross };
  if (currencyOf(cells.feeCurrency) !== currency) {
    throw new AppError(
      "CURRENCY_MISMATCH",
      `the fee is in ${cells.feeCurrency}, its payment in ${currency}; ask PayPal which holds`,
    );
  }
  const signedFee = signed(fee, directionOf(cells.feeDirection));
  return { currency, gross, fee: signedFee, net: gross + signedFee };
}

function directionOf(text: string): Direction {
  if (text === "CR" || text === "DR") return text;
  throw new AppError("INVALID_AMOUNT", `"${text.slice(0, 40)}" is neither CR nor DR; whose money it is cannot be told`);
}

function signed(amount: bigint, direction: Direction): bigint {
  return direction === "CR" ? amount : -amount;
}

/** An amount as people write it, for sentences. */
export function shown(amountMinor: bigint, currency: string): string {
  return `${formatDecimal({ amountMinor, currency })} ${currency}`;
}
