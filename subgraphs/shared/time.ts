import { clockDigits } from "./clock-digits.ts";
import { dayText } from "./day-text.ts";
import { AppError } from "./errors.ts";
import type { Instant } from "./event.ts";

/**
 * The instant a clock in `zone` shows `local` ("2026-10-25 02:30:00", with "T", with a fraction, or without seconds).
 * In October an hour exists twice: the earlier instant is taken and marked ambiguous. A time that never was (in
 * March's gap, on 30 February) throws INVALID_INPUT; an unknown zone throws UNKNOWN_ZONE.
 */
export function zonedInstant(local: string, zone: string): Instant {
  const wall = readWall(local);
  if (wall < FIRST_MILLIS || wall >= END_MILLIS) throw invalid(local, PLAUSIBLE);
  // Zones lie between UTC-12 and UTC+14, so the true offset is the one in force on either side of that window.
  const before = offsetAt(wall - 15 * HOUR, zone);
  const after = offsetAt(wall + 13 * HOUR, zone);
  if (before === after) return { at: new Date(wall - before), ambiguous: false };
  const fits = [before, after].filter((offset) => offsetAt(wall - offset, zone) === offset);
  if (fits.length === 0) throw invalid(local, `clocks in ${zone} skipped it; ask the provider for the true time`);
  return { at: new Date(wall - Math.max(...fits)), ambiguous: fits.length === 2 };
}

/** An ISO 8601 time in a provider's data that says its offset ("2026-01-05T09:00:00.123+01:00", "…Z"). */
export function instantOf(iso: string): Instant {
  const at = dateTimeOf(iso);
  if (!isPlausible(at)) throw invalid(iso, PLAUSIBLE);
  return { at, ambiguous: false };
}

/** As `instantOf`, in any four-digit year: callers may ask for everything since 1970. Throws INVALID_INPUT. */
export function dateTimeOf(iso: string): Date {
  const match = OFFSET.exec(iso.trim());
  if (!match) throw invalid(iso, "write it as YYYY-MM-DDTHH:MM:SS with Z or an offset such as +01:00");
  const [sign = "", hours = "00", minutes = "00"] = match.slice(8);
  const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE;
  if (offset > 14 * HOUR || Number(minutes) > 59) throw invalid(iso, "no place on earth has that offset");
  return new Date(wallMillis(match, iso) - (sign === "-" ? -offset : offset));
}

/** Milliseconds since 1970 in decimal digits, as CCV Pay and webhooks write them. Throws INVALID_INPUT. */
export function epochMillis(text: string): Instant {
  const digits = text.trim();
  const at = new Date(Number(digits));
  if (!/^\d{1,15}$/.test(digits)) throw invalid(text, "write milliseconds since 1970");
  if (!isPlausible(at)) throw invalid(text, PLAUSIBLE);
  return { at, ambiguous: false };
}

/** The calendar day in `zone` at that instant, YYYY-MM-DD. */
export function businessDateOf(at: Date, zone: string): string {
  const millis = at.getTime();
  return dayText(Math.floor((millis + offsetAt(millis, zone)) / DAY));
}

/**
 * The IANA zone behind a provider's label. Files write PST and PDT, CET and CEST without regard to the season, so a
 * label names the place and never the offset. Throws UNKNOWN_ZONE.
 */
export function zoneFor(label: string): string {
  return remembered(zones, label, readZone);
}

function readZone(label: string): string {
  const trimmed = label.trim();
  const zone = LABELS[trimmed.toUpperCase()] ?? trimmed;
  // Intl also takes bare names such as EST and means a fixed offset; those are labels that have to be in our table.
  if (zone !== "UTC" && !zone.includes("/")) throw unknownZone(label);
  formatterOf(zone);
  return zone;
}

/** A checked calendar day as YYYY-MM-DD; a two-digit year is in this century. Throws INVALID_INPUT. */
export function calendarDate(text: string, format: keyof typeof DATE_FORMATS): string {
  return remembered(dates[format], text, (unknown) => readDate(unknown, format));
}

/** What a file repeats in each of its rows is worked out once; what throws is not kept. */
function remembered(known: Map<string, string>, text: string, read: (text: string) => string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const found = read(text);
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(text, found);
  return found;
}

const MOST_REMEMBERED = 1_000;
const zones = new Map<string, string>();

function readDate(text: string, format: keyof typeof DATE_FORMATS): string {
  const groups = DATE_FORMATS[format].exec(text.trim())?.groups;
  if (!groups) throw invalid(text, `write it as ${format}`);
  const { year = "", month = "", day = "" } = groups;
  const fullYear = year.length === 2 ? `20${year}` : year;
  const midnight = dayMillis(Number(fullYear), Number(month), Number(day), text);
  if (!isPlausible(new Date(midnight))) throw invalid(text, PLAUSIBLE);
  return `${fullYear}-${month}-${day}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const OFFSET = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)$/;

const DATE_FORMATS = {
  YYYYMMDD: /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)$/,
  "YYYY-MM-DD": /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)$/,
  "DD-MM-YYYY": /^(?<day>\d\d)-(?<month>\d\d)-(?<year>\d{4})$/,
  DDMMYY: /^(?<day>\d\d)(?<month>\d\d)(?<year>\d\d)$/,
} as const;

const dates: Readonly<Record<keyof typeof DATE_FORMATS, Map<string, string>>> = {
  YYYYMMDD: new Map(),
  "YYYY-MM-DD": new Map(),
  "DD-MM-YYYY": new Map(),
  DDMMYY: new Map(),
};

const LABELS: Readonly<Record<string, string>> = {
  UTC: "UTC",
  GMT: "UTC",
  CET: "Europe/Amsterdam",
  CEST: "Europe/Amsterdam",
  PST: "America/Los_Angeles",
  PDT: "America/Los_Angeles",
  EST: "America/New_York",
  EDT: "America/New_York",
};

/** Systems write "no date" as the epoch, year 1 or 31 December 9999; none of them is when somebody paid. */
const FIRST_YEAR = 1971;
const LAST_YEAR = 2199;
const FIRST_MILLIS = Date.UTC(FIRST_YEAR, 0, 1);
const END_MILLIS = Date.UTC(LAST_YEAR + 1, 0, 1);
const PLAUSIBLE = `expected a year from ${FIRST_YEAR} to ${LAST_YEAR}`;

function isPlausible(at: Date): boolean {
  const year = at.getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

function readWall(local: string): number {
  const digits = clockDigits(local);
  if (digits !== undefined) return wallMillisOf(digits, local);
  const match = LOCAL.exec(local.trim());
  if (!match) throw invalid(local, "write it as YYYY-MM-DD HH:MM:SS");
  return wallMillis(match, local);
}

/** As `wallMillis`, of the digits alone. */
function wallMillisOf(digits: number, text: string): number {
  const time = digits % 1_000_000;
  const date = (digits - time) / 1_000_000;
  const midnight = dayMillis(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100, text);
  const hour = Math.floor(time / 10_000);
  const minute = Math.floor(time / 100) % 100;
  const second = time % 100;
  if (hour > 23 || minute > 59 || second > 59) throw invalid(text, "no clock shows that");
  return midnight + hour * HOUR + minute * MINUTE + second * 1000;
}

/** What the wall clock shows, counted as if it were UTC; digits below the millisecond are cut. */
function wallMillis(match: RegExpExecArray, text: string): number {
  const [, year, month, day, hour, minute, second = 0, fraction = ""] = match;
  const midnight = dayMillis(Number(year), Number(month), Number(day), text);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) throw invalid(text, "no clock shows that");
  const millis = Number(fraction.slice(0, 3).padEnd(3, "0"));
  return midnight + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * 1000 + millis;
}

const dayMillisByDate = new Map<number, number>();
const MOST_DAYS = 4_000;

function dayMillis(year: number, month: number, day: number, text: string): number {
  const key = (year * 100 + month) * 100 + day;
  const known = dayMillisByDate.get(key);
  if (known !== undefined) return known;
  const millis = Date.UTC(year, month - 1, day);
  const date = new Date(millis);
  // Date.UTC rolls 30 February over into March, and takes year 26 for 1926.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw invalid(text, "that day does not exist");
  }
  if (dayMillisByDate.size >= MOST_DAYS) dayMillisByDate.clear();
  dayMillisByDate.set(key, millis);
  return millis;
}

/**
 * Milliseconds a zone is ahead of UTC at an instant. Intl takes microseconds for it, so the offset at each full hour
 * is kept; only an hour in which it changes (Lord Howe moves at half past) asks Intl again.
 */
function offsetAt(millis: number, zone: string): number {
  const hour = Math.floor(millis / HOUR);
  const offset = offsetAtHour(hour, zone);
  return offset === offsetAtHour(hour + 1, zone) ? offset : readOffset(millis, zone);
}

const offsetsByZone = new Map<string, Map<number, number>>();
const MOST_HOURS = 20_000;

function offsetAtHour(hour: number, zone: string): number {
  const offsets = offsetsByZone.get(zone) ?? new Map<number, number>();
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const offset = readOffset(hour * HOUR, zone);
  if (offsets.size >= MOST_HOURS) offsets.clear();
  offsets.set(hour, offset);
  offsetsByZone.set(zone, offsets);
  return offset;
}

function readOffset(millis: number, zone: string): number {
  // "1/5/2026, GMT+01:00"; plain "GMT" for zero, seconds only for the local mean times of the past.
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatterOf(zone).format(millis));
  if (!match) return 0;
  const [, sign, hours, minutes, seconds = 0] = match;
  const offset = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1000;
  return sign === "-" ? -offset : offset;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    try {
      formatter = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    } catch (cause) {
      throw unknownZone(zone, cause);
    }
    formatters.set(zone, formatter);
  }
  return formatter;
}

function unknownZone(zone: string, cause?: unknown): AppError {
  const message = `"${zone.slice(0, 40)}" is not a time zone; use an IANA name such as Europe/Brussels`;
  return new AppError("UNKNOWN_ZONE", message, { cause });
}

function invalid(text: string, why: string): AppError {
  return new AppError("INVALID_INPUT", `"${text.slice(0, 40)}" is not a date or time: ${why}`);
}
