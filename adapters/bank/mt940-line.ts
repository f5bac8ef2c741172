import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Money } from "../../subgraphs/shared/money.ts";
import { calendarDate } from "../../subgraphs/shared/time.ts";
import { amountOf, negated, referenceOf } from "./entries.ts";

/** What a `:61:` says. */
export type StatementLine = {
  readonly valueDate: string;
  readonly bookingDate: string;
  readonly amount: Money;
  readonly reversal: boolean;
  /** `NTRF`, `N062`: how the bank calls the kind of payment. */
  readonly code: string;
  readonly ownReference: string | undefined;
  readonly bankReference: string | undefined;
};

/**
 * Value date, entry date without a year, direction, a letter of the currency, amount, kind, references. Throws
 * INVALID_INPUT where that is not what stands there, INVALID_AMOUNT.
 */
export function statementLine(lines: readonly string[], currency: string): StatementLine {
  const text = joined(lines);
  const groups = LINE.exec(text)?.groups;
  if (!groups) throw new AppError("INVALID_INPUT", `":61:${text.slice(0, 30)}" is not a statement line`);
  const { value = "", entry, direction = "", amount = "", code = "", rest = "" } = groups;
  const valueDate = valueDay(value);
  const isDebit = direction === "D" || direction === "RC";
  const [, own = "", bank = ""] = /^(.{0,16}?)(?:\/\/([^\s/]{1,16}).*|\s{2,}.*|\/.*|(?<=^.{16}).*)?$/s.exec(rest) ?? [];
  return {
    valueDate,
    bookingDate: entry === undefined ? valueDate : entryDay(entry, valueDate),
    amount: negated(amountOf(amount.replace(",", "."), currency), isDebit),
    reversal: direction.startsWith("R"),
    code,
    ownReference: referenceOf(own),
    bankReference: referenceOf(bank),
  };
}

const LINE =
  /^(?<value>\d{6})(?<entry>\d{4})?(?<direction>R?[CD])[A-Z]?(?<amount>\d+(?:,\d*)?) ?(?<code>[NFS][A-Z0-9]{3})(?<rest>.*)$/s;

/**
 * The line as one text. Its second line holds details that are not kept, unless a bank broke the first in the middle: in
 * its amount, or in the digits of its reference.
 */
function joined([first = "", ...others]: readonly string[]): string {
  let text = first;
  for (const line of others) {
    const isBroken = !LINE.test(text) || (/\/\/\w{1,15}$/.test(text) && /^\d{1,5}$/.test(line));
    if (!isBroken) break;
    text += line;
  }
  return text;
}

/** A day of 30 or less: banks that count interest in months of 30 days write 30 February and mean its last day. */
function valueDay(text: string): string {
  const [, year = "", day = ""] = /^(\d\d)02(29|30)$/.exec(text) ?? [];
  if (day === "") return calendarDate(`20${text}`, "YYYYMMDD");
  const isLeap = Number(year) % 4 === 0;
  return `20${year}-02-${isLeap ? "29" : "28"}`;
}

/** The entry date has no year: it is the one of the value date, or of the year before or after, whichever is nearest. */
function entryDay(text: string, valueDate: string): string {
  const year = Number(valueDate.slice(0, 4));
  const at = Date.parse(valueDate);
  const days = [year, year - 1, year + 1].flatMap((candidate) => {
    try {
      return [calendarDate(`${candidate}${text}`, "YYYYMMDD")];
    } catch {
      return [];
    }
  });
  const [nearest] = days.sort((a, b) => Math.abs(Date.parse(a) - at) - Math.abs(Date.parse(b) - at));
  if (nearest === undefined) throw new AppError("INVALID_INPUT", `"${text}" is not an entry date: write it as MMDD`);
  return nearest;
}

/** A balance: direction, date, currency, amount. Throws INVALID_INPUT. */
export function balanceOf(text: string, currencyOf: (code: string) => string): Money & { readonly date: string } {
  const [, direction = "", day = "", currency = "", amount = ""] =
    /^([CD])(\d{6})([A-Z]{3})(\d+(?:,\d*)?)\s*$/.exec(text) ?? [];
  if (amount === "") throw new AppError("INVALID_INPUT", `"${text.slice(0, 30)}" is not a balance`);
  const date = valueDay(day);
  const code = currencyOf(currency);
  return { ...negated(amountOf(amount.replace(",", "."), code), direction === "D"), date };
}
