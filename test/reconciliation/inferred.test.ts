import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { type AdyenLine, adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("inferred");
});
afterAll(() => ledger.close());

const ARN = "74500006306000000000017";
const CARD = { authCode: "A1B2C3", maskedPan: "541333XXXXXX0001" };
const SALE: AdyenLine = { psp: "PSP1", gross: 1240, fee: 13, arn: ARN, authorisation: CARD.authCode };
const refundOf = (gross: number, modification = "REF1"): AdyenLine => {
  return { type: "Refunded", psp: "PSP1", modification, gross: -gross, booked: "2026-11-12 06:00:00" };
};

async function settle(shop: Shop, batch: string, ...lines: AdyenLine[]) {
  await shop.feed(adyenReport(shop.adyen, lines, { batch }));
  await shop.reconcile();
}

test("a line that nobody reported becomes a transaction that is marked as inferred", async () => {
  const shop = await ledger.openShop();
  await settle(shop, "7", SALE);
  expect(await shop.transactions()).toMatchObject([
    { provisional: true, status: "SUCCESS", amount_minor: 1240, settled_net_minor: 1227, psp_reference: "PSP1" },
  ]);
  expect(await shop.rows("reconciliation.claim")).toMatchObject([{ stage: "SETTLEMENT_ONLY", released_at: null }]);
  expect(await shop.rows("acquirers.detail")).toHaveLength(1);
});

test("a report with the provider's reference makes the inferred transaction a reported one", async () => {
  const shop = await ledger.openShop();
  await settle(shop, "7", SALE);
  const [inferred] = await shop.transactions();
  await shop.feed(
    terminalJournal(shop.terminal, [{ amount: 1240, account: shop.adyen, pspReference: "PSP1", ...CARD }]),
  );
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([
    { id: inferred?.id, provisional: false, status: "SUCCESS", reconciliation_state: "MATCHED", last4: "0001" },
  ]);
  const claims = await shop.rows("reconciliation.claim");
  expect(claims.filter(({ released_at }) => released_at === null)).toHaveLength(1);
});

test("a terminal's report without a reference takes the line over from the inferred transaction", async () => {
  const shop = await ledger.openShop();
  await settle(shop, "7", SALE);
  const [inferred] = await shop.transactions();
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 1240, account: shop.adyen, stan: "1", ...CARD }]));
  await shop.reconcile();
  const [sale, ...others] = await shop.transactions();
  expect(others).toEqual([]);
  expect(sale).toMatchObject({ provisional: false, status: "SUCCESS", psp_reference: "PSP1", settled_net_minor: 1227 });
  expect(sale?.id).not.toBe(inferred?.id);
  const old = (await shop.rows("transactions.transaction")).find(({ id }) => id === inferred?.id);
  expect(old).toMatchObject({ superseded_by: sale?.id });
  const claims = await shop.rows("reconciliation.claim");
  expect(claims.filter(({ released_at }) => released_at === null)).toMatchObject([{ transaction_id: sale?.id }]);
  expect(claims.filter(({ released_at }) => released_at !== null)).toMatchObject([
    { transaction_id: inferred?.id, released_because: expect.stringContaining("reported transaction") },
  ]);
});

test("an inferred transaction that was reported since keeps its line, whatever else looks alike", async () => {
  const shop = await ledger.openShop();
  await settle(shop, "7", SALE);
  const journal = (stan: string, reference: object) => ({
    amount: 1240,
    account: shop.adyen,
    stan,
    ...CARD,
    ...reference,
  });
  await shop.feed(terminalJournal(shop.terminal, [journal("1", { pspReference: "PSP1" })]));
  await shop.reconcile();
  await shop.feed(terminalJournal(shop.terminal, [journal("2", {})]));
  await shop.reconcile();
  const states = (await shop.transactions()).map(({ stan, status }) => [stan, status]);
  expect(states.sort()).toEqual([
    ["1", "SUCCESS"],
    ["2", "PROCESSING"],
  ]);
});

test("refunds of an inferred sale follow to the transaction that supersedes it, before and after", async () => {
  const shop = await ledger.openShop();
  await settle(shop, "7", SALE);
  await settle(shop, "8", refundOf(400));
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 1240, account: shop.adyen, stan: "1", arn: ARN }]));
  await shop.reconcile();
  const before = (await shop.transactions()).find(({ type }) => type === "SALE");
  expect(before).toMatchObject({ refunded_minor: 400, refund_state: "PARTIAL", status: "SUCCESS" });
  await settle(shop, "9", refundOf(840, "REF2"));
  const after = (await shop.transactions()).find(({ type }) => type === "SALE");
  expect(after).toMatchObject({ id: before?.id, refunded_minor: 1240, refund_state: "FULL", status: "REFUNDED" });
});

test("a provider's cancellation of an inferred sale follows to the transaction that supersedes it", async () => {
  const shop = await ledger.openShop();
  await settle(shop, "7", SALE);
  await settle(shop, "8", { type: "SettledReversed", psp: "PSP1", gross: -1240, booked: "2026-11-12 06:00:00" });
  const [cancelled] = await shop.transactions();
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 1240, account: shop.adyen, stan: "1", arn: ARN }]));
  await shop.reconcile();
  const [sale] = await shop.transactions();
  expect([cancelled?.status, sale?.status]).toEqual(["CANCELLED", "CANCELLED"]);
  expect(sale?.id).not.toBe(cancelled?.id);
});

test("captures of one purchase are added up, but never over two currencies", async () => {
  const shop = await ledger.openShop();
  const part = (gross: number, modification: string, currency = "EUR"): AdyenLine => {
    return { psp: "PSP1", modification, gross, currency };
  };
  await settle(shop, "7", part(400, "C1"), part(600, "C2"));
  expect(await shop.transactions()).toMatchObject([{ amount_minor: 1000, currency: "EUR", status: "SUCCESS" }]);
  await settle(shop, "8", part(250, "C3"));
  await settle(shop, "9", part(70, "C4", "USD"));
  expect(await shop.transactions()).toMatchObject([{ amount_minor: 1250, settled_net_minor: 1250, currency: "EUR" }]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([{ type: "CURRENCY_MISMATCH", state: "OPEN" }]);
});

test("a voucher that only its reimbursement tells of keeps issuer and purse", async () => {
  const shop = await ledger.openShop();
  await shop.feed(edenredFile(shop.edenred, [{ transaction: "100", amount: 825 }]));
  await shop.reconcile();
  expect(await shop.rows("e_vouchers.detail")).toMatchObject([
    { issuer: "EDENRED", purse: "MEAL", requested_minor: 825 },
  ]);
});
