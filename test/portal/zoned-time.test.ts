import { describe, expect, test } from "vitest";
import { dayAt, instantOf, wallTimeAt } from "../../portal/language/zoned-time.ts";
import { PERIODS, spanOf } from "../../portal/pages/transactions/periods.ts";

const BRUSSELS = "Europe/Brussels";

describe("what a clock shows", () => {
  test.each([
    ["2026-01-15T09:00", "2026-01-15T08:00:00.000Z"],
    ["2026-07-15T09:00", "2026-07-15T07:00:00.000Z"],
    ["2026-03-29", "2026-03-28T23:00:00.000Z"],
    ["2026-03-29T02:30", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
    ["2026-10-26", "2026-10-25T23:00:00.000Z"],
  ])("in Brussels, %s, is %s", (wall, instant) => {
    expect(instantOf(wall, BRUSSELS).toISOString()).toBe(instant);
  });

  test("is read back from the instant", () => {
    expect(wallTimeAt(instantOf("2026-07-15T09:05", BRUSSELS), BRUSSELS)).toBe("2026-07-15T09:05");
    expect(dayAt(new Date("2026-06-30T22:30:00Z"), BRUSSELS)).toBe("2026-07-01");
  });
});

describe("a period", () => {
  const now = new Date("2026-03-30T22:30:00Z");

  test.each([
    ["TODAY", "2026-03-30T22:00:00.000Z", "2026-03-31T22:00:00.000Z"],
    ["YESTERDAY", "2026-03-29T22:00:00.000Z", "2026-03-30T22:00:00.000Z"],
    ["THIS_WEEK", "2026-03-29T22:00:00.000Z", "2026-04-05T22:00:00.000Z"],
    ["LAST_WEEK", "2026-03-22T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
    ["THIS_MONTH", "2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z"],
    ["LAST_MONTH", "2026-01-31T23:00:00.000Z", "2026-02-28T23:00:00.000Z"],
    ["THIS_QUARTER", "2025-12-31T23:00:00.000Z", "2026-03-31T22:00:00.000Z"],
    ["LAST_QUARTER", "2025-09-30T22:00:00.000Z", "2025-12-31T23:00:00.000Z"],
    ["THIS_YEAR", "2025-12-31T23:00:00.000Z", "2026-12-31T23:00:00.000Z"],
  ] as const)("%s begins and ends at the merchant's midnights, across the change of clocks", (period, from, to) => {
    expect(spanOf(period, now, BRUSSELS)).toEqual({ from, to });
  });

  test("none is left untested", () => {
    expect(PERIODS).toHaveLength(9);
  });
});
