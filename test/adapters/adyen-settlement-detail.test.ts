import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds, type Reading } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/adyen-settlement-detail.ts";
import { minorUnitsOf } from "../../adapters/readers/decimal.ts";
import { formatDecimal, parseAmount } from "../../subgraphs/shared/money.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const FIXTURE = new URL("adyen-settlement-detail/settlement_detail_report_batch_41.csv", FIXTURES);

async function events(file: URL | AsyncIterable<Buffer> = FIXTURE) {
  return (await readAll(adapter, file)).rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
}

test("the disputes of one sale are three transactions under one dispute reference", async () => {
  const disputes = (await events()).filter(({ originalReference }) => originalReference === "PSP0000000000002");
  expect(disputes.map(({ kind, reference }) => [kind, reference])).toEqual([
    ["CHARGEBACK", "DIS0000000000001"],
    ["CHARGEBACK_REVERSAL", "DIS0000000000001-reversed"],
    ["SECOND_CHARGEBACK", "DIS0000000000001-second"],
  ]);
});

test("a refund and its reversal speak of the same refund, and only book", async () => {
  const refund = (await events()).filter(({ reference }) => reference === "REF0000000000001");
  expect(refund.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ["REFUND", undefined],
    ["REFUND_REVERSAL", undefined],
  ]);
});

test("a settled sale is booked and left for the terminal's transaction to claim", async () => {
  const sales = (await events()).filter(({ kind }) => kind === "SALE");
  expect(sales.map(({ outcome, booking }) => [outcome, booking?.batch])).toEqual(sales.map(() => [undefined, "41"]));
});

test("an ARN that a spreadsheet turned into a float is dropped and its row kept", async () => {
  const sales = (await events()).filter(({ kind }) => kind === "SALE");
  expect(sales.slice(0, 2).map(({ payment }) => payment?.arn)).toEqual(["74500006306000000000017", undefined]);
});

test("a sale in yen booked in euros keeps both amounts", async () => {
  const sale = (await events()).find(({ reference }) => reference === "PSP0000000000003");
  expect(sale?.amount).toEqual({ amountMinor: 1500n, currency: "JPY" });
  expect(sale?.booking).toMatchObject({
    gross: { amountMinor: 920n, currency: "EUR" },
    net: { amountMinor: 895n, currency: "EUR" },
    processingAmount: { amountMinor: 1500n, currency: "JPY" },
    exchangeRate: "0.006133333333333",
  });
});

test("a batch without its payout does not net to zero", async () => {
  const text = await readFile(FIXTURE, "utf8");
  const withoutPayout = text.slice(0, text.lastIndexOf("41,MerchantPayout"));
  const { totals } = await readAll(adapter, bytesOf(withoutPayout));
  expect(totals).toEqual([{ name: "batch 41 nets to zero", currency: "EUR", expected: 0n, actual: 4581n }]);
});

test("a report without a column we need is refused by the column's name", async () => {
  const text = (await readFile(FIXTURE, "utf8")).replace("Interchange (NC)", "Interchange");
  await expect(readAll(adapter, bytesOf(text))).rejects.toThrow('the column "Interchange (NC)" is missing');
});

test("a type nobody mapped is refused and counted as drift, without what the shop attached to it", async () => {
  const text = (await readFile(FIXTURE, "utf8")).replace("41,settled,PSP0000000000002", "41,Floated,PSP0000000000002");
  const readings: Reading[] = [];
  for await (const chunk of adapter.read(bytesOf(text))) readings.push(...chunk);
  const at = readings.findIndex(({ kind }) => kind === "rejected");
  expect(readings.slice(at - 1, at + 1)).toMatchObject([
    { kind: "drift", drift: { what: "UNKNOWN_VALUE", name: "Type", value: "Floated" } },
    { kind: "rejected", problem: 'the type "Floated" is not known; add it to the adapter' },
  ]);
  expect(text).toContain('""lane"":""2""');
  expect(JSON.stringify(readings[at])).not.toContain("lane");
});

test("plain digits are counted to the same amount as the strict reader reads", () => {
  const currency = fc.constantFrom("EUR", "JPY", "BHD");
  const text = fc.oneof(
    fc
      .tuple(fc.bigInt(0n, 10n ** 17n), currency)
      .map(([minor, code]) => formatDecimal({ amountMinor: minor, currency: code })),
    fc
      .string({ unit: fc.constantFrom("0", "1", "9", ".", "-", ",", "e") })
      .filter((value) => value !== "" && value[0] !== "."),
  );
  const outcome = (read: () => bigint) => {
    try {
      return read();
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(text, currency, (value, code) => {
      const strict = outcome(() => parseAmount(value, code, ".").amountMinor);
      expect(outcome(() => minorUnitsOf(value, code))).toEqual(strict);
    }),
  );
});

const SAMPLES = new URL("../../../shared/samples/adyen/", import.meta.url);

describe.skipIf(!existsSync(SAMPLES))("reports found in the wild (skipped unless ../shared/samples is there)", () => {
  test("batch 380: 228 rows, 220 sales whose fees explain every cent, and the batch nets to zero", async () => {
    const { rows, totals } = await readAll(adapter, new URL("settlement_detail_report_batch_380.csv", SAMPLES));
    const sales = rows.flatMap((row) => (row.kind === "event" && row.event.kind === "SALE" ? [row.event] : []));
    expect([rows.length, sales.length]).toEqual([228, 220]);
    expect(rows.every(({ kind }) => kind === "event")).toBe(true);
    expect(totals).toEqual([{ name: "batch 380 nets to zero", currency: "USD", expected: 0n, actual: 0n }]);
  });

  test("every row of every report is an event or is rejected with a reason, and nothing crashes", async () => {
    const files = (await readdir(SAMPLES)).filter((file) => /settlement_detail.*\.csv$/.test(file));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const text = await readFile(new URL(file, SAMPLES), "utf8");
      expect(adapter.accepts(text.slice(0, 4096)), file).toBe(true);
      const { rows, totals } = await readAll(adapter, new URL(file, SAMPLES));
      expect(rows.length, file).toBe(text.trim().split("\n").length - 1);
      expect(
        rows.filter((row) => row.kind === "rejected" && row.problem === ""),
        file,
      ).toEqual([]);
      expect(totals.length, file).toBeGreaterThan(0);
    }
  });

  test("a report of another kind is left to other adapters", async () => {
    const files = (await readdir(SAMPLES)).filter((file) => file.startsWith("payments_accounting"));
    for (const file of files)
      expect(adapter.accepts(await readFile(new URL(file, SAMPLES), "latin1")), file).toBe(false);
  });

  test("a batch that its editors left open is seen as open", async () => {
    const { totals } = await readAll(adapter, new URL("settlement_detail_report_refund.csv", SAMPLES));
    expect(totals.filter((total) => !holds(total))).toHaveLength(1);
  });
});
