import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/worldline-global-collect.ts";
import { recordKind } from "../../adapters/worldline/record-kinds.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const FIXTURE = new URL("worldline-global-collect/000000123420261106.010226.wx1.xml", FIXTURES);

async function events(file: URL | AsyncIterable<Buffer> = FIXTURE) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

async function changed(from: string | RegExp, to: string) {
  return readAll(adapter, bytesOf((await readFile(FIXTURE, "utf8")).replace(from, to)));
}

test("what is booked is what Worldline says is due", async () => {
  const due = BigInt(/<tns:TotalAmountDue>(-?\d+)</.exec(await readFile(FIXTURE, "utf8"))![1]!);
  const booked = (await events()).reduce((sum, { booking }) => sum + (booking?.net.amountMinor ?? 0n), 0n);
  // The one record nobody could place is 5.00 of it.
  expect(booked + 500n).toBe(due);
});

test("only what is due is booked; the others say what became of a payment", async () => {
  const told = (await events()).map(({ rawStatus, kind, outcome, booking }) => [
    rawStatus,
    kind,
    outcome?.status,
    booking?.net.amountMinor,
  ]);
  expect(told).toEqual([
    ["XON 975", "SALE", "PROCESSING", undefined],
    ["+ON 1050", "SALE", undefined, 8000n],
    ["+AP 1050", "SALE", undefined, 2599n],
    ["+IP 1000", "SALE", undefined, 9210n],
    ["-CR 1800", "REFUND", "SUCCESS", -3000n],
    ["-CB 1500", "CHARGEBACK", "SUCCESS", -2500n],
    ["-AR 1520", "CHARGEBACK", "SUCCESS", -1999n],
    ["XRN 1100", "SALE", "FAILED", undefined],
    ["-CR 1800", "REFUND", "SUCCESS", -1500n],
  ]);
});

test("a refund and a dispute go back to the payment by its order, effort and attempt", async () => {
  const back = (await events()).filter(({ kind }) => kind === "REFUND" || kind === "CHARGEBACK");
  expect(back.map(({ reference, originalReference }) => [reference, originalReference])).toEqual([
    ["5000000000--1-1", "5000000000-1-1"],
    ["4000000000-1-1-CB", "4000000000-1-1"],
    ["4000000001-1-1-AR", "4000000001-1-1"],
    // An orphan: neither an order nor a payment reference.
    [undefined, undefined],
  ]);
  // The payment was in August; the chargeback is of the day it became due.
  expect(back[1]?.occurredAt.at).toEqual(new Date("2026-11-05T23:00:00Z"));
});

test("a payment without an order goes by its payment reference, and keeps the shopper's amount", async () => {
  const invoice = (await events()).find(({ rawStatus }) => rawStatus.startsWith("+IP"));
  expect(invoice).toMatchObject({
    reference: "657000777333-1",
    amount: { amountMinor: 10_000n, currency: "USD" },
    booking: {
      net: { amountMinor: 9210n, currency: "EUR" },
      processingAmount: { amountMinor: 10_000n, currency: "USD" },
    },
    payment: { method: "bpay", type: "BANK_TRANSFER" },
  });
});

test.each([
  ["+", "ON", "SALE"],
  ["+", "IP", "SALE"],
  ["-", "ON", "CANCELLATION"],
  ["X", "CR", "REFUND"],
  ["X", "RS", "SALE"],
  ["X", "AB", "SALE"],
  ["+", "CB", undefined],
  ["-", "IP", undefined],
])("%s%s is %s", (category, type, kind) => {
  expect(recordKind(category, type)?.kind).toBe(kind);
});

test("who paid is never kept, and a card number that was not masked is", async () => {
  const text = await readFile(FIXTURE, "utf8");
  expect(text).toMatch(/jane\.doe@example\.org[\s\S]*4111111111111111/);
  const { rows } = await readAll(adapter, FIXTURE);
  const rejected = rows.filter(({ kind }) => kind === "rejected");
  expect(rejected).toMatchObject([{ problem: expect.stringContaining('record "+ZZ"') }]);
  expect(rejected[0]?.raw).toContain("<CardNumber>411111XXXXXX1111</CardNumber>");
  expect(toGolden(rows)).not.toMatch(/jane|Doe|Kerkstraat|4111111111111111/);
});

describe("what does not foot is seen", () => {
  const broken = async (from: string | RegExp, to: string) =>
    (await changed(from, to)).totals.filter((total) => !holds(total)).map(({ name }) => name);

  test("an altered amount, a missing record, a missing total", async () => {
    expect(await broken("<tns:AmountDue>8000<", "<tns:AmountDue>8001<")).toEqual(["credited to 1234"]);
    expect(await broken("<tns:AmountDue>-2500<", "<tns:AmountDue>-2501<")).toEqual(["debited from 1234"]);
    expect(await broken(/<tns:DataRecord>[\s\S]*?<\/tns:DataRecord>/, "")).toEqual(["records"]);
    expect(await broken(/<tns:TotalAmount>[\s\S]*?<\/tns:TotalAmount>/, "")).toEqual(["due to 1234 without a total"]);
  });
});

test.each([
  ["money that comes where it should go", "<tns:AmountDue>-3000<", "<tns:AmountDue>3000<", /wrong sign/],
  ["money that is not said", "<tns:AmountDue>8000</tns:AmountDue>", "", /says no amount that is due/],
  ["a time that no clock showed", "2026-11-05T10:15:00", "2026-03-29T02:30:00", /skipped it/],
])("a record with %s is refused", async (_, from, to, problem) => {
  const { rows } = await changed(from, to);
  expect(rows.filter(({ kind }) => kind === "rejected")).toContainEqual(
    expect.objectContaining({ problem: expect.stringMatching(problem) }),
  );
});

test("another version, a cut file and a DOCTYPE are refused", async () => {
  await expect(changed("wx.v2_6", "wx.v2_7")).rejects.toThrow(/version .*v2_7.* is not known/);
  await expect(changed("</tns:report>", "")).rejects.toThrow(/not well-formed/);
  await expect(changed("<tns:report", "<!DOCTYPE x><tns:report")).rejects.toThrow(/DOCTYPE/);
});

const SAMPLES = new URL("../../../shared/samples/worldline-globalcollect/", import.meta.url);

describe.skipIf(!existsSync(SAMPLES))("reports found in the wild (skipped unless ../shared/samples is there)", () => {
  test.each([
    ["chargeback", "CHARGEBACK", true],
    ["donation", "SALE", true],
    ["connectdonation", "SALE", true],
    ["donation_bpay", "SALE", true],
    ["refund", "REFUND", true],
    ["recurringrefund", "REFUND", true],
    // Its record is in euros, its total in dollars.
    ["sparseRefund", "REFUND", false],
  ])("%s holds one %s", async (name, kind, foots) => {
    const { rows, totals } = await readAll(
      adapter,
      bytesOf(gunzipSync(await readFile(new URL(`${name}.xml.gz`, SAMPLES)))),
    );
    expect(rows).toMatchObject([{ kind: "event", event: { kind } }]);
    expect(totals.every(holds)).toBe(foots);
  });
});
