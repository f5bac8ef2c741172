import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Instant } from "../../subgraphs/shared/event.ts";
import { calendarDate, zonedInstant } from "../../subgraphs/shared/time.ts";

/**
 * When a charge was made: the till's own clock, of which no record says the zone. The currency a merchant is paid in
 * tells where it most likely stands; anywhere else the clock is taken for UTC.
 */
export function localTime(day: string, time: string, currency: string): Instant {
  const clock = time.trim() === "" ? "000000" : time.trim();
  const [, hours, minutes, seconds] = /^(\d\d)(\d\d)(\d\d)$/.exec(clock) ?? [];
  if (!seconds) throw new AppError("INVALID_INPUT", `"${time.slice(0, 20)}" is not a time: write it as HHMMSS`);
  return zonedInstant(`${day} ${hours}:${minutes}:${seconds}`, ZONES[currency] ?? "UTC");
}

/** A day written YYYYDDD, the day counted from the first of January, as YYYY-MM-DD. Throws INVALID_INPUT. */
export function julianDate(text: string): string {
  const [, year = "", day = ""] = /^(\d{4})(\d{3})$/.exec(text.trim()) ?? [];
  const date = new Date(Date.UTC(Number(year), 0, Number(day)));
  if (year === "" || Number(day) === 0 || date.getUTCFullYear() !== Number(year)) {
    throw new AppError("INVALID_INPUT", `"${text.slice(0, 20)}" is not a day: write it as YYYYDDD`);
  }
  return calendarDate(date.toISOString().slice(0, 10), "YYYY-MM-DD");
}

const ZONES: Readonly<Record<string, string>> = {
  EUR: "Europe/Brussels",
  GBP: "Europe/London",
  USD: "America/New_York",
  CAD: "America/Toronto",
};
