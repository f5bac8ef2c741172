import { dayAt, instantOf } from "../../language/zoned-time.ts";

export const PERIODS = [
  "TODAY",
  "YESTERDAY",
  "THIS_WEEK",
  "LAST_WEEK",
  "THIS_MONTH",
  "LAST_MONTH",
  "THIS_QUARTER",
  "LAST_QUARTER",
  "THIS_YEAR",
] as const;
export type Period = (typeof PERIODS)[number];

type Span = { readonly from: string; readonly to: string };

/** From its first instant up to the first after it; weeks begin on Mondays, days at midnight in the zone. */
export function spanOf(period: Period, now: Date, zone: string): Span {
  const [first, end] = daysOf(period, dayAt(now, zone));
  return { from: instantOf(first, zone).toISOString(), to: instantOf(end, zone).toISOString() };
}

function daysOf(period: Period, today: string): readonly [string, string] {
  const [year = 0, month = 1, day = 1] = today.split("-").map(Number);
  const weekday = (new Date(`${today}T00:00Z`).getUTCDay() + 6) % 7;
  const quarter = month - ((month - 1) % 3);
  switch (period) {
    case "TODAY":
      return [today, dateOf(year, month, day + 1)];
    case "YESTERDAY":
      return [dateOf(year, month, day - 1), today];
    case "THIS_WEEK":
      return [dateOf(year, month, day - weekday), dateOf(year, month, day - weekday + 7)];
    case "LAST_WEEK":
      return [dateOf(year, month, day - weekday - 7), dateOf(year, month, day - weekday)];
    case "THIS_MONTH":
      return [dateOf(year, month, 1), dateOf(year, month + 1, 1)];
    case "LAST_MONTH":
      return [dateOf(year, month - 1, 1), dateOf(year, month, 1)];
    case "THIS_QUARTER":
      return [dateOf(year, quarter, 1), dateOf(year, quarter + 3, 1)];
    case "LAST_QUARTER":
      return [dateOf(year, quarter - 3, 1), dateOf(year, quarter, 1)];
    case "THIS_YEAR":
      return [dateOf(year, 1, 1), dateOf(year + 1, 1, 1)];
  }
}

/** Months and days beyond the calendar's roll over. */
function dateOf(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}
