import { CURRENCY_EXPONENTS } from "./currencies.ts";
import { AppError } from "./errors.ts";

/** An exact amount: minor units (cents, yen, fils) and the ISO 4217 code, upper case. */
export type Money = { readonly amountMinor: bigint; readonly currency: string };

/** Throws UNKNOWN_CURRENCY, so that a `Money` never carries a code whose decimals nobody knows. */
export function money(amountMinor: bigint, currency: string): Money {
  exponentOf(currency);
  return { amountMinor, currency };
}

/** Decimals of a currency by ISO 4217: EUR 2, JPY 0, BHD 3. Throws UNKNOWN_CURRENCY. */
export function exponentOf(currency: string): number {
  if (currency === last?.code) return last.exponent;
  const exponent = CURRENCY_EXPONENTS.get(currency);
  if (exponent === undefined) {
    throw new AppError("UNKNOWN_CURRENCY", `"${shown(currency)}" is not an ISO 4217 currency that money is paid in`);
  }
  return exponent;
}

/** The code in a provider's spelling (`eur`, ` EUR `) as ours. Throws UNKNOWN_CURRENCY. */
export function currencyOf(text: string): string {
  if (text === last?.code) return last.code;
  const code = CURRENCY_EXPONENTS.has(text) ? text : text.trim().toUpperCase();
  last = { code, exponent: exponentOf(code) };
  return code;
}

/** A file's rows are of one currency for long, and to look up a word just cut out of a row costs more than to compare it. */
let last: { readonly code: string; readonly exponent: number } | undefined;

/**
 * Reads an amount in major units, "1.234,56" with `decimal` "," or "-1,234.56" with ".". The other sign may group
 * thousands, and only exactly. Throws INVALID_AMOUNT for everything that is not exactly an amount of that currency:
 * empty text, exponents, more decimals than the currency has, more than PostgreSQL's bigint holds.
 */
export function parseAmount(text: string, currency: string, decimal: "." | ","): Money {
  const exponent = exponentOf(currency);
  const match = AMOUNT[decimal].exec(text.trim());
  if (!match) throw notAnAmount(text, currency, `write digits with "${decimal}" before the decimals`);
  const [, sign = "", units = "", fraction = ""] = match;
  checkDecimals(text, currency, fraction.length, exponent);
  const digits = units.replaceAll(GROUPING[decimal], "") + fraction.padEnd(exponent, "0");
  return { amountMinor: minorUnits(sign, digits, text, currency), currency };
}

/** Reads an amount that is already in minor units: "1250" EUR is € 12.50. Throws INVALID_AMOUNT. */
export function parseMinor(text: string, currency: string): Money {
  exponentOf(currency);
  const match = /^([+-]?)(\d+)$/.exec(text.trim());
  if (!match) throw notAnAmount(text, currency, "write a whole number of minor units");
  const [, sign = "", digits = ""] = match;
  return { amountMinor: minorUnits(sign, digits, text, currency), currency };
}

/** Throws CURRENCY_MISMATCH rather than add two currencies. */
export function addMoney(a: Money, b: Money): Money {
  return { amountMinor: a.amountMinor + sameCurrency(a.currency, b), currency: a.currency };
}

export function negateMoney({ amountMinor, currency }: Money): Money {
  return { amountMinor: -amountMinor, currency };
}

/** The currency is given so that the sum of nothing has one too. Throws CURRENCY_MISMATCH. */
export function sumMoney(currency: string, amounts: Iterable<Money>): Money {
  let total = 0n;
  for (const amount of amounts) total += sameCurrency(currency, amount);
  return money(total, currency);
}

/** Major units with a point and all decimals of the currency: "-12.34" EUR, "1000" JPY. `parseAmount` reads it back. */
export function formatDecimal({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const sign = amountMinor < 0n ? "-" : "";
  const digits = String(amountMinor < 0n ? -amountMinor : amountMinor).padStart(exponent + 1, "0");
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

const AMOUNT = {
  ".": /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/,
  ",": /^([+-]?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?$/,
} as const;

const GROUPING = { ".": ",", ",": "." } as const;

/** What `bigint` columns hold; an amount beyond it is a broken file, not a rich merchant. */
const LARGEST = 2n ** 63n - 1n;
const MOST_DIGITS = 24;

function checkDecimals(text: string, currency: string, given: number, exponent: number): void {
  if (given > exponent) throw notAnAmount(text, currency, `${currency} has ${exponent} decimals, not ${given}`);
  // Two decimals of a currency that has three come from a writer that assumes cents and has rounded the third away.
  if (given === 2 && exponent > 2) throw notAnAmount(text, currency, `${currency} has ${exponent} decimals, not 2`);
}

function minorUnits(sign: string, digits: string, text: string, currency: string): bigint {
  const magnitude = digits.length > MOST_DIGITS ? LARGEST + 1n : BigInt(digits);
  if (magnitude > LARGEST) throw notAnAmount(text, currency, "it is too large to store");
  return sign === "-" ? -magnitude : magnitude;
}

function sameCurrency(currency: string, amount: Money): bigint {
  if (amount.currency === currency) return amount.amountMinor;
  throw new AppError(
    "CURRENCY_MISMATCH",
    `${amount.currency} cannot be added to ${currency}; convert or separate them`,
  );
}

function notAnAmount(text: string, currency: string, why: string): AppError {
  return new AppError("INVALID_AMOUNT", `"${shown(text)}" is not an amount in ${currency}: ${why}`);
}

/** Enough of a foreign text to recognise it; a broken file must not fill the log. */
function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
