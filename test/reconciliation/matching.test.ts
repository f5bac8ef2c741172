import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport, edenredFile, type JournalEntry, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("matching");
});
afterAll(() => ledger.close());

const ARN = "74500006306000000000017";
const CARD = { authCode: "A1B2C3", maskedPan: "541333XXXXXX0001" };

async function shopWith(...entries: JournalEntry[]) {
  const shop = await ledger.openShop();
  const known = entries.map((entry) => ({ account: entry.circuit === "EDRD" ? shop.edenred : shop.adyen, ...entry }));
  await shop.feed(terminalJournal(shop.terminal, known));
  const claims = async () => {
    const rows = await shop.rows("reconciliation.claim");
    return rows.filter(({ released_at }) => released_at === null);
  };
  return { ...shop, claims };
}

test("a line with the transaction's reference makes it a success, with fee and net", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, fee: 13 }]));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([
    {
      status: "SUCCESS",
      status_rule: 3,
      status_origin: "AUTOMATIC",
      certainty: "DEFINITIVE",
      reconciliation_state: "MATCHED",
      settlement_state: "PAID_OUT",
      settled_fee_minor: -13,
      settled_net_minor: 1227,
      settled_currency: "EUR",
    },
  ]);
  expect(await shop.claims()).toMatchObject([{ stage: "REFERENCE", effect: "SALE", method: "AUTO" }]);
});

test("a voucher is matched by its transaction number", async () => {
  const shop = await shopWith({ amount: 825, circuit: "EDRD", pspReference: "100000000001", product: "01" });
  await shop.feed(edenredFile(shop.edenred, [{ transaction: "100000000001", amount: 825, commission: 8 }]));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([
    { family: "E_VOUCHER", status: "SUCCESS", settled_net_minor: 817, settlement_state: "PAID_OUT" },
  ]);
});

test("a transaction without a reference is found by ARN, and learns its reference", async () => {
  const shop = await shopWith({ amount: 1240, stan: "1", arn: ARN });
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, arn: ARN }]));
  await shop.reconcile();
  expect(await shop.claims()).toMatchObject([{ stage: "ARN" }]);
  const [sale, ...others] = await shop.transactions();
  expect(others).toEqual([]);
  expect(sale).toMatchObject({ status: "SUCCESS", psp_reference: "PSP1", reconciliation_state: "MATCHED" });
  expect(await shop.rows("transactions.alias")).toMatchObject([{ transaction_id: sale?.id }]);
});

test("a line with a reference finds an unreferenced transaction by ARN although another has its amount", async () => {
  const shop = await shopWith(
    { amount: 1240, stan: "1", arn: ARN },
    { amount: 1240, stan: "2", arn: ARN.replace(/7$/, "8") },
  );
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, arn: ARN }]));
  await shop.reconcile();
  const states = (await shop.transactions()).map(({ stan, status }) => [stan, status]);
  expect(states.sort()).toEqual([
    ["1", "SUCCESS"],
    ["2", "PROCESSING"],
  ]);
});

test("a line with authorisation code and last four digits is matched by them within a day", async () => {
  const shop = await shopWith(
    { amount: 825, circuit: "EDRD", product: "01", stan: "1", authCode: "A7", maskedPan: "534123XXXXXX4321" },
    {
      amount: 825,
      circuit: "EDRD",
      product: "01",
      stan: "2",
      authCode: "A7",
      maskedPan: "534123XXXXXX4321",
      time: "2026-11-06 12:00:00",
    },
    { amount: 825, circuit: "EDRD", product: "01", stan: "3", authCode: "A7", maskedPan: "534123XXXXXX9999" },
  );
  await shop.feed(edenredFile(shop.edenred, [{ transaction: "100", amount: 825, authorisation: "A7" }]));
  await shop.reconcile();
  expect(await shop.claims()).toMatchObject([{ stage: "AUTHORISATION" }]);
  const states = (await shop.transactions()).map(({ stan, status }) => [stan, status]);
  expect(states.sort()).toEqual([
    ["1", "SUCCESS"],
    ["2", "PROCESSING"],
    ["3", "PROCESSING"],
  ]);
});

test("two transactions that fit one line stay as they were, and a person is asked with both named", async () => {
  const shop = await shopWith(
    { amount: 1240, stan: "1", arn: ARN },
    { amount: 1240, stan: "2", arn: ARN, time: "2026-11-02 12:05:00" },
  );
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, arn: ARN }]));
  await shop.reconcile();
  expect(await shop.claims()).toEqual([]);
  const both = await shop.transactions();
  expect(both).toMatchObject([
    { status: "PROCESSING", reconciliation_state: "AMBIGUOUS" },
    { status: "PROCESSING", reconciliation_state: "AMBIGUOUS" },
  ]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    { type: "AMBIGUOUS_MATCH", state: "OPEN", candidates: both.map(({ id }) => id).sort(), amount_at_risk_minor: 1240 },
  ]);
  const [run] = (await shop.rows("reconciliation.run")).filter(({ lines_seen }) => lines_seen === 1);
  expect(run).toMatchObject({ lines_ambiguous: 1, lines_matched: 0, lines_promoted: 0 });
});

test("two lines that fit one transaction are an ambiguity too", async () => {
  const shop = await shopWith({ amount: 1240, stan: "1", arn: ARN });
  await shop.feed(
    adyenReport(shop.adyen, [
      { psp: "PSP1", gross: 1240, arn: ARN },
      { psp: "PSP2", gross: 1240, arn: ARN },
    ]),
  );
  await shop.reconcile();
  expect(await shop.claims()).toEqual([]);
  expect(await shop.transactions()).toMatchObject([{ status: "PROCESSING", reconciliation_state: "AMBIGUOUS" }]);
  expect(await shop.rows("reconciliation.discrepancy")).toHaveLength(2);
});

test("an authorisation code that two cards share is an ambiguity where the line names no card", async () => {
  const other = { ...CARD, maskedPan: "541333XXXXXX0002" };
  const shop = await shopWith({ amount: 1240, stan: "1", ...CARD }, { amount: 1240, stan: "2", ...other });
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, authorisation: CARD.authCode }]));
  await shop.reconcile();
  expect(await shop.claims()).toEqual([]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([{ type: "AMBIGUOUS_MATCH" }]);
});

test("a line of another amount is not claimed; the mismatch is a discrepancy and the transaction stays open", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1200 }]));
  await shop.reconcile();
  expect(await shop.claims()).toEqual([]);
  expect(await shop.transactions()).toMatchObject([{ status: "PROCESSING", reconciliation_state: "DISCREPANT" }]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    { type: "AMOUNT_MISMATCH", explanation: expect.stringMatching(/12\.00 EUR.*12\.40 EUR/) },
  ]);
});

test("a line of another currency is a mismatch even if the figures agree", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  const balanced = adyenReport(
    shop.adyen,
    [
      { psp: "PSP1", gross: 1240, currency: "USD" },
      { type: "Fee", modification: "all of it", gross: -1240, currency: "USD" },
    ],
    { payout: false },
  );
  await shop.feed(balanced);
  await shop.reconcile();
  expect(await shop.claims()).toEqual([]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([{ type: "CURRENCY_MISMATCH" }]);
});

test("a second line for a settled transaction is a duplicate settlement, not more money", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, fee: 10 }], { batch: "7" }));
  await shop.reconcile();
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, fee: 10 }], { batch: "8" }));
  await shop.reconcile();
  expect(await shop.claims()).toHaveLength(1);
  expect(await shop.transactions()).toMatchObject([{ status: "SUCCESS", settled_net_minor: 1230 }]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    { type: "DUPLICATE_SETTLEMENT", state: "OPEN" },
  ]);
});

test("two lines for one transaction in one run are both left to a person", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.feed(
    adyenReport(shop.adyen, [
      { psp: "PSP1", modification: "C1", gross: 1240 },
      { psp: "PSP1", modification: "C2", gross: 1240 },
    ]),
  );
  await shop.reconcile();
  expect(await shop.claims()).toEqual([]);
  const found = await shop.rows("reconciliation.discrepancy");
  expect(found.map(({ type }) => type)).toEqual(["DUPLICATE_SETTLEMENT", "DUPLICATE_SETTLEMENT"]);
});

test("a second line of other money is a duplicate settlement in the run that settles the first, and in the next", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.feed(
    adyenReport(shop.adyen, [
      { psp: "PSP1", modification: "C1", gross: 1240 },
      { psp: "PSP1", modification: "C2", gross: 1100 },
    ]),
  );
  const found = async () => {
    await shop.reconcile();
    const rows = await shop.rows("reconciliation.discrepancy");
    return rows.map(({ id, type, state, explanation }) => ({ id, type, state, explanation }));
  };
  const first = await found();
  expect(first).toMatchObject([{ type: "DUPLICATE_SETTLEMENT", state: "OPEN" }]);
  expect(await shop.claims()).toHaveLength(1);
  await ledger.rows(
    `insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
     values ($1, 'run_again', 'again', 'COMMIT', 'USER', 'test')`,
    [shop.id],
  );
  expect(await found()).toEqual(first);
});

test.each([
  ["refused", "REFUSED"],
  ["cancelled", "CANCELLED"],
])("a %s transaction with a settlement line keeps its status, and the money is reported", async (status, kept) => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1", status });
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240 }]));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([{ status: kept, reconciliation_state: "MATCHED" }]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    { type: `SETTLED_BUT_${kept}`, state: "OPEN", amount_at_risk_minor: 1240 },
  ]);
});

test("an unassigned manual intervention becomes a success by its settlement line", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1", status: "manual_intervention" });
  expect(await shop.transactions()).toMatchObject([{ status: "MANUAL_INTERVENTION", status_rule: 6 }]);
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240 }]));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([
    { status: "SUCCESS", status_rule: 3, status_origin: "AUTOMATIC", certainty: "DEFINITIVE" },
  ]);
});

test("an uncertain failure with a settlement line succeeds and is reported", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1", status: "failed" });
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240 }]));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([{ status: "SUCCESS", status_rule: 3 }]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([{ type: "SETTLED_BUT_FAILED" }]);
});

test("a refund line that brings money is no refund; a person is asked", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.feed(
    adyenReport(shop.adyen, [
      { psp: "PSP1", gross: 1240 },
      { type: "Refunded", psp: "PSP1", modification: "REF1", gross: 500 },
    ]),
  );
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([{ type: "SALE", refunded_minor: 0, status: "SUCCESS" }]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    {
      type: "AMOUNT_MISMATCH",
      transaction_id: null,
      candidates: [],
      explanation: expect.stringContaining("wrong way"),
    },
  ]);
});
