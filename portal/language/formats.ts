import { decimalOf, decimalsOf } from "./decimals.ts";
import { type Language, LOCALES } from "./languages.ts";

export type Money = { readonly amountMinor: string; readonly currency: string };

/** How values are written; times are those of one zone. */
export type Formats = {
  readonly money: (money: Money) => string;
  readonly number: (value: number | bigint) => string;
  /** Of a ratio: 0.012 is 1.2 %. */
  readonly percent: (ratio: number) => string;
  readonly dateTime: (instant: string) => string;
  /** To the minute. */
  readonly moment: (instant: string) => string;
  readonly exactTime: (instant: string) => string;
  readonly time: (instant: string) => string;
  readonly day: (instant: string) => string;
  /** A calendar day, `YYYY-MM-DD`, which is no instant and has no zone. */
  readonly date: (day: string) => string;
  /** From one calendar day to another. */
  readonly dates: (first: string, last: string) => string;
  readonly ago: (instant: string, now?: number) => string;
  /** A calendar day without its year. */
  readonly shortDate: (day: string) => string;
  /** 1 for Monday to 7 for Sunday. */
  readonly weekday: (day: number, length?: "long" | "short") => string;
  /** For the scale of a chart, to two digits or so. */
  readonly compact: (value: number, currency?: string) => string;
  /** Of a file. */
  readonly size: (bytes: number) => string;
  readonly list: (items: readonly string[]) => string;
};

export function createFormats(language: Language, timeZone: string): Formats {
  const locale = LOCALES[language];
  const instants = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    return (instant: string) => format.format(new Date(instant));
  };
  const money = new Map<string, Intl.NumberFormat>();
  const moneyFormat = (currency: string) => {
    const known = money.get(currency);
    if (known) return known;
    const digits = decimalsOf(currency);
    const options = {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    } as const;
    const format = new Intl.NumberFormat(locale, options);
    money.set(currency, format);
    return format;
  };
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
  const sizes = (unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const compact = (currency?: string) => {
    const style = currency === undefined ? {} : ({ style: "currency", currency } as const);
    return new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1, ...style });
  };
  const calendar = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
  const day = { day: "2-digit", month: "short", year: "numeric" } as const;
  const dayOf = (text: string) => new Date(`${text}T00:00:00Z`);
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  return {
    money: ({ amountMinor, currency }) => moneyFormat(currency).format(decimalOf(amountMinor, currency)),
    number: (value) => number.format(value),
    percent: (ratio) => percent.format(ratio),
    dateTime: instants({ day: "2-digit", month: "short", ...clock, second: "2-digit" }),
    moment: instants({ day: "2-digit", month: "short", ...clock }),
    exactTime: instants({ ...day, ...clock, second: "2-digit", fractionalSecondDigits: 3, timeZoneName: "short" }),
    time: instants(clock),
    day: instants(day),
    date: (text) => calendar(day).format(dayOf(text)),
    dates: (first, last) => calendar(day).formatRange(dayOf(first), dayOf(last)),
    shortDate: (text) => calendar({ day: "numeric", month: "short" }).format(dayOf(text)),
    // The first of January 2024 was a Monday.
    weekday: (number, length = "long") => calendar({ weekday: length }).format(dayOf(`2024-01-0${number}`)),
    compact: (value, currency) => compact(currency).format(value),
    ago: (instant, now = Date.now()) => {
      const seconds = (new Date(instant).getTime() - now) / 1_000;
      const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
      return relative.format(Math.round(seconds / size), unit);
    },
    size: (bytes) => {
      const [unit, each] = SIZES.find(([, least]) => bytes >= least) ?? ["byte", 1];
      return sizes(unit).format(bytes / each);
    },
    list: (items) => list.format(items),
  };
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number])[];

const SIZES = [
  ["gigabyte", 1e9],
  ["megabyte", 1e6],
  ["kilobyte", 1e3],
] as const;
