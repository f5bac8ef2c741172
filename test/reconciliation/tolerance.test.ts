import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";
import { tolerate } from "../support/tolerate.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("tolerance");
});
afterAll(() => ledger.close());

/** A sale of 10.00 that nothing but its code names, and a line for the same code and another amount. */
async function settledFor(shop: Shop, amount: number) {
  const sale = { amount: 1000, account: shop.adyen, authCode: "CODE1", maskedPan: "541333XXXXXX0009" };
  await shop.feed(terminalJournal(shop.terminal, [sale]));
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: amount, authorisation: "CODE1" }]));
  await shop.reconcile();
  const [transaction] = (await shop.transactions()).filter(({ amount_minor }) => amount_minor === 1000);
  const claims = (await shop.rows("reconciliation.claim")).map(({ stage }) => stage);
  const mismatches = (await shop.rows("reconciliation.discrepancy")).filter(({ type }) => type === "AMOUNT_MISMATCH");
  return { transaction, claims, mismatches };
}

test("an amount within both bounds is proposed to a person, and nothing is claimed or inferred", async () => {
  const shop = await ledger.openShop();
  await tolerate(ledger, shop, { minor: 5, basisPoints: 50 });
  const { transaction, claims, mismatches } = await settledFor(shop, 1005);
  expect(claims).toEqual([]);
  expect(mismatches).toMatchObject([
    {
      state: "OPEN",
      transaction_id: transaction?.id,
      explanation: expect.stringContaining("10.05 EUR for what may be a transaction of 10.00"),
    },
  ]);
});

test.each([
  ["more than the amount allowed", { minor: 4, basisPoints: 50 }, 1005],
  ["more than the share allowed", { minor: 5, basisPoints: 49 }, 1005],
  ["any difference where the rules say none", { minor: 0, basisPoints: 0 }, 1001],
])("%s is no partner: the line is a purchase of its own", async (_, tolerance, amount) => {
  const shop = await ledger.openShop();
  await tolerate(ledger, shop, tolerance);
  const { claims, mismatches } = await settledFor(shop, amount);
  expect([claims, mismatches]).toEqual([["SETTLEMENT_ONLY"], []]);
});
