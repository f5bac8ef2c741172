import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { type AdyenLine, adyenReport, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("returned_money");
});
afterAll(() => ledger.close());

let batch = 100;
async function settle(shop: Shop, ...lines: AdyenLine[]) {
  batch += 1;
  await shop.feed(adyenReport(shop.adyen, lines, { batch: `${batch}` }));
  await shop.reconcile();
  return (await shop.transactions()).find(({ type }) => type === "SALE");
}

async function soldShop() {
  const shop = await ledger.openShop();
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 1000, account: shop.adyen, pspReference: "PSP1" }]));
  expect(await settle(shop, { psp: "PSP1", gross: 1000, fee: 10 })).toMatchObject({ status: "SUCCESS" });
  return shop;
}

const back = (type: string, gross: number, modification: string): AdyenLine => ({
  type,
  psp: "PSP1",
  modification,
  gross,
});

test("a partial refund shows on the sale, which stays a success; the rest makes it refunded", async () => {
  const shop = await soldShop();
  expect(await settle(shop, back("Refunded", -300, "REF1"))).toMatchObject({
    status: "SUCCESS",
    refund_state: "PARTIAL",
    refunded_minor: 300,
  });
  expect(await settle(shop, back("Refunded", -700, "REF2"))).toMatchObject({
    status: "REFUNDED",
    refund_state: "FULL",
    refunded_minor: 1000,
  });
  const refunds = (await shop.transactions()).filter(({ type }) => type === "REFUND");
  expect(refunds).toMatchObject([
    { amount_minor: 300, status: "SUCCESS", reconciliation_state: "MATCHED" },
    { amount_minor: 700, status: "SUCCESS", reconciliation_state: "MATCHED" },
  ]);
});

test("a refund whose money came back no longer counts, and the sale is a success again", async () => {
  const shop = await soldShop();
  expect(await settle(shop, back("Refunded", -1000, "REF1"))).toMatchObject({ status: "REFUNDED" });
  expect(await settle(shop, back("RefundedReversed", 1000, "REF1"))).toMatchObject({
    status: "SUCCESS",
    refund_state: "NONE",
    refunded_minor: 0,
  });
});

test("a chargeback, its reversal and a second one are read from the money", async () => {
  const shop = await soldShop();
  expect(await settle(shop, back("Chargeback", -1000, "DIS1"))).toMatchObject({
    status: "CHARGEBACK",
    dispute_state: "OPEN",
    charged_back_minor: 1000,
  });
  expect(await settle(shop, back("ChargebackReversed", 1000, "DIS1"))).toMatchObject({
    status: "SUCCESS",
    dispute_state: "WON",
    charged_back_minor: 0,
  });
  expect(await settle(shop, back("SecondChargeback", -1000, "DIS1"))).toMatchObject({
    status: "CHARGEBACK",
    dispute_state: "SECOND_CHARGEBACK",
    charged_back_minor: 1000,
  });
});

test("a reversal that returns only a part leaves the sale charged back", async () => {
  const shop = await soldShop();
  await settle(shop, back("Chargeback", -1000, "DIS1"));
  expect(await settle(shop, back("ChargebackReversed", 400, "DIS1"))).toMatchObject({
    status: "CHARGEBACK",
    charged_back_minor: 600,
  });
});

test("a refund reported by a terminal and booked by the acquirer is one refund", async () => {
  const shop = await soldShop();
  const refund = {
    type: "refund",
    amount: 300,
    account: shop.adyen,
    pspReference: "REF1",
    originalReference: "PSP1",
  } as const;
  await shop.feed(terminalJournal(shop.terminal, [refund]));
  const sale = await settle(shop, back("Refunded", -300, "REF1"));
  expect(sale).toMatchObject({ refund_state: "PARTIAL", refunded_minor: 300 });
  const refunds = (await shop.transactions()).filter(({ type }) => type === "REFUND");
  expect(refunds).toMatchObject([{ status: "SUCCESS", provisional: false, original_id: sale?.id }]);
});

test("a reversal of a refund that names no refund does not stop the file", async () => {
  const shop = await soldShop();
  await settle(shop, { type: "RefundedReversed", psp: "PSP1", modification: "", gross: 300 });
  const [file] = (await shop.rows("reconciliation.source_file")).slice(-1);
  expect(file?.status).toMatch(/APPLIED/);
});
