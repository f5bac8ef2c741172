import { describe, expect, test } from "vitest";
import { type PayoutDetail, placesOf, waterfallOf } from "../../portal/pages/money/waterfall.ts";

const eur = (amountMinor: string) => ({ amountMinor, currency: "EUR" });

const PAYOUT: PayoutDetail = {
  ...{ id: "pay_1", provider: "adyen", account: "Shop", reference: "R1", amount: eur("9300"), status: "PAID" },
  ...{ valueDate: null, arrivalDate: null, batches: null, all: null },
  parts: [
    { kind: "SALE", lineCount: "2", gross: { amountMinor: "12000" }, fee: { amountMinor: "-200" } },
    { kind: "REFUND", lineCount: "1", gross: { amountMinor: "-1500" }, fee: { amountMinor: "0" } },
    { kind: "CHARGEBACK", lineCount: "1", gross: { amountMinor: "-900" }, fee: { amountMinor: "-50" } },
  ],
  residuals: [{ type: "FEE_INVOICE", amount: { amountMinor: "-50" } }],
  bankEntries: [],
};

describe("the waterfall of a payout", () => {
  test("goes from gross to the payout without losing a cent, each step where the one before it ended", () => {
    const bars = waterfallOf(PAYOUT);
    expect(bars.map(({ name, amountMinor }) => [name, amountMinor])).toEqual([
      ["gross", 12_000n],
      ["fees", -250n],
      ["refunds", -1_500n],
      ["chargebacks", -900n],
      ["FEE_INVOICE", -50n],
      ["payout", 9_300n],
    ]);
    for (const [index, bar] of bars.slice(0, -1).entries()) expect(bar.from).toBe(bars[index - 1]?.to ?? 0n);
    expect(bars.at(-2)?.to).toBe(9_300n);
    expect(bars.find(({ name }) => name === "fees")?.kinds).toEqual(["SALE", "CHARGEBACK"]);
  });

  test("shows by how much the bank differs, and no difference where there is none", () => {
    const booked = (amountMinor: string) => ({
      ...{ id: "bnk_1", amount: eur(amountMinor), bookingDate: "2026-01-08", account: "BE1", remittance: "" },
      ...{ fileName: null, lineNumber: "1" },
    });
    const names = (amountMinor: string) =>
      waterfallOf({ ...PAYOUT, bankEntries: [booked(amountMinor)] })
        .slice(-2)
        .map(({ name, amountMinor: sum }) => [name, sum]);
    expect(names("9300")).toEqual([
      ["payout", 9_300n],
      ["bank", 9_300n],
    ]);
    expect(names("9000")).toEqual([
      ["beside", -300n],
      ["bank", 9_000n],
    ]);
  });

  test("keeps a payout below zero on its scale", () => {
    const bars = waterfallOf({ ...PAYOUT, parts: [], residuals: [], amount: eur("-500") });
    expect(placesOf(bars).at(-1)).toEqual({ left: 0, width: 100 });
  });
});
