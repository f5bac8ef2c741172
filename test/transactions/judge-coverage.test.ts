import { describe, expect, test } from "vitest";
import { addDays, startOfDay } from "../../subgraphs/shared/days.ts";
import {
  type FilesOfAccount,
  judgeCoverage,
  type ProviderFacts,
} from "../../subgraphs/transactions/coverage/judge-coverage.ts";
import type { Span } from "../../subgraphs/transactions/filter-span.ts";

const ALL: Span = { from: null, to: null };
const at = (text: string) => new Date(text);

/** Files on every bank day up to one, a week of seven days being five files. */
function bankDays(last: string, count = 12): readonly string[] {
  const days: string[] = [];
  for (let day = last; days.length < count; day = addDays(day, -1)) {
    const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days.push(day);
  }
  return days;
}

function files(last: string, given: Partial<FilesOfAccount> = {}): FilesOfAccount {
  return {
    last_date: last,
    last_received_at: at(`${addDays(last, 1)}T05:00:00Z`),
    days: bankDays(last),
    numbers: [],
    ...given,
  };
}

function facts(given: Partial<ProviderFacts>): ProviderFacts {
  return { zone: "Europe/Brussels", isLimited: false, accounts: [], lastPaymentAt: null, noticedAt: null, ...given };
}

describe("what comes as files", () => {
  // 20 November 2026 is a Friday.
  const provider = facts({ accounts: [files("2026-11-20")] });

  test.each([
    ["2026-11-21T10:00:00Z", "FRESH"],
    ["2026-11-23T10:00:00Z", "FRESH"],
    ["2026-11-24T10:00:00Z", "LATE"],
    ["2026-11-25T10:00:00Z", "SILENT"],
  ])("a file each bank day, the last of a Friday: at %s it is %s", (now, state) => {
    const judged = judgeCoverage(provider, ALL, at(now));
    expect(judged.state).toBe(state);
    // The day is over in Brussels an hour before it is in UTC.
    expect(judged.freshAsOf).toEqual(at("2026-11-20T23:00:00Z"));
    expect(judged.missingFrom).toEqual(state === "FRESH" ? null : at("2026-11-20T23:00:00Z"));
    expect(judged.reason).toContain("2026-11-20");
  });

  test("a period that ends before what is missing is whole", () => {
    const january = { from: at("2026-10-31T23:00:00Z"), to: at("2026-11-20T23:00:00Z") };
    expect(judgeCoverage(provider, january, at("2026-12-24T10:00:00Z"))).toMatchObject({
      state: "FRESH",
      missingFrom: null,
    });
    const longer = { ...january, to: at("2026-11-20T23:00:00.001Z") };
    expect(judgeCoverage(provider, longer, at("2026-12-24T10:00:00Z")).state).toBe("SILENT");
  });

  test("a file of today covers what there was when it came", () => {
    const today = files("2026-11-20", { last_received_at: at("2026-11-20T12:00:00Z") });
    expect(judgeCoverage(facts({ accounts: [today] }), ALL, at("2026-11-20T13:00:00Z")).freshAsOf).toEqual(
      at("2026-11-20T12:00:00Z"),
    );
  });

  test("a number that is missing tells for the days between the files beside it, and no others", () => {
    const numbers = [
      { series: "2026", number: 7, day: "2026-11-10" },
      { series: "2026", number: 9, day: "2026-11-12" },
    ];
    const holed = facts({ accounts: [files("2026-11-20", { numbers })] });
    const state = (from: string | null, to: string | null) =>
      judgeCoverage(holed, { from: from ? at(from) : null, to: to ? at(to) : null }, at("2026-11-21T10:00:00Z"));
    expect(state(null, null)).toMatchObject({ state: "GAP", missingFrom: at("2026-11-10T23:00:00Z") });
    expect(state(null, null).reason).toContain("Number 8 of series 2026 is missing");
    expect(state(null, "2026-11-10T23:00:00Z").state).toBe("FRESH");
    expect(state("2026-11-12T23:00:00Z", null).state).toBe("FRESH");
    expect(state("2026-11-12T22:59:59Z", null).state).toBe("GAP");
  });

  test("of several accounts the worst is told, and fresh is what the slowest covers", () => {
    const slow = files("2026-11-12", { days: bankDays("2026-11-12") });
    const judged = judgeCoverage(facts({ accounts: [files("2026-11-20"), slow] }), ALL, at("2026-11-21T10:00:00Z"));
    expect(judged).toMatchObject({
      state: "SILENT",
      freshAsOf: at("2026-11-12T23:00:00Z"),
      missingFrom: at("2026-11-12T23:00:00Z"),
    });
  });

  test("two files are no rhythm yet, so nothing is late", () => {
    const young = files("2026-01-02", { days: ["2026-01-02", "2026-01-01"] });
    expect(judgeCoverage(facts({ accounts: [young] }), ALL, at("2026-11-21T10:00:00Z")).state).toBe("FRESH");
  });

  test("what it tells by itself makes it fresher than its files", () => {
    const both = facts({ accounts: [files("2026-11-20")], noticedAt: at("2026-11-21T09:00:00Z") });
    const judged = judgeCoverage(both, ALL, at("2026-11-21T10:00:00Z"));
    expect(judged).toMatchObject({ state: "FRESH", freshAsOf: at("2026-11-21T09:00:00Z") });
  });
});

describe("what comes otherwise", () => {
  test.each([
    ["2026-11-23T10:00:00Z", "FRESH", null],
    ["2026-11-24T10:00:00Z", "LATE", "2026-11-20T09:00:00Z"],
    ["2026-11-28T10:00:00Z", "SILENT", "2026-11-20T09:00:00Z"],
  ])("who only tells by itself is, at %s, %s", (now, state, missingFrom) => {
    const judged = judgeCoverage(facts({ noticedAt: at("2026-11-20T09:00:00Z") }), ALL, at(now));
    expect(judged).toMatchObject({ state, missingFrom: missingFrom && at(missingFrom) });
  });

  test("who has an account and sent nothing never came", () => {
    expect(judgeCoverage(facts({}), ALL, new Date())).toMatchObject({ state: "NEVER", freshAsOf: null });
  });

  test("who is known from the files of others is not known to be whole", () => {
    const lastPaymentAt = at("2026-11-20T09:00:00Z");
    expect(judgeCoverage(facts({ lastPaymentAt }), ALL, new Date())).toMatchObject({
      state: "UNKNOWN",
      freshAsOf: lastPaymentAt,
    });
  });
});

describe("the start of a day", () => {
  test.each([
    ["2026-03-29", "Europe/Brussels", "2026-03-28T23:00:00Z"],
    ["2026-10-26", "Europe/Brussels", "2026-10-25T23:00:00Z"],
    // Clocks go forward at midnight: the day begins at one.
    ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z"],
    // Clocks go back at one to midnight: the day begins at the first of two.
    ["2026-11-01", "America/Havana", "2026-11-01T04:00:00Z"],
    // A day that Samoa left out begins and ends with the next.
    ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ])("%s in %s is %s", (day, zone, instant) => {
    expect(startOfDay(day, zone)).toEqual(at(instant));
  });

  test("a day that is none is refused", () => {
    expect(() => startOfDay("2026-02-30", "Europe/Brussels")).toThrow("that day does not exist");
    expect(() => startOfDay("2026-02-03", "Europe/Atlantis")).toThrow("is not a time zone");
  });
});
