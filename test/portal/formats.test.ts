import { describe, expect, test } from "vitest";
import { decimalOf, minorOf } from "../../portal/language/decimals.ts";
import { createFormats } from "../../portal/language/formats.ts";
import { LANGUAGES } from "../../portal/language/languages.ts";
import { plural } from "../../portal/language/plural.ts";

describe("an amount", () => {
  test.each([
    ["-1250", "EUR", "-12.50"],
    ["5", "EUR", "0.05"],
    ["-5", "EUR", "-0.05"],
    ["1250", "JPY", "1250"],
    ["1250", "KWD", "1.250"],
    ["9007199254740993", "EUR", "90071992547409.93"],
  ])("of %s minor units of %s is %s", (minor, currency, text) => {
    expect(decimalOf(minor, currency)).toBe(text);
  });

  test("is written to the last cent where a float could not hold it", () => {
    const { money } = createFormats("en", "UTC");
    expect(money({ amountMinor: "9007199254740993", currency: "EUR" })).toBe("€90,071,992,547,409.93");
  });

  test("has the decimals of ISO 4217, whatever the browser thinks", () => {
    const { money } = createFormats("en", "UTC");
    expect(money({ amountMinor: "125000", currency: "HUF" })).toMatch(/1,250\.00$/);
  });

  test.each([
    ["12,5", "EUR", "1250"],
    ["12.50", "EUR", "1250"],
    ["0", "EUR", "0"],
    ["007", "JPY", "7"],
    ["12.505", "EUR", undefined],
    ["twelve", "EUR", undefined],
    ["-3", "EUR", undefined],
  ])("typed as %s of %s is %s", (typed, currency, minor) => {
    expect(minorOf(typed, currency)).toBe(minor);
  });
});

test("times are those of the merchant's zone, in winter and in summer", () => {
  const { time } = createFormats("en", "Europe/Brussels");
  expect(time("2026-01-15T11:00:00Z")).toBe("12:00");
  expect(time("2026-07-15T11:00:00Z")).toBe("13:00");
});

test("a calendar day is the same day in every zone", () => {
  for (const zone of ["Pacific/Auckland", "America/Los_Angeles"]) {
    expect(createFormats("en", zone).date("2026-03-01")).toContain("01 Mar 2026");
  }
});

test("counts take the form that each language has for them", () => {
  const forms = { one: "# one", other: "# other" };
  expect(LANGUAGES.map((language) => plural(language, 0, forms))).toEqual(["0 other", "0 one", "0 other", "0 other"]);
  expect(plural("nl", 12_345, forms)).toBe("12.345 other");
});
