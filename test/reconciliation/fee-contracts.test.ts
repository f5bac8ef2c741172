import { afterAll, beforeAll, expect, test } from "vitest";
import { feeScheduleOfText } from "../../subgraphs/reconciliation/contracts/fee-schedule.ts";
import { loadContract } from "../../subgraphs/reconciliation/contracts/load-contract.ts";
import { assess } from "../../subgraphs/reconciliation/expectations/assess.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { type AdyenLine, adyenReport, type EdenredLine, edenredFile } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("fee_contracts");
});
afterAll(() => ledger.close());

function inShop<T>(shop: Shop, work: Parameters<typeof inScope<T>>[2]): Promise<T> {
  return inScope(ledger.services.database, { merchants: [shop.id], user: "user:ann" }, work);
}

const load = (shop: Shop, schedule: object) =>
  inShop(shop, (transaction) =>
    loadContract(transaction, shop.id, feeScheduleOfText(JSON.stringify(schedule)), "user:ann"),
  );

const BLENDED = {
  provider: "adyen",
  validFrom: "2026-01-01",
  currency: "EUR",
  model: "BLENDED",
  rounding: "PER_LINE",
  rates: [{ percentage: "1.25", fixed: "0.10" }],
};

let batch = 500;
async function settle(shop: Shop, ...lines: AdyenLine[]): Promise<void> {
  batch += 1;
  await shop.feed(adyenReport(shop.adyen, lines, { batch: `${batch}` }));
  await shop.reconcile();
}

const variances = async (shop: Shop) =>
  (await shop.rows("reconciliation.discrepancy")).filter(({ type }) => type === "FEE_VARIANCE");

test("FEE_VARIANCE: a fee that is not the contract's is named with the arithmetic, and one that is passes", async () => {
  const shop = await ledger.openShop();
  await load(shop, BLENDED);
  // 1.25 % of 12.40 is 15.5 cents, and 10 more: 25.5, which is 26.
  await settle(shop, { psp: "PSP1", gross: 1240, fee: 26 }, { psp: "PSP2", gross: 1240, fee: 31 });
  const [variance, ...others] = await variances(shop);
  expect(others).toEqual([]);
  expect(variance).toMatchObject({ state: "OPEN", amount_at_risk_minor: 5, currency: "EUR" });
  expect(variance?.explanation).toBe(
    "the contract (version 1) gives a fee of 0.26 EUR: 12.40 x 1.25 % + 0.10 = 0.255, rounded half up; the line books 0.31: 0.05 too much",
  );
  expect((await shop.transactions()).find(({ id }) => id === variance?.transaction_id)).toMatchObject({
    psp_reference: "PSP2",
  });
});

test("a tolerance is kept to, and the next version of a contract is checked against all that it holds for", async () => {
  const shop = await ledger.openShop();
  await load(shop, { ...BLENDED, tolerance: "0.05" });
  await settle(shop, { psp: "PSP1", gross: 1240, fee: 31 }, { psp: "PSP2", gross: 1240, fee: 32 });
  expect(await variances(shop)).toMatchObject([{ amount_at_risk_minor: 6 }]);
  expect(await load(shop, { ...BLENDED, rates: [{ fixed: "0.32" }] })).toMatchObject({ version: 2, isNew: true });
  await inShop(shop, (transaction) => assess(transaction, { merchantId: shop.id, runId: null, asOf: "2026-11-10" }));
  const found = (await variances(shop)).map((row) => [row.state, row.amount_at_risk_minor]);
  expect(found.sort()).toEqual([
    ["OPEN", 1],
    ["RESOLVED", 6],
  ]);
});

test("a contract holds for its days, its account and its currency only", async () => {
  const shop = await ledger.openShop();
  await load(shop, { ...BLENDED, validTo: "2026-11-08" });
  await load(shop, { ...BLENDED, account: "another" });
  await load(shop, { ...BLENDED, currency: "USD" });
  await settle(shop, { psp: "PSP1", gross: 1240, fee: 99 });
  expect(await variances(shop)).toEqual([]);
});

test("of several rates the one that names the most of a line counts", async () => {
  const shop = await ledger.openShop();
  const rates = [{ percentage: "1" }, { method: "visa", percentage: "2" }, { kinds: ["REFUND"], fixed: "0.25" }];
  await load(shop, { ...BLENDED, rates });
  await settle(shop, { psp: "PSP1", gross: 1000, fee: 10 }, { psp: "PSP2", gross: 1000, fee: 20, method: "visa" });
  await settle(shop, { type: "Refunded", psp: "PSP1", modification: "REF1", gross: -500, fee: 25 });
  expect(await variances(shop)).toEqual([]);
});

test("interchange and scheme fees are passed through, and the markup is checked", async () => {
  const shop = await ledger.openShop();
  await load(shop, { ...BLENDED, model: "INTERCHANGE_PLUS_PLUS", rates: [{ percentage: "0.5" }] });
  await settle(shop, { psp: "PSP1", gross: 1000, fee: 5 }, { psp: "PSP2", gross: 1000, fee: 7 });
  expect(await variances(shop)).toMatchObject([{ amount_at_risk_minor: 2 }]);
});

test("a commission has its minimum for each voucher, to a fraction of a cent, and is rounded once for a payout", async () => {
  const vouchers = (...commissions: number[]): EdenredLine[] =>
    commissions.map((commission, index) => ({ transaction: `${100 + index}`, amount: 300, commission }));
  const schedule = (shop: Shop) => ({
    ...BLENDED,
    provider: "edenred",
    account: shop.edenred,
    model: "VOUCHER_COMMISSION",
    rounding: "PER_PAYOUT",
    rates: [{ percentage: "1", minimum: "0.045" }],
  });
  const shop = await ledger.openShop();
  await load(shop, schedule(shop));
  // 1 % of 3.00 is 3 cents, below the minimum of 4.5; three of them are 13.5, which is 14.
  await shop.feed(edenredFile(shop.edenred, vouchers(4, 5, 5)));
  await shop.reconcile();
  expect(await variances(shop)).toEqual([]);
  const dear = await ledger.openShop();
  await load(dear, schedule(dear));
  await dear.feed(edenredFile(dear.edenred, vouchers(5, 5, 5)));
  await dear.reconcile();
  expect(await variances(dear)).toMatchObject([
    {
      amount_at_risk_minor: 1,
      line_id: null,
      explanation:
        "the contract (version 1) gives fees of 0.14 EUR on 3 lines: they sum to 0.135, rounded half up once; the lines book 0.15: 0.01 too much",
    },
  ]);
});

test("the same schedule is loaded once, and what is wrong with one is named", async () => {
  const shop = await ledger.openShop();
  expect(await load(shop, BLENDED)).toMatchObject({ version: 1, isNew: true });
  expect(await load(shop, BLENDED)).toMatchObject({ version: 1, isNew: false });
  expect(await load(shop, { ...BLENDED, validFrom: "2026-06-01" })).toMatchObject({ version: 2, isNew: true });
  const yaml = `provider: adyen
validFrom: 2026-01-01
currency: EUR
model: FLAT
rounding: PER_LINE
rates:
  - percentage: 1.25
`;
  expect(() => feeScheduleOfText(yaml)).toThrow(/model[\s\S]*write it as text in quotes, such as "1.25"/);
  expect(() => feeScheduleOfText(JSON.stringify({ ...BLENDED, payoutMinimum: "5" }))).toThrow(/PER_PAYOUT/);
  expect(() => feeScheduleOfText("a: &x [1]\nb: *x")).toThrow(/neither YAML nor JSON/);
});
