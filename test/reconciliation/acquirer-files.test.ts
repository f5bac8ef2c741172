import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNothingNew, type FixtureFiles, feedFixture, fixture } from "../support/fixture-files.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport } from "../support/settlement-files.ts";

let ledger: Ledger;
let shop: Shop;
beforeAll(async () => {
  ledger = await openLedger("acquirer_files");
  shop = await ledger.openShop({
    accounts: [
      { provider: "paypal", account: "EZ782AXEUJUW8" },
      { provider: "amex", account: "9471234567" },
      { provider: "amex", account: "1049000176" },
      { provider: "worldline", account: "1234" },
    ],
  });
});
afterAll(() => ledger.close());

const FILES: FixtureFiles = {
  "paypal-stl/STL-20261105.01.009.csv": [15, 14, 1, 0],
  "paypal-trr/TRR-20261105.01.008.CSV": [12, 9, 1, 2],
  "amex-grrcn/SHOP.GRRCN.20261110.csv": [22, 17, 0, 5],
  "amex-epprc/SHOP.EPPRC.20261111.txt": [19, 14, 0, 5],
  "amex-epprc/SHOP.EPRAW.20261111.txt": [3, 3, 0, 0],
  "worldline-global-collect/000000123420261106.010226.wx1.xml": [10, 9, 1, 0],
};

test.each(Object.entries(FILES))("%s is applied, every row of it accounted for", async (file, counts) => {
  expect(await feedFixture(shop, file)).toEqual(counts);
});

test("what they settle is matched, and every invariant holds", async () => {
  await shop.reconcile();
  const transactions = await shop.transactions();
  const settled = transactions.filter(({ reconciliation_state: state }) => state === "MATCHED");
  expect(settled.length).toBeGreaterThan(20);
  expect(settled.every(({ status }) => status === "SUCCESS")).toBe(true);
  expect(await ledger.violated()).toEqual([]);
});

test("PayPal's two reports speak of one payment and book it once", async () => {
  const sale = (await shop.transactions()).filter(({ psp_reference: id }) => id === "PP0000000000SALE1");
  expect(sale).toMatchObject([{ status: "SUCCESS", reconciliation_state: "MATCHED", amount_minor: 5200 }]);
  const lines = (await shop.rows("reconciliation.settlement_line")).filter(({ provider }) => provider === "paypal");
  expect(lines).toHaveLength(14);
});

test("a payment that PayPal denied or Amex rejected is refused, and nothing is expected of it", async () => {
  const refused = (await shop.transactions()).filter(({ status }) => status === "REFUSED");
  expect(refused.map(({ provider, amount_minor: amount }) => [provider, amount]).sort()).toEqual([
    ["amex", 4444],
    ["amex", 9900],
    ["paypal", 2000],
    ["paypal", 9900],
  ]);
  expect(refused.every(({ reconciliation_state: state }) => state === "NOT_EXPECTED")).toBe(true);
});

test("the same files again bring nothing", () => expectNothingNew(shop, FILES));

test("Adyen's accounting report adds no money to what the settlement detail report booked", async () => {
  const other = await ledger.openShop();
  const lines = [
    { psp: "PSP0000000000001", gross: 1250, fee: 10 },
    { type: "Chargeback", psp: "PSP0000000000000", modification: "DIS0000000000001", gross: -2500 },
  ];
  await other.feed(adyenReport(other.adyen, lines, { batch: "41" }));
  await other.reconcile();
  const booked = await other.rows("reconciliation.settlement_line");
  const file = "adyen-payments-accounting/payments_accounting_report_2026_11_06.csv";
  const { record } = await other.feed((await fixture(file)).toString("utf8").replaceAll("ShopBE", other.adyen), file);
  expect([Number(record["rows_accepted"]), Number(record["rows_quarantined"])]).toEqual([19, 1]);
  await other.reconcile();
  expect(await other.rows("reconciliation.settlement_line")).toHaveLength(booked.length);
  const told = (reference: string) =>
    other.transactions().then((all) => all.filter((one) => one["psp_reference"] === reference));
  expect(await told("PSP0000000000001")).toMatchObject([{ status: "SUCCESS", reconciliation_state: "MATCHED" }]);
  expect(await told("DIS0000000000001")).toMatchObject([{ status: "SUCCESS", reconciliation_state: "MATCHED" }]);
  expect(await told("REF0000000000002")).toMatchObject([{ status: "CANCELLED" }]);
  expect(await told("PSP0000000000002")).toMatchObject([{ status: "SUCCESS", refund_state: "NONE" }]);
  expect(await ledger.violated()).toEqual([]);
});
