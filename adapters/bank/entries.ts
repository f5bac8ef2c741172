import { AppError } from "../../subgraphs/shared/errors.ts";
import { exponentOf, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import type { Reading } from "../adapter.ts";
import { minorUnitsOf } from "../readers/decimal.ts";

/**
 * An amount in digits and a decimal point. Banks write more decimals than the currency has, as zeros ("8.850"), or none
 * behind the point. Throws INVALID_AMOUNT, UNKNOWN_CURRENCY.
 */
export function amountOf(text: string, currency: string): Money {
  if (CENTS.test(text) && exponentOf(currency) === 2) return { amountMinor: minorUnitsOf(text, currency), currency };
  const [, units = "", decimals = ""] = /^(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  const exponent = exponentOf(currency);
  if (units === "" || /[1-9]/.test(decimals.slice(exponent))) throw notAnAmount(text, currency);
  const fraction = decimals.slice(0, exponent).padEnd(exponent, "0");
  return parseAmount(exponent === 0 ? units : `${units}.${fraction}`, currency, ".");
}

/** What nearly all amounts look like. */
const CENTS = /^\d{1,11}\.\d\d?$/;

function notAnAmount(text: string, currency: string): AppError {
  const message = `"${text.slice(0, 40)}" is not an amount in ${currency}: write digits without a sign`;
  return new AppError("INVALID_AMOUNT", message);
}

export function negated({ amountMinor, currency }: Money, isNegative: boolean): Money {
  return { amountMinor: isNegative ? -amountMinor : amountMinor, currency };
}

/** A reference that says something: banks fill the field with NONREF and NOTPROVIDED where they have none. */
export function referenceOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const reference = plainText(text);
  return reference === "" || (/^[N0]/i.test(reference) && SAYS_NOTHING.test(reference)) ? undefined : reference;
}

const SAYS_NOTHING = /^(?:NON ?REF|NOT ?PROVIDED|0+)$/i;

/** Text in which the line breaks and the padding of a format are single blanks. */
export function plainText(text: string): string {
  return LAYOUT.test(text) ? text.replaceAll(/\s+/g, " ").trim() : text;
}

/** Most texts of most files have none, and are as they stand. */
const LAYOUT = /^\s|\s\s|[^\S ]|\s$/;

/**
 * Identities of the entries of one statement. A bank's reference is unique within the account, or should be: where one
 * statement uses it again, the second entry is another one, as the balances prove, and gets a number.
 */
export class Identities {
  /** An object and no Map: a key of it is a string of its own, where a Map would keep the piece of the file it is from. */
  readonly #uses: Record<string, number> = Object.create(null);

  of(reference: string | undefined): string | undefined {
    if (reference === undefined) return undefined;
    const uses = (this.#uses[reference] ?? 0) + 1;
    this.#uses[reference] = uses;
    return uses === 1 ? reference : `${reference}#${uses}`;
  }
}

/**
 * The number of a statement, counted from 1 each year. Nothing where the bank writes none: 0, a date (`26322`, or the day
 * of the year), or more digits than a year has statements.
 */
export function numbered(text: string, { account, date }: { account: string; date: string }): readonly Reading[] {
  const [, digits = ""] = /^0*(\d{1,5})(?:\/\d{1,5})?$/.exec(text.trim()) ?? [];
  const number = Number(digits);
  const day = dayOfYear(date);
  if (number === 0 || number === day || number === Number(date.slice(2, 4)) * 1_000 + day) return [];
  return [{ kind: "number", statement: { account, date, number: { series: date.slice(0, 4), number } } }];
}

function dayOfYear(date: string): number {
  return Math.round((Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / 86_400_000) + 1;
}

/** The check of a statement by its own balances: what it opens with and what it books make what it closes with. */
export function closing(statement: string, balances: { opening: Money; booked: bigint; closing: Money }): Reading {
  const { opening, booked, closing: expected } = balances;
  const total = {
    name: `statement ${statement} closes`,
    currency: opening.currency,
    expected: expected.amountMinor,
    actual: opening.amountMinor + booked,
  };
  return { kind: "control", total };
}
