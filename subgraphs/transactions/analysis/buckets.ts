import { addDays, startOfDay } from "../../shared/days.ts";
import { AppError } from "../../shared/errors.ts";
import { enumOf } from "../../shared/subgraph/output.ts";
import { businessDateOf } from "../../shared/time.ts";
import { HOUR_MS } from "./facts.ts";

const GRANULARITIES = ["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

export const GranularityEnum = enumOf(
  "Granularity",
  "How long the periods are that a figure is told for, by the calendar and clock of the zone.",
  GRANULARITIES,
  {
    HOUR: "Hours as they pass: the day on which clocks go back has 25, the other one 23.",
    WEEK: "From Monday.",
  },
);

/** A closed stretch of time. */
export type Period = { readonly from: Date; readonly to: Date };

/** A period of the calendar, and the local day it begins on. */
export type Bucket = Period & { readonly day: string };

/** Most periods of one answer: a year of days twice over, or a month of hours. */
export const MOST_BUCKETS = 800;

/**
 * The periods of the calendar in `zone` that a span touches, without a hole. The first and the last may reach beyond the
 * span. @throws AppError INVALID_INPUT where there are too many
 */
export function bucketsOf(granularity: Granularity, { from, to }: Period, zone: string): readonly Bucket[] {
  const buckets: Bucket[] = [];
  let start = granularity === "HOUR" ? hourStart(from, zone) : firstDay(granularity, businessDateOf(from, zone));
  while (instantOf(start, zone) < to) {
    const next = typeof start === "string" ? nextFirst(granularity, start) : nextHour(start, zone);
    const [begin, end] = [instantOf(start, zone), instantOf(next, zone)];
    // A day that a zone left out has no instant.
    if (begin < end) buckets.push({ from: begin, to: end, day: businessDateOf(begin, zone) });
    if (buckets.length > MOST_BUCKETS) throw tooMany(granularity);
    start = next;
  }
  return buckets;
}

/**
 * The period before, as long: of whole months as many months, of whole days as many days, else as much time. So what is
 * compared begins and ends as the clock does, and 23 hours stand beside 24 where clocks change.
 */
export function previousOf({ from, to }: Period, zone: string): Period {
  const [first, last] = [businessDateOf(from, zone), businessDateOf(to, zone)];
  const areDays = isAt(startOfDay(first, zone), from) && isAt(startOfDay(last, zone), to);
  if (!areDays) return { from: new Date(from.getTime() - (to.getTime() - from.getTime())), to: from };
  const areMonths = first.endsWith("-01") && last.endsWith("-01");
  const before = areMonths ? addMonths(first, -monthsBetween(first, last)) : addDays(first, -daysBetween(first, last));
  return { from: startOfDay(before, zone), to: from };
}

/** Whether the clock of a zone shows full hours whenever UTC does, all along. */
export function isWholeHours(buckets: readonly Bucket[], zone: string): boolean {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last) return true;
  const isFull = (at: Date) => at.getTime() % HOUR_MS === 0;
  if (!buckets.every(({ from, to }) => isFull(from) && isFull(to))) return false;
  for (let month = `${first.day.slice(0, 7)}-01`; month <= last.day; month = addMonths(month, 1)) {
    if (!isFull(startOfDay(month, zone))) return false;
  }
  return true;
}

type Start = Date | string;
const instantOf = (start: Start, zone: string) => (typeof start === "string" ? startOfDay(start, zone) : start);
const isAt = (a: Date, b: Date) => a.getTime() === b.getTime();

/** The first day of the period that a day is in. */
function firstDay(granularity: Granularity, day: string): string {
  const month = Number(day.slice(5, 7));
  switch (granularity) {
    case "WEEK":
      return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
    case "MONTH":
      return `${day.slice(0, 7)}-01`;
    case "QUARTER":
      return `${day.slice(0, 4)}-${String(month - ((month - 1) % 3)).padStart(2, "0")}-01`;
    case "YEAR":
      return `${day.slice(0, 4)}-01-01`;
    default:
      return day;
  }
}

function nextFirst(granularity: Granularity, day: string): string {
  const months = { MONTH: 1, QUARTER: 3, YEAR: 12 }[granularity as string];
  return months ? addMonths(day, months) : addDays(day, granularity === "WEEK" ? 7 : 1);
}

function addMonths(first: string, months: number): string {
  const [year = 0, month = 1] = first.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

function monthsBetween(first: string, last: string): number {
  return (
    (Number(last.slice(0, 4)) - Number(first.slice(0, 4))) * 12 + Number(last.slice(5, 7)) - Number(first.slice(5, 7))
  );
}

function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / (24 * HOUR_MS));
}

/** Where the minutes of a zone's clock begin anew; its offset is a matter of minutes. */
function hourStart(at: Date, zone: string): Date {
  const past = (at.getTime() - startOfDay(businessDateOf(at, zone), zone).getTime()) % HOUR_MS;
  return new Date(at.getTime() - past);
}

/** An hour later, or where the next day begins if that is sooner. */
function nextHour(start: Date, zone: string): Date {
  const later = new Date(start.getTime() + HOUR_MS);
  const nextDay = startOfDay(addDays(businessDateOf(start, zone), 1), zone);
  return nextDay > start && nextDay < later ? nextDay : later;
}

function tooMany(granularity: Granularity): AppError {
  return new AppError(
    "INVALID_INPUT",
    `That is more than ${MOST_BUCKETS} periods of ${granularity}: ask for a shorter time, or for longer periods.`,
  );
}
