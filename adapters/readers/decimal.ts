import { exponentOf, parseAmount } from "../../subgraphs/shared/money.ts";

/**
 * Minor units of a cell with a decimal point; blank is zero, and ".11", as spreadsheets write it, is 0.11. Plain digits
 * are counted here, since a large file holds millions of them; whatever looks different goes to `parseAmount`, which
 * reads it or throws INVALID_AMOUNT with the reason.
 */
export function minorUnitsOf(text: string, currency: string): bigint {
  if (text === "") return 0n;
  const exponent = exponentOf(currency);
  let units = 0;
  let decimals = -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= ZERO && code <= NINE) {
      units = units * 10 + (code - ZERO);
      if (decimals >= 0) decimals += 1;
    } else if (code === POINT && decimals === -1 && index > 0) {
      decimals = 0;
    } else {
      return parseAmount(text.startsWith(".") ? `0${text}` : text, currency, ".").amountMinor;
    }
  }
  // A point without digits after it, or decimals the currency may not have, are for the strict reader to judge.
  if (text.length > SAFE_DIGITS || decimals === 0 || exponent > 2 || decimals > exponent) {
    return parseAmount(text, currency, ".").amountMinor;
  }
  return BigInt(units * SCALES[exponent - Math.max(decimals, 0)]!);
}

const ZERO = 48;
const NINE = 57;
const POINT = 46;
/** Thirteen digits and two decimals to fill stay below 2^53. */
const SAFE_DIGITS = 13;
const SCALES = [1, 10, 100];
