import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNothingNew, type FixtureFiles, feedFixture, fixture } from "../support/fixture-files.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";

let ledger: Ledger;
let shop: Shop;
beforeAll(async () => {
  ledger = await openLedger("psp_files");
  shop = await ledger.openShop({
    accounts: [
      { provider: "stripe", account: "default" },
      { provider: "mollie", account: "8123456" },
      { provider: "mollie", account: "bal_8Fq2" },
      { provider: "bancontact-pro", account: "5f3a9c1e2b7d4c0088aa0001" },
      { provider: "multisafepay", account: "10010" },
      { provider: "checkoutcom", account: "ent_7xk2" },
      { provider: "buckaroo", account: "WEB123" },
      { provider: "trustly", account: "40118" },
    ],
  });
});
afterAll(() => ledger.close());

const FILES: FixtureFiles = {
  "stripe-payout-reconciliation/payout-reconciliation-itemised.csv": [17, 17, 0, 0],
  "mollie-settlements/settlements.json": [17, 16, 0, 1],
  "mollie-balance-transactions/balance-transactions.json": [9, 9, 0, 0],
  "bancontact-pro/reconciliation.json": [6, 5, 0, 1],
  "multisafepay/accountant-export.csv": [13, 13, 0, 0],
  "checkout-settlement-breakdown/settlement-breakdown.csv": [12, 12, 0, 0],
  "checkout-payouts/payouts.csv": [2, 1, 0, 1],
  "buckaroo/transactions.csv": [16, 16, 0, 0],
  "trustly/P11KFUN-40118-20261110120000-20261111120000-0001of0001.csv": [9, 8, 0, 1],
  "trustly/P11KREC-40118-20261110120000-20261111120000-0001of0001.csv": [5, 4, 0, 1],
};

async function transaction(provider: string, reference: string) {
  const all = await shop.transactions();
  return all.find((one) => one["provider"] === provider && one["psp_reference"] === reference);
}

test.each(Object.entries(FILES))("%s is applied, every row of it accounted for", async (file, counts) => {
  expect(await feedFixture(shop, file)).toEqual(counts);
});

test("what they settle is matched, and every invariant holds", async () => {
  await shop.reconcile();
  expect(await ledger.violated()).toEqual([]);
  const settled = (await shop.transactions()).filter(({ reconciliation_state: state }) => state === "MATCHED");
  expect(settled.length).toBeGreaterThan(20);
});

test.each([
  ["stripe", "ch_1", "SUCCESS", "a refund that failed gives the sale back"],
  ["stripe", "py_5", "CANCELLED", "a charge that failed after all"],
  ["mollie", "tr_2", "SUCCESS", "a chargeback that was reversed"],
  ["multisafepay", "6303075", "REFUNDED", "a payment refunded in full"],
  ["multisafepay", "6303077", "MANUAL_INTERVENTION", "an uncleared payment"],
  ["checkoutcom", "pay_1", "SUCCESS", "a payment refunded in part"],
  ["buckaroo", "A0000000000000000000000000000008", "MANUAL_INTERVENTION", "a payment on hold"],
  ["trustly", "8080498317", "CHARGEBACK", "a payment that the payer's bank returned"],
  ["trustly", "8090016931", "REFUSED", "a payment that was denied"],
])("%s %s is %s: %s", async (provider, reference, status) => {
  expect(await transaction(provider, reference)).toMatchObject({ status });
});

test("each payout has the amount that its provider paid, and its lines make it", async () => {
  const payouts = await ledger.rows<{ reference: string; amount: string; lines: string }>(
    `select p.reference, p.amount_minor::text as amount, sum(l.net_minor)::text as lines
     from reconciliation.payout p
     join reconciliation.settlement_batch b on b.merchant_id = p.merchant_id and b.payout_id = p.id
     join reconciliation.settlement_line l on l.merchant_id = b.merchant_id and l.batch_id = b.id and l.kind <> 'PAYOUT'
     where p.merchant_id = $1 group by p.reference, p.amount_minor order by p.reference`,
    [shop.id],
  );
  expect(payouts.map(({ reference, amount }) => `${reference} ${amount}`)).toEqual([
    "00000003K7ZQ 13310",
    "7b0000000000000000000001 3825",
    "8123456.1804.03 -500",
    "8123456.2611.01 3975",
    "8123456.2611.02 11940",
    "TRC1 86010",
    "TRC2 -3100",
    "po_1A 17816",
    "po_1B 1874",
  ]);
  expect(payouts.filter(({ amount, lines }) => amount !== lines)).toEqual([]);
});

test("vouchers that an acquirer settles are in the vouchers' family", async () => {
  const vouchers = await shop.rows("e_vouchers.detail");
  expect(vouchers.map(({ issuer, purse }) => `${issuer} ${purse}`)).toEqual(vouchers.map(() => "EDENRED MEAL"));
  expect(vouchers.length).toBe(3);
});

test("the same files again bring nothing", () => expectNothingNew(shop, FILES));

test("the two reports of one Stripe account never book a balance transaction twice", async () => {
  const file = "stripe-balance/balance-change-itemised.csv";
  const before = await shop.factCounts();
  const { record } = await shop.feed(await fixture(file), file);
  expect([Number(record["rows_accepted"]), Number(record["rows_quarantined"])]).toEqual([0, 17]);
  expect(await shop.factCounts()).toEqual(before);
});
