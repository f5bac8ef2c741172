import { addDays, startOfDay } from "./days.ts";
import { businessDateOf } from "./time.ts";

export const PERIOD_PRESETS = [
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
export type PeriodPreset = (typeof PERIOD_PRESETS)[number];

/** From the first instant up to the other, which is not in it. */
export type Period = { readonly from: Date; readonly to: Date };

/**
 * The period that a preset is at an instant, as a clock in `zone` has it: whole days, weeks from Monday. A day is as long
 * as it is there, 23 or 25 hours where clocks change. Throws UNKNOWN_ZONE.
 */
export function periodOf(preset: PeriodPreset, zone: string, now: Date): Period {
  const [first, end] = DAYS_OF[preset](businessDateOf(now, zone));
  return { from: startOfDay(first, zone), to: startOfDay(end, zone) };
}

type Days = readonly [first: string, end: string];

const DAYS_OF: Readonly<Record<PeriodPreset, (today: string) => Days>> = {
  TODAY: (today) => [today, addDays(today, 1)],
  YESTERDAY: (today) => [addDays(today, -1), today],
  THIS_WEEK: (today) => [mondayOf(today), addDays(mondayOf(today), 7)],
  LAST_WEEK: (today) => [addDays(mondayOf(today), -7), mondayOf(today)],
  THIS_MONTH: (today) => [monthsFrom(today, 0), monthsFrom(today, 1)],
  LAST_MONTH: (today) => [monthsFrom(today, -1), monthsFrom(today, 0)],
  THIS_QUARTER: (today) => [monthsFrom(today, -intoQuarter(today)), monthsFrom(today, 3 - intoQuarter(today))],
  LAST_QUARTER: (today) => [monthsFrom(today, -3 - intoQuarter(today)), monthsFrom(today, -intoQuarter(today))],
  THIS_YEAR: (today) => [`${today.slice(0, 4)}-01-01`, `${String(Number(today.slice(0, 4)) + 1)}-01-01`],
};

function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

/** The first day of the month that many months away. */
function monthsFrom(day: string, months: number): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

/** Whole months of the quarter that are over. */
function intoQuarter(day: string): number {
  return (Number(day.slice(5, 7)) - 1) % 3;
}
