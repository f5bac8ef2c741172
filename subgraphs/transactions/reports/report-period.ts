import { addDays, startOfDay } from "../../shared/days.ts";
import { businessDateOf } from "../../shared/time.ts";

export const REPORT_PERIODS = ["YESTERDAY", "LAST_WEEK", "LAST_MONTH", "LAST_QUARTER", "THIS_MONTH"] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

/** From an instant up to another: days begin and end by the zone's clock, so that one of them may have 23 or 25 hours. */
export function reportPeriod(period: ReportPeriod, zone: string, at: Date): { readonly from: Date; readonly to: Date } {
  const [first, end] = DAYS[period](businessDateOf(at, zone));
  return { from: startOfDay(first, zone), to: startOfDay(end, zone) };
}

/** First day, and the day after the last, by the day that it is. */
const DAYS: Readonly<Record<ReportPeriod, (today: string) => readonly [first: string, end: string]>> = {
  YESTERDAY: (today) => [addDays(today, -1), today],
  LAST_WEEK: (today) => {
    const monday = addDays(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7));
    return [addDays(monday, -7), monday];
  },
  LAST_MONTH: (today) => [firstOfMonth(today, -1), firstOfMonth(today, 0)],
  LAST_QUARTER: (today) => {
    const begun = (Number(today.slice(5, 7)) - 1) % 3;
    return [firstOfMonth(today, -begun - 3), firstOfMonth(today, -begun)];
  },
  THIS_MONTH: (today) => [firstOfMonth(today, 0), addDays(today, 1)],
};

function firstOfMonth(day: string, months: number): string {
  return new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + months, 1))
    .toISOString()
    .slice(0, 10);
}
