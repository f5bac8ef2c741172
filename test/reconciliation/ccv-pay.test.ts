import { afterAll, beforeAll, expect, test } from "vitest";
import { ccvEnd } from "../../simulator/writers/ccv-pay.ts";
import { payoutHeader, payoutLines, payoutTrailer } from "../../simulator/writers/ccv-payout-lines.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("ccv_pay");
});
afterAll(() => ledger.close());

let clock = 1_793_605_560_000;

/** Feeds transactions as CCV's API tells them; each is newer than those before. */
async function feed(shop: Shop, ...transactions: readonly Readonly<Record<string, unknown>>[]) {
  const rows = transactions.map((fields) => {
    clock += 1_000;
    const base = { reference: "C1.G", type: "sale", status: "success", amount: "10.00", currency: "eur" };
    const times = { created: 1_793_605_500_000, lastUpdate: clock };
    return JSON.stringify({ ...base, method: "card", brand: "visa", ...times, account: accountOf(shop), ...fields });
  });
  const { record } = await shop.feed(`${[...rows, ccvEnd(rows.length)].join("\n")}\n`);
  await shop.reconcile();
  expect(record).toMatchObject({ status: "APPLIED" });
  return (await shop.transactions()).find(({ type }) => type === "SALE");
}

const accountOf = ({ id }: Shop) => id.replace("mer_", "l_");
const refund = (reference: string, amount: string, status = "success") => {
  const failure = status === "failed" ? { failureCode: "unsufficient_balance" } : {};
  return { reference, type: "refund", amount, status, originalReference: "C1.G", ...failure };
};

test("a refund that failed leaves its sale as it was, and one that is under way does not count yet", async () => {
  const shop = await ledger.openShop();
  const sale = await feed(shop, {}, refund("R1.G", "10.00", "failed"), refund("R2.G", "4.00", "pending"));
  expect(sale).toMatchObject({ status: "SUCCESS", refund_state: "NONE", refunded_minor: 0 });
  const refunds = (await shop.transactions()).filter(({ type }) => type === "REFUND");
  expect(refunds.map(({ status }) => status)).toEqual(["REFUSED", "PROCESSING"]);
});

test("a refund that first went well and then failed gives the amount back", async () => {
  const shop = await ledger.openShop();
  expect(await feed(shop, {}, refund("R1.G", "10.00"))).toMatchObject({ status: "REFUNDED" });
  const failed = { ...refund("R1.G", "10.00", "failed") };
  expect(await feed(shop, failed)).toMatchObject({ status: "SUCCESS", refund_state: "NONE", refunded_minor: 0 });
});

test("more can be refunded than was paid, and shows as that", async () => {
  const shop = await ledger.openShop();
  expect(await feed(shop, {}, refund("R1.G", "12.00"))).toMatchObject({
    status: "REFUNDED",
    refund_state: "OVER",
    refunded_minor: 1200,
  });
});

test("an automatic refund is a refund", async () => {
  const shop = await ledger.openShop();
  const automatic = { ...refund("A1.G", "10.00"), type: "auto_refund" };
  expect(await feed(shop, {}, automatic)).toMatchObject({ status: "REFUNDED", refund_state: "FULL" });
});

test("a chargeback turns its sale, and its reversal turns it back, in whatever order they come", async () => {
  const chargeback = { reference: "B1.G", type: "chargeback", originalReference: "C1.G" };
  const reversal = { reference: "B2.G", type: "chargeback_reversal", originalReference: "C1.G" };
  const shop = await ledger.openShop();
  expect(await feed(shop, {}, chargeback)).toMatchObject({ status: "CHARGEBACK", dispute_state: "OPEN" });
  expect(await feed(shop, reversal)).toMatchObject({ status: "SUCCESS", dispute_state: "WON" });
  const other = await ledger.openShop();
  expect(await feed(other, reversal, chargeback, {})).toMatchObject({ status: "SUCCESS", dispute_state: "WON" });
});

test("a chargeback of a sale older than our history stands alone until the sale is known", async () => {
  const shop = await ledger.openShop();
  expect(await feed(shop, { reference: "B1.G", type: "chargeback", originalReference: "C1.G" })).toBeUndefined();
  expect(await feed(shop, {})).toMatchObject({ status: "CHARGEBACK" });
});

test("a capture that is told again once it is paid out is one capture", async () => {
  const shop = await ledger.openShop();
  const capture = { reference: "P1.G", type: "capture", amount: "6.00", originalReference: "C1.G" };
  const authorised = await feed(shop, { type: "authorise" });
  expect(authorised).toMatchObject({ status: "PROCESSING", captured_minor: 0 });
  expect(await feed(shop, capture)).toMatchObject({ status: "SUCCESS", captured_minor: 600 });
  const paidOut = { ...capture, paidoutReference: "PAY-1", paidoutDate: "2026-11-06" };
  expect(await feed(shop, paidOut)).toMatchObject({ captured_minor: 600 });
  expect(await feed(shop, { ...capture, reference: "P2.G", created: 1_793_605_501_000, amount: "4.00" })).toMatchObject(
    {
      captured_minor: 1000,
    },
  );
  expect(await feed(shop, refund("R1.G", "6.00"))).toMatchObject({ status: "SUCCESS", refund_state: "PARTIAL" });
});

test("a captured authorisation that is paid out claims its payout's line, for what was captured", async () => {
  const shop = await ledger.openShop();
  const capture = { reference: "P1.G", type: "capture", amount: "6.00", originalReference: "C1.G" };
  await feed(shop, { type: "authorise" }, capture);
  const paidOut = { ...capture, paidoutReference: "PAY-1", paidoutDate: "2026-11-06" };
  expect(await feed(shop, paidOut)).toMatchObject({
    status: "SUCCESS",
    captured_minor: 600,
    settled_net_minor: 600,
    settlement_state: "PAID_OUT",
    reconciliation_state: "MATCHED",
  });
});

test("a reversal lets an authorisation go, and a release after a capture changes nothing", async () => {
  const shop = await ledger.openShop();
  const reversal = { reference: "V1.G", type: "reversal", originalReference: "C1.G" };
  expect(await feed(shop, { type: "authorise" }, reversal)).toMatchObject({ status: "CANCELLED", captured_minor: 0 });
  const other = await ledger.openShop();
  const capture = { reference: "P1.G", type: "capture", amount: "6.00", originalReference: "C1.G" };
  const release = { reference: "L1.G", type: "release", amount: "4.00", originalReference: "C1.G" };
  expect(await feed(other, { type: "authorise" }, capture, release)).toMatchObject({
    status: "SUCCESS",
    captured_minor: 600,
  });
});

test("a credit has no sale behind it and is a row of its own", async () => {
  const shop = await ledger.openShop();
  await feed(shop, { reference: "K1.G", type: "credit", amount: "5.00" });
  expect(await shop.transactions()).toMatchObject([{ type: "CREDIT", status: "SUCCESS", original_id: null }]);
});

test("costs and payments of a payout are lines of it and no transactions", async () => {
  const shop = await ledger.openShop();
  const paid = { paidoutReference: "PAY-9", paidoutDate: "2026-11-06" };
  await feed(
    shop,
    paid,
    { reference: "X1.G", type: "collection", amount: "0.35", ...paid },
    { reference: "X2.G", type: "disbursement", amount: "1.10", ...paid },
  );
  expect(await shop.transactions()).toHaveLength(1);
  expect(await shop.rows("reconciliation.payout")).toMatchObject([{ reference: "PAY-9", amount_minor: 1075 }]);
});

test("a payout that is fed in both of its forms is seen as settled twice, and never passes for more turnover", async () => {
  const shop = await ledger.openShop();
  await feed(shop, { paidoutReference: "PAY-7", paidoutDate: "2026-11-06" });
  const line = {
    reference: "C1.G",
    type: "sale",
    method: "card",
    time: "2026-11-05T12:00:00+01:00",
    amountMinor: 1000n,
  };
  const payout = {
    reference: "PAY-7",
    collectedOn: "S3G-1",
    fundsDay: "2026-11-06",
    valueDate: "2026-11-06",
    lines: [line],
  };
  const period = { account: accountOf(shop), from: "2026-11-05", to: "2026-11-06", generated: "2026-11-07" };
  const file = [payoutHeader(period), ...payoutLines(payout), payoutTrailer([payout])];
  await shop.feed(`${file.join("\n")}\n`);
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([{ status: "SUCCESS", settled_net_minor: 1000 }]);
  const types = (await shop.rows("reconciliation.discrepancy")).map(({ type }) => type);
  expect(types.sort()).toEqual(["BATCH_DOES_NOT_FOOT", "DUPLICATE_SETTLEMENT"]);
});
