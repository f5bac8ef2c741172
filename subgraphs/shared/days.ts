import { AppError } from "./errors.ts";
import { zonedInstant } from "./time.ts";

/** The calendar day that many days after one (`YYYY-MM-DD`), or before it. */
export function addDays(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

/**
 * The first instant of a calendar day in a zone. Where clocks go forward at midnight the day begins later, and where a
 * whole day was left out (Samoa, 30 December 2011) with the next. Throws UNKNOWN_ZONE.
 */
export function startOfDay(day: string, zone: string): Date {
  const isDay = addDays(day, 0) === day;
  const begins = isDay ? (firstInstant(day, zone) ?? firstInstant(addDays(day, 1), zone)) : null;
  // Midnight tells what is wrong with a day that is none.
  return begins ?? zonedInstant(`${day}T00:00`, zone).at;
}

function firstInstant(day: string, zone: string): Date | null {
  for (const time of HALF_HOURS) {
    try {
      return zonedInstant(`${day}T${time}`, zone).at;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "INVALID_INPUT") throw error;
    }
  }
  return null;
}

const HALF_HOURS = Array.from({ length: 48 }, (_, half) => {
  return `${String(Math.floor(half / 2)).padStart(2, "0")}:${half % 2 === 0 ? "00" : "30"}`;
});
