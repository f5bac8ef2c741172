import { zonedInstant } from "../subgraphs/shared/time.ts";

const DAY_MS = 86_400_000;

/** The day `count` days later (or earlier), YYYY-MM-DD. */
export function addDays(date: string, count: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** Monday 0 to Sunday 6. */
export function weekday(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** The first day after `date` on which banks work; Friday to Sunday come together on Monday. */
export function nextBankDay(date: string): string {
  const day = weekday(date);
  return addDays(date, day < 4 ? 1 : 7 - day);
}

/** A wall-clock time `seconds` after another, both "YYYY-MM-DD HH:MM:SS". */
export function addSeconds(local: string, seconds: number): string {
  const later = new Date(Date.parse(`${local.replace(" ", "T")}Z`) + seconds * 1000);
  return later.toISOString().slice(0, 19).replace("T", " ");
}

export function clock(date: string, secondOfDay: number): string {
  return addSeconds(`${date} 00:00:00`, secondOfDay);
}

export function epochOf(local: string, zone: string): number {
  return zonedInstant(local, zone).at.getTime();
}

/** "20261102", as file names and some formats write a day. */
export function compact(date: string): string {
  return date.replaceAll("-", "");
}
