import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  businessDateOf,
  calendarDate,
  epochMillis,
  instantOf,
  zonedInstant,
  zoneFor,
} from "../../subgraphs/shared/time.ts";

const refused = expect.objectContaining({ code: "INVALID_INPUT" });
const unknownZone = expect.objectContaining({ code: "UNKNOWN_ZONE" });

function iso(local: string, zone: string): string {
  return zonedInstant(local, zone).at.toISOString();
}

function outcomeOf(local: string): string {
  try {
    return iso(local, "Europe/Brussels");
  } catch (error) {
    return String((error as { readonly code?: string }).code);
  }
}

/** What a clock in the zone shows, by Intl's own calendar: an oracle that shares nothing with `zonedInstant`. */
function wallClock(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    dateStyle: "short",
    timeStyle: "medium",
  });
  return parts.format(at).replace(", ", " ");
}

describe("a wall-clock time in its zone", () => {
  test("becomes an instant in winter and in summer", () => {
    expect(iso("2026-01-05 09:00:00", "Europe/Brussels")).toBe("2026-01-05T08:00:00.000Z");
    expect(iso("2026-07-05T09:00:00", "Europe/Brussels")).toBe("2026-07-05T07:00:00.000Z");
    expect(iso("2026-07-05 09:00", "America/Los_Angeles")).toBe("2026-07-05T16:00:00.000Z");
    expect(iso("2026-01-05 09:00:00", "Asia/Kathmandu")).toBe("2026-01-05T03:15:00.000Z");
    expect(iso("2026-01-05 09:00:00", "Pacific/Kiritimati")).toBe("2026-01-04T19:00:00.000Z");
    expect(iso("2026-01-05 09:00:00", "UTC")).toBe("2026-01-05T09:00:00.000Z");
  });

  test("is refused in the hour that March skips", () => {
    for (const time of ["02:00:00", "02:30:00", "02:59:59.999"]) {
      expect(() => zonedInstant(`2026-03-29 ${time}`, "Europe/Brussels")).toThrow(refused);
    }
    expect(iso("2026-03-29 01:59:59", "Europe/Brussels")).toBe("2026-03-29T00:59:59.000Z");
    expect(iso("2026-03-29 03:00:00", "Europe/Brussels")).toBe("2026-03-29T01:00:00.000Z");
  });

  test("is the earlier of two in the hour that October repeats, and says so", () => {
    for (const [time, utc] of [
      ["02:00:00", "00:00:00.000"],
      ["02:30:00", "00:30:00.000"],
      ["02:59:59.999", "00:59:59.999"],
    ] as const) {
      const at = new Date(`2026-10-25T${utc}Z`);
      expect(zonedInstant(`2026-10-25 ${time}`, "Europe/Brussels")).toEqual({ at, ambiguous: true });
    }
    const before = new Date("2026-10-24T23:59:59Z");
    expect(zonedInstant("2026-10-25 01:59:59", "Europe/Brussels")).toEqual({ at: before, ambiguous: false });
    const after = new Date("2026-10-25T02:00:00Z");
    expect(zonedInstant("2026-10-25 03:00:00", "Europe/Brussels")).toEqual({ at: after, ambiguous: false });
  });

  test("follows zones whose clocks move by half an hour or skip a day", () => {
    const first = new Date("2026-04-04T14:45:00Z");
    expect(zonedInstant("2026-04-05 01:45:00", "Australia/Lord_Howe")).toEqual({ at: first, ambiguous: true });
    expect(zonedInstant("2026-04-05 02:00:00", "Australia/Lord_Howe").ambiguous).toBe(false);
    expect(() => zonedInstant("2026-10-04 02:15:00", "Australia/Lord_Howe")).toThrow(refused);
    expect(() => zonedInstant("2011-12-30 12:00:00", "Pacific/Apia")).toThrow(refused);
    expect(iso("2011-12-31 00:00:00", "Pacific/Apia")).toBe("2011-12-30T10:00:00.000Z");
  });

  test("is what the zone's clock shows again, except in folds", () => {
    const zones = ["Europe/Brussels", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca"];
    const instant = fc.date({ min: new Date("1972-01-01Z"), max: new Date("2099-12-31Z"), noInvalidDate: true });
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), (date, zone) => {
        const at = new Date(Math.floor(date.getTime() / 1000) * 1000);
        const found = zonedInstant(wallClock(at, zone), zone);
        expect(wallClock(found.at, zone)).toBe(wallClock(at, zone));
        if (found.ambiguous) expect(found.at.getTime()).toBeLessThanOrEqual(at.getTime());
        else expect(found.at).toEqual(at);
      }),
      { numRuns: 2000 },
    );
  });

  test("is marked ambiguous around both clock changes exactly when its zone shows it twice", () => {
    for (let minute = -180; minute <= 180; minute += 5) {
      const at = new Date(Date.parse("2026-10-25T01:00:00Z") + minute * 60_000);
      const twin = new Date(at.getTime() + (minute < 0 ? 3_600_000 : -3_600_000));
      const shown = wallClock(at, "Europe/Brussels");
      expect([shown, zonedInstant(shown, "Europe/Brussels").ambiguous]).toEqual([
        shown,
        wallClock(twin, "Europe/Brussels") === shown,
      ]);
    }
  });

  test.each([
    "2026-02-29 10:00:00",
    "2026-02-30 10:00:00",
    "2100-02-29 10:00:00",
    "2026-13-01 10:00:00",
    "2026-00-10 10:00:00",
    "2026-01-00 10:00:00",
    "2026-01-01 24:00:00",
    "2026-01-01 25:61:00",
    "2026-01-01 10:60:00",
    "2026-01-01 10:00:60",
    "26-01-01 10:00:00",
    "01/31/2026 10:00:00",
    "2026-1-1 10:00:00",
    "2026-01-01",
    "2026-01-01 10:00:00Z",
    "2026-01-01 10:00:00 PM",
    "1970-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "0000-00-00 00:00:00",
    "",
  ])("%j is refused", (local) => {
    expect(() => zonedInstant(local, "Europe/Brussels")).toThrow(refused);
  });

  test("a time reads the same in whole seconds, with a T between, and with a fraction of nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_000_000_000 }), (seconds) => {
        const local = new Date(seconds * 1000).toISOString().slice(0, 19);
        const read = [local, local.replace("T", " "), `${local}.000`].map((text) => outcomeOf(text));
        expect(new Set(read).size).toBe(1);
      }),
    );
  });

  test("29 February of a leap year and fractions of a second are read", () => {
    expect(iso("2028-02-29 10:00:00.5", "Europe/Brussels")).toBe("2028-02-29T09:00:00.500Z");
    expect(iso("2026-01-01 10:00:00.123999", "UTC")).toBe("2026-01-01T10:00:00.123Z");
  });

  test("an unknown zone is refused", () => {
    expect(() => zonedInstant("2026-01-01 10:00:00", "Europe/Bruxelles")).toThrow(unknownZone);
  });
});

describe("a time with its offset", () => {
  test.each([
    ["2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00.000Z"],
    ["2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00.000Z"],
    ["2026-10-25T02:30:00.125-0800", "2026-10-25T10:30:00.125Z"],
    ["2026-01-01 00:06:44+01", "2025-12-31T23:06:44.000Z"],
    ["2026-01-01T10:00Z", "2026-01-01T10:00:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(instantOf(text)).toEqual({ at: new Date(expected), ambiguous: false });
  });

  test.each(["2026-01-01T10:00:00", "2026-02-30T10:00:00Z", "2026-01-01T10:00:00+15:00", "2026-01-01T10:00:00+01:75"])(
    "%s is refused",
    (text) => {
      expect(() => instantOf(text)).toThrow(refused);
    },
  );

  test("epoch milliseconds are read; seconds, zero and words are refused", () => {
    expect(epochMillis("1767600000123").at.toISOString()).toBe("2026-01-05T08:00:00.123Z");
    for (const text of ["1767600000", "0", "-1", "1e12", "", "99999999999999999"]) {
      expect(() => epochMillis(text)).toThrow(refused);
    }
  });
});

describe("days and zones", () => {
  test("the business date is the day at the place, not in UTC", () => {
    const at = new Date("2026-06-30T22:30:00Z");
    expect(businessDateOf(at, "Europe/Brussels")).toBe("2026-07-01");
    expect(businessDateOf(at, "UTC")).toBe("2026-06-30");
    expect(businessDateOf(at, "America/Los_Angeles")).toBe("2026-06-30");
  });

  test("a label names a place, whatever the season it is written in", () => {
    expect(iso("2026-06-01 10:00:00", zoneFor("PST"))).toBe(iso("2026-06-01 10:00:00", zoneFor("PDT")));
    expect(["CET", "cest", " UTC ", "GMT", "Europe/Brussels"].map(zoneFor)).toEqual([
      "Europe/Amsterdam",
      "Europe/Amsterdam",
      "UTC",
      "UTC",
      "Europe/Brussels",
    ]);
  });

  test.each(["", "XYZ", "MST", "+01:00", "Europe/Nowhere", "constructor"])("the zone %j is refused", (label) => {
    expect(() => zoneFor(label)).toThrow(unknownZone);
  });

  test("calendar days are read in the four layouts and checked", () => {
    expect(calendarDate("20280229", "YYYYMMDD")).toBe("2028-02-29");
    expect(calendarDate("2026-12-31", "YYYY-MM-DD")).toBe("2026-12-31");
    expect(calendarDate("05-01-2026", "DD-MM-YYYY")).toBe("2026-01-05");
    expect(calendarDate("050126", "DDMMYY")).toBe("2026-01-05");
    expect(() => calendarDate("20260229", "YYYYMMDD")).toThrow(refused);
    expect(() => calendarDate("12-31-2026", "DD-MM-YYYY")).toThrow(refused);
    expect(() => calendarDate("300226", "DDMMYY")).toThrow(refused);
    expect(() => calendarDate("2026-1-1", "YYYY-MM-DD")).toThrow(refused);
    expect(() => calendarDate("99991231", "YYYYMMDD")).toThrow(refused);
  });
});
