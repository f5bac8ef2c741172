import { describe, expect, test } from "vitest";
import { PERIOD_PRESETS, periodOf } from "../../subgraphs/shared/periods.ts";

const HOUR = 3_600_000;
const clocks = new Map<string, Intl.DateTimeFormat>();
function local(at: Date, zone: string): string {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  clocks.set(zone, clock);
  return clock.format(at);
}

describe("presets", () => {
  test.each([
    // A Saturday in autumn, once the clocks have gone back.
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "TODAY", "2026-11-27T23:00:00Z", "2026-11-28T23:00:00Z"],
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "YESTERDAY", "2026-11-26T23:00:00Z", "2026-11-27T23:00:00Z"],
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "THIS_WEEK", "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z"],
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "LAST_WEEK", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z"],
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "THIS_MONTH", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"],
    // October began in summer time and ended in winter time.
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "LAST_MONTH", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"],
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "THIS_QUARTER", "2026-09-30T22:00:00Z", "2026-12-31T23:00:00Z"],
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "LAST_QUARTER", "2026-06-30T22:00:00Z", "2026-09-30T22:00:00Z"],
    ["2026-11-28T10:00:00Z", "Europe/Brussels", "THIS_YEAR", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"],
    // A Monday begins its week, and a Sunday ends it.
    ["2026-11-23T00:30:00Z", "Europe/Brussels", "THIS_WEEK", "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z"],
    ["2026-11-29T22:59:59.999Z", "Europe/Brussels", "THIS_WEEK", "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z"],
    ["2026-11-29T23:00:00Z", "Europe/Brussels", "THIS_WEEK", "2026-11-29T23:00:00Z", "2026-12-06T23:00:00Z"],
    // Days of 23 and of 25 hours.
    ["2026-03-29T12:00:00Z", "Europe/Brussels", "TODAY", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
    ["2026-10-25T00:30:00Z", "Europe/Brussels", "TODAY", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    ["2026-03-30T05:00:00Z", "Europe/Brussels", "YESTERDAY", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
    ["2026-10-26T05:00:00Z", "Europe/Brussels", "LAST_WEEK", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"],
    // The ends of months, and a leap day.
    ["2028-02-29T12:00:00Z", "Europe/Brussels", "TODAY", "2028-02-28T23:00:00Z", "2028-02-29T23:00:00Z"],
    ["2028-03-31T12:00:00Z", "Europe/Brussels", "LAST_MONTH", "2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z"],
    ["2027-03-31T12:00:00Z", "Europe/Brussels", "LAST_MONTH", "2027-01-31T23:00:00Z", "2027-02-28T23:00:00Z"],
    ["2028-03-01T00:10:00Z", "Europe/Brussels", "YESTERDAY", "2028-02-28T23:00:00Z", "2028-02-29T23:00:00Z"],
    ["2026-01-15T12:00:00Z", "Europe/Brussels", "LAST_MONTH", "2025-11-30T23:00:00Z", "2025-12-31T23:00:00Z"],
    ["2026-01-15T12:00:00Z", "Europe/Brussels", "LAST_QUARTER", "2025-09-30T22:00:00Z", "2025-12-31T23:00:00Z"],
    ["2026-01-01T12:00:00Z", "Europe/Brussels", "THIS_WEEK", "2025-12-28T23:00:00Z", "2026-01-04T23:00:00Z"],
    // It is another day elsewhere.
    ["2026-11-28T23:30:00Z", "Europe/Lisbon", "TODAY", "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"],
    ["2026-11-28T23:30:00Z", "Europe/Brussels", "TODAY", "2026-11-28T23:00:00Z", "2026-11-29T23:00:00Z"],
    ["2026-11-28T12:00:00Z", "Pacific/Auckland", "TODAY", "2026-11-28T11:00:00Z", "2026-11-29T11:00:00Z"],
    ["2026-09-06T12:00:00Z", "America/Santiago", "TODAY", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
  ] as const)("at %s in %s, %s is %s to %s", (now, zone, preset, from, to) => {
    expect(periodOf(preset, zone, new Date(now))).toEqual({ from: new Date(from), to: new Date(to) });
  });

  const zones = [
    "Europe/Brussels",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "UTC",
  ];
  test.each(zones)(
    "over three years in %s every period begins and ends with a day, holds now, and meets the next",
    (zone) => {
      for (let at = Date.UTC(2026, 0, 1, 0, 17); at < Date.UTC(2029, 0, 1); at += 47 * HOUR) {
        const now = new Date(at);
        const periods = Object.fromEntries(PERIOD_PRESETS.map((preset) => [preset, periodOf(preset, zone, now)]));
        for (const [preset, { from, to }] of Object.entries(periods)) {
          const about = `${preset} at ${now.toISOString()}`;
          // The instant before it is of another day than the first: there is no earlier start of the day.
          for (const end of [from, to]) {
            const [day, before] = [local(end, zone), local(new Date(end.getTime() - 1), zone)];
            expect(before.slice(0, 10) < day.slice(0, 10), about).toBe(true);
          }
          if (!/^(LAST|YESTER)/.test(preset)) expect(from <= now && now < to, about).toBe(true);
          if (preset.endsWith("WEEK"))
            expect(new Date(`${local(from, zone).slice(0, 10)}T12:00Z`).getUTCDay(), about).toBe(1);
          if (/MONTH|QUARTER|YEAR/.test(preset)) expect(local(from, zone).slice(8, 10), about).toBe("01");
        }
        for (const [last, next] of [
          ["YESTERDAY", "TODAY"],
          ["LAST_WEEK", "THIS_WEEK"],
          ["LAST_MONTH", "THIS_MONTH"],
          ["LAST_QUARTER", "THIS_QUARTER"],
        ] as const) {
          expect(periods[last]?.to, last).toEqual(periods[next]?.from);
        }
      }
    },
  );

  test("a zone that is none is refused", () => {
    expect(() => periodOf("TODAY", "Europe/Atlantis", new Date())).toThrow("is not a time zone");
  });
});
