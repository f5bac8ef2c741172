import { dayAt, instantOf } from "../../language/zoned-time.ts";

export type Span = { readonly from: string; readonly to: string };
export type Granularity = "HOUR" | "DAY" | "WEEK" | "MONTH";

const DAY_MS = 86_400_000;

/** So fine that the chart has no more marks than can be told apart. */
export function granularityOf({ from, to }: Span): Granularity {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days <= 2.1) return "HOUR";
  if (days <= 45) return "DAY";
  return days <= 240 ? "WEEK" : "MONTH";
}

/**
 * A period that is not over ends with today: nothing has happened after it, and half a month beside a whole one would look
 * like a loss.
 */
export function untilToday({ from, to }: Span, now: Date, zone: string): Span {
  // A day that clocks make longer has 25 hours.
  const tomorrow = instantOf(dayAt(new Date(dayStart(now, zone) + 1.5 * DAY_MS), zone), zone).toISOString();
  return { from, to: from < tomorrow && tomorrow < to ? tomorrow : to };
}

function dayStart(now: Date, zone: string): number {
  return instantOf(dayAt(now, zone), zone).getTime();
}

/** The part of a bucket that is in the period. */
export function within(bucket: Span, { from, to }: Span): Span {
  return { from: bucket.from < from ? from : bucket.from, to: bucket.to > to ? to : bucket.to };
}
