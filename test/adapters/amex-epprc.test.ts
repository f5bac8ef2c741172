import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { julianDate } from "../../adapters/amex/local-time.ts";
import { overpunched } from "../../adapters/amex/overpunch.ts";
import { adapter } from "../../adapters/providers/amex-epprc.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const PRICED = new URL("amex-epprc/SHOP.EPPRC.20261111.txt", FIXTURES);
const RAW = new URL("amex-epprc/SHOP.EPRAW.20261111.txt", FIXTURES);

async function events(file: URL | AsyncIterable<Buffer> = PRICED) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

async function changed(from: string | RegExp, to: string) {
  return readAll(adapter, bytesOf((await readFile(PRICED, "utf8")).replace(from, to)));
}

test("a sign in the last digit is read as it is written", () => {
  expect(["0000052779D", "0000000227}", "00001325}", "0{", "J", "   "].map(overpunched)).toEqual([
    527_794n,
    -2_270n,
    -13_250n,
    0n,
    -1n,
    0n,
  ]);
  const write = (amount: bigint) => {
    const digits = String(amount < 0n ? -amount : amount).padStart(11, "0");
    return digits.slice(0, -1) + (amount < 0n ? "}JKLMNOPQR" : "{ABCDEFGHI")[Number(digits.at(-1))];
  };
  fc.assert(
    fc.property(fc.bigInt(-99_999_999_999n, 99_999_999_999n), (amount) => overpunched(write(amount)) === amount),
    { numRuns: 10_000 },
  );
});

test.each(["000000050", "00005a", "-12A", "1.2A", "AA"])("%s has lost its sign and is no amount", (text) => {
  expect(() => overpunched(text)).toThrow(/not an amount with its sign in the last place/);
});

test("a day of the year is a date, in leap years too", () => {
  expect(["2014254", "2024060", "2024366", "2026001"].map(julianDate)).toEqual([
    "2014-09-11",
    "2024-02-29",
    "2024-12-31",
    "2026-01-01",
  ]);
  for (const text of ["2026366", "2026000", "20260A1", "26001"]) expect(() => julianDate(text)).toThrow(/not a day/);
});

test("the lines of a payment and its payout net to zero", async () => {
  const nets = new Map<string, bigint>();
  for (const { booking } of await events()) {
    if (booking) nets.set(booking.batch, (nets.get(booking.batch) ?? 0n) + booking.net.amountMinor);
  }
  expect([...nets.values()]).toEqual([0n, 0n, 0n]);
});

test("gross less what is kept is net, and a charge paid gross is kept nothing of", async () => {
  const booked = (await events()).filter(({ kind }) => kind === "SALE" || kind === "REFUND" || kind === "FEE");
  const first = booked.filter(({ booking }) => booking?.batch === "2026315F8666");
  const sum = (part: "gross" | "net") => first.reduce((total, { booking }) => total + booking![part].amountMinor, 0n);
  // 257.26 of charges less 7.08 of discount and 0.15 of service fee, and a fee of 0.56 whose gross it is.
  expect([sum("gross"), sum("net")]).toEqual([25_726n - 56n, 25_726n - 708n - 15n - 56n]);
  expect(booked.filter(({ booking }) => booking?.batch === "2026315F8668").map(({ kind }) => kind)).toEqual(["SALE"]);
});

test("a negative charge is a refund, a rejected one was never paid", async () => {
  const charges = (await events()).filter(({ rawStatus }) => rawStatus.startsWith("311"));
  expect(charges.map(({ kind, outcome, booking }) => [kind, outcome?.status, booking?.net.amountMinor])).toEqual([
    ["SALE", undefined, 22_847n],
    ["SALE", undefined, 6_329n],
    ["REFUND", "SUCCESS", -3_450n],
    ["SALE", "REFUSED", undefined],
    ["SALE", undefined, 48_183n],
  ]);
  expect(charges[0]).toMatchObject({
    terminal: "90120001",
    occurredAt: { at: new Date("2026-11-05T19:30:47Z") },
    payment: {
      maskedPan: "372352XXXXX3008",
      last4: "3008",
      authorisationCode: "582593",
      merchantReference: "INV-1001",
    },
  });
});

test("an adjustment that names a card is a dispute, by its reason", async () => {
  const adjustments = (await events()).filter(({ rawStatus }) => rawStatus.startsWith("230"));
  expect(adjustments.map(({ kind, payment }) => [kind, payment?.maskedPan])).toEqual([
    ["CHARGEBACK", "372727XXXXX1017"],
    ["CHARGEBACK_REVERSAL", "372710XXXXX2003"],
    ["ADJUSTMENT", undefined],
  ]);
});

test("submissions without their charges are booked whole, and what was owed before is deducted once", async () => {
  const lines = await events(RAW);
  expect(lines.map(({ kind, booking }) => [kind, booking?.net.amountMinor])).toEqual([
    ["PAYOUT", -12_786n],
    ["ADJUSTMENT", 19_815n],
    ["ADJUSTMENT", -6_529n],
  ]);
  expect(lines.reduce((sum, { booking }) => sum + booking!.net.amountMinor, 0n)).toBe(500n);
});

test("several logical files in one are read one after the other", async () => {
  const both = Buffer.concat([await readFile(PRICED), await readFile(RAW), await readFile(PRICED)]);
  const { rows, totals } = await readAll(adapter, bytesOf(both));
  expect([rows.length, totals.length]).toEqual([19 + 3 + 19, 7 + 3 + 7]);
  expect(totals.every(holds)).toBe(true);
  expect(rows.at(-1)?.line).toBe(21 + 5 + 20);
});

describe("what does not foot is seen", () => {
  const broken = async (from: string | RegExp, to: string) =>
    (await changed(from, to)).totals.filter((total) => !holds(total)).map(({ name }) => name.replace(/ of .*/, ""));

  test("an altered charge, a missing record, an altered fee", async () => {
    expect(await broken("000002284G372352", "000002284H372352")).toEqual(["net", "charges"]);
    expect(await broken(/.*313NA.*\n/, "")).toEqual(["records"]);
    expect(await broken("00000005ONON", "00000005PNON")).toEqual(["net"]);
  });
});

test.each([
  ["an amount that lost its sign", "00000005ONON", "000000056NON", /sign in the last place/],
  ["a record type nobody knows", "2502026314", "2702026314", /record type "270" is not known/],
  ["a word about rejection that nobody knows", "20143047582593", "99143047582593", /whether "99" means/],
])("%s is refused and the rest read", async (_, from, to, problem) => {
  const { rows } = await changed(from, to);
  expect(rows.filter(({ kind }) => kind === "rejected")).toMatchObject([{ problem: expect.stringMatching(problem) }]);
});

test.each([
  ["without its trailer", /DFTRL.*\n/, "", /the last DFTRL is missing/],
  ["that begins twice", /^/, "DFHDR111020260339000000SHOP\n", /begins a file before the one before it has ended/],
  ["without its header", /DFHDR.*\n/, "", /stands in no file/],
  ["whose trailer is of another file", "DFTRL11102026", "DFTRL11112026", /ends another file/],
  ["paid to a bank we cannot tell the currency of", "111000012", "000112345", /no record names a currency/],
  ["with one payment twice", /(.*100\d{7}.*\n)/, "$1$1", /has a second summary/],
])("a file %s is refused", async (_, from, to, problem) => {
  await expect(changed(from, to)).rejects.toThrow(problem);
});

const SAMPLE = new URL("../../../shared/samples/amex/EPPRC_test_sample_file_masked.txt", import.meta.url);

describe.skipIf(!existsSync(SAMPLE))("Amex' own test file (skipped unless ../shared/samples is there)", () => {
  test("45 logical files, every record and payment of which foots", async () => {
    const { rows, totals } = await readAll(adapter, SAMPLE);
    expect([rows.length, rows.filter(({ kind }) => kind === "rejected").length]).toEqual([1041, 0]);
    expect(totals.filter(({ name }) => name.startsWith("records"))).toHaveLength(45);
    expect(totals.filter((total) => !holds(total))).toEqual([]);
  });
});
