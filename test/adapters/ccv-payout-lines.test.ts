import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/ccv-payout-lines.ts";
import { nextBankDay } from "../../simulator/calendar.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const FIXTURE = new URL("ccv-payout-lines/CCV_PAYOUT_l_korenaar_20261109.csv", FIXTURES);

async function booked() {
  const { rows } = await readAll(adapter, FIXTURE);
  return rows.flatMap((row) =>
    row.kind === "event" && row.event.booking ? [{ ...row.event, booking: row.event.booking }] : [],
  );
}

test("each S3G account pays once for a funds day, and pays the sum of its lines", async () => {
  const net = new Map<string, bigint>();
  for (const { booking } of await booked()) {
    net.set(booking.batch, (net.get(booking.batch) ?? 0n) + booking.net.amountMinor);
  }
  expect([...net]).toEqual([
    ["CCVPAY-2026-11-06-A", 0n],
    ["CCVPAY-2026-11-06-B", 0n],
    ["CCVPAY-2026-11-09-A", 0n],
    // A line of an unknown type and one that goes the wrong way are kept aside, and their payout shows it.
    ["CCVPAY-2026-11-09-B", -150n + 200n],
  ]);
});

test("what came in from Friday to Sunday is paid on Monday", async () => {
  const monday = (await booked()).filter(
    ({ kind, booking }) => kind === "SALE" && booking.batch === "CCVPAY-2026-11-09-A",
  );
  expect(monday.map(({ occurredAt }) => occurredAt.at.toISOString().slice(0, 10))).toEqual([
    "2026-11-06",
    "2026-11-07",
  ]);
  expect(["2026-11-05", "2026-11-06", "2026-11-07", "2026-11-08"].map(nextBankDay)).toEqual([
    "2026-11-06",
    "2026-11-09",
    "2026-11-09",
    "2026-11-09",
  ]);
  expect(new Set(monday.map(({ booking }) => booking.bookingDate))).toEqual(new Set(["2026-11-09"]));
});

test("a line speaks of money alone: refunds and disputes name their sale, a capture is its authorisation's", async () => {
  const lines = (await booked()).filter(({ kind }) => kind !== "PAYOUT");
  expect(lines.every(({ outcome }) => outcome === undefined)).toBe(true);
  expect(
    lines.flatMap(({ kind, originalReference }) => (originalReference ? [[kind, originalReference]] : [])),
  ).toEqual([
    ["REFUND", "C261106101112000EEEE.G"],
    ["REFUND", "C261105101112000AAAA.G"],
    ["CHARGEBACK", "C261001000000000OLD0.G"],
    ["CHARGEBACK_REVERSAL", "C261001000000000OLD0.G"],
  ]);
  expect(lines.find(({ kind }) => kind === "CAPTURE")?.reference).toBe("C261104000000000AUTH.G");
  expect(lines.filter(({ reference }) => reference === undefined).map(({ kind }) => kind)).toEqual([
    "COLLECTION",
    "DISBURSEMENT",
  ]);
});

test.each([
  ["an amount that was changed", ";21.90\n", ";21.80\n", "payout CCVPAY-2026-11-06-A"],
  ["a payout that declares more lines", ";3;32.05", ";4;32.05", "lines of payout CCVPAY-2026-11-06-A"],
  ["a trailer that declares more", "T;4;16;91.90", "T;4;16;91.91", "amount"],
  ["a kind of record nobody knows, with money on it", "T;4;16;91.90", "R;reserve;-10.00\nT;4;16;81.90", "amount"],
])("a file with %s does not foot", async (_, from, to, name) => {
  const text = (await readFile(FIXTURE, "utf8")).replace(from, to);
  const { totals } = await readAll(adapter, bytesOf(text));
  expect(totals.filter((total) => !holds(total)).map((total) => total.name)).toContain(name);
});

test.each([
  ["a payout on a Saturday", ";2026-11-06;2026-11-06;1;8.25", ";2026-11-07;2026-11-07;1;8.25", "is no bank day"],
  ["two payouts of one account and day", "B;S3G-NL-1;2026-11-06", "B;S3G-BE-1;2026-11-06", "twice; fetch"],
  ["a line before any payout", "EUR;2026-11-10\n", "EUR;2026-11-10\nL;C1;;sale;;;;;1.00\n", "where none may stand"],
  ["a second header", "T;4;16;91.90", "H;CCV-PAYOUT;1;a;b;c;EUR;d\nT;4;16;91.90", "where none may stand"],
  ["a version nobody knows", "H;CCV-PAYOUT;1;", "H;CCV-PAYOUT;2;", "version 2 of the format is not known"],
])("a file with %s is refused", async (_, from, to, message) => {
  const text = (await readFile(FIXTURE, "utf8")).replace(from, to);
  await expect(readAll(adapter, bytesOf(text))).rejects.toThrow(message);
});
