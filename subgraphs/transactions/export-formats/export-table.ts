import { exponentOf } from "../../shared/money.ts";
import type { CellKind } from "../exports/export-columns.ts";
import { type ExportLocale, valueWord } from "./export-words.ts";

/** A column as a file shows it. */
export type TableColumn = {
  readonly label: string;
  readonly kind: CellKind;
  /** In points of a printed page. */
  readonly width: number;
};

/**
 * What a file is made of, whatever its format. `facts` are known before the first row: they come from the same snapshot.
 * A row is the currency of its money, the one that it was settled in, and then one text for each column, "" for nothing.
 */
export type ExportTable = {
  readonly title: string;
  /** What the part is called that tells of the file itself. */
  readonly aboutTitle: string;
  readonly locale: ExportLocale;
  readonly columns: readonly TableColumn[];
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly rowCount: bigint;
  readonly rows: AsyncIterable<readonly ExportRow[]>;
  /** What stands at the head and the foot of each printed page: the clock of its times; which export it is. */
  readonly header: string;
  readonly footer: string;
  /** Whether a CSV begins with a byte order mark, without which Excel takes it for another encoding. */
  readonly bom: boolean;
};

export type ExportRow = readonly string[];

/** Where the cells of a row begin. */
export const FIRST_CELL = 2;
const CURRENCY = 0;
const SETTLED_CURRENCY = 1;

/** The decimal number that a money cell is, by its currency's exponent: "1250" EUR is "12.50". */
export function moneyText(row: ExportRow, kind: "money" | "settledMoney", minor: string, decimal: "." | ","): string {
  const exponent = exponentOf(currencyOfCell(row, kind));
  if (exponent === 0) return minor;
  const negative = minor.charCodeAt(0) === MINUS;
  const digits = (negative ? minor.slice(1) : minor).padStart(exponent + 1, "0");
  return `${negative ? "-" : ""}${digits.slice(0, -exponent)}${decimal}${digits.slice(-exponent)}`;
}

const MINUS = 45;

export function currencyOfCell(row: ExportRow, kind: "money" | "settledMoney"): string {
  return row[kind === "money" ? CURRENCY : SETTLED_CURRENCY] ?? "";
}

/** The clock's own time, "2026-10-25 02:30:00", of PostgreSQL's text of an instant, which may have a fraction. */
export const clockText = (instant: string): string => instant.slice(0, CLOCK_LENGTH);

/** How far that clock was ahead of UTC, as "UTC+02:00": a plain "+02:00" would be a formula. */
export function offsetText(instant: string): string {
  const offset = /[+-]\d\d(?::\d\d)?/.exec(instant.slice(CLOCK_LENGTH))?.[0] ?? "+00";
  return `UTC${offset.length === 3 ? `${offset}:00` : offset}`;
}

const CLOCK_LENGTH = "2026-10-25 02:30:00".length;

/** What a word or a truth is in the file's language, kept: a million cells have a dozen words. */
export function createWordReader(locale: ExportLocale): (value: string) => string {
  const known = new Map<string, string>([
    ["t", valueWord("true", locale)],
    ["f", valueWord("false", locale)],
  ]);
  return (value) => {
    let word = known.get(value);
    if (word === undefined) {
      word = valueWord(value, locale);
      known.set(value, word);
    }
    return word;
  };
}

/** Languages that write a comma before the decimals, and so a semicolon between cells. */
export function decimalSign(locale: ExportLocale): "." | "," {
  return locale === "EN" ? "." : ",";
}
