import { afterAll, beforeAll, expect, test } from "vitest";
import { assess } from "../../subgraphs/reconciliation/expectations/assess.ts";
import { assessDue } from "../../subgraphs/reconciliation/expectations/assess-due.ts";
import { appendAudit } from "../../subgraphs/shared/audit.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, edenredFile, type JournalEntry, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("expectations");
});
afterAll(() => ledger.close());

/** Sold on Monday 2 November; Adyen takes five bank days by default and its file a day more. */
const IN_TIME = "2026-11-10";
const OVERDUE = "2026-11-11";

async function shopWith(...entries: JournalEntry[]) {
  const shop = await ledger.openShop();
  const known = entries.map((entry) => ({ account: entry.circuit === "EDRD" ? shop.edenred : shop.adyen, ...entry }));
  await shop.feed(terminalJournal(shop.terminal, known));
  return shop;
}

const succeeded = { status: "success" };

function assessed(shop: Shop, asOf: string): Promise<void> {
  return inScope(ledger.services.database, { merchants: [shop.id], user: "system:worker" }, (transaction) =>
    assess(transaction, { merchantId: shop.id, runId: null, asOf }),
  );
}

const discrepancies = (shop: Shop, ...states: string[]) =>
  shop.rows("reconciliation.discrepancy").then((rows) => rows.filter(({ state }) => states.includes(`${state}`)));
const open = (shop: Shop) => discrepancies(shop, "OPEN");
const stateOf = async (shop: Shop) => (await shop.transactions()).map((row) => row.reconciliation_state);

test("MISSING_SETTLEMENT: a success is expected until the provider's delay has passed, missing after, and matched when its line comes", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1", ...succeeded });
  await shop.reconcile(IN_TIME);
  expect(await stateOf(shop)).toEqual(["EXPECTED"]);
  expect(await open(shop)).toEqual([]);
  await assessed(shop, OVERDUE);
  expect(await stateOf(shop)).toEqual(["MISSING"]);
  const [missing, ...others] = await open(shop);
  expect(others).toEqual([]);
  expect(missing).toMatchObject({ type: "MISSING_SETTLEMENT", amount_at_risk_minor: 1240, currency: "EUR" });
  expect(missing?.explanation).toContain("adyen takes 6 bank days as a rule (default), so it was due by 2026-11-10");
  expect(missing?.explanation).toContain("no settlement file has come yet (see fileCoverage)");
  await assessed(shop, OVERDUE);
  expect(await open(shop)).toMatchObject([{ id: missing?.id }]);
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240, fee: 13 }]));
  await shop.reconcile(OVERDUE);
  expect(await stateOf(shop)).toEqual(["MATCHED"]);
  expect(await discrepancies(shop, "OPEN", "RESOLVED")).toMatchObject([
    { id: missing?.id, state: "RESOLVED", resolution: "MATCHED", resolution_reason: "its settlement line came" },
  ]);
});

test("STALE_PROCESSING: what nobody has said anything of is asked about and never fails by itself", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.reconcile(OVERDUE);
  expect(await shop.transactions()).toMatchObject([{ status: "PROCESSING", reconciliation_state: "MISSING" }]);
  expect(await open(shop)).toMatchObject([{ type: "STALE_PROCESSING", amount_at_risk_minor: 1240 }]);
  await shop.feed(
    terminalJournal(shop.terminal, [{ amount: 1240, pspReference: "PSP1", account: shop.adyen, status: "refused" }]),
  );
  await assessed(shop, OVERDUE);
  expect(await shop.transactions()).toMatchObject([{ status: "REFUSED", reconciliation_state: "NOT_EXPECTED" }]);
  expect(await discrepancies(shop, "OPEN", "RESOLVED")).toMatchObject([
    {
      state: "RESOLVED",
      resolution: "GONE",
      resolution_reason: "no settlement is expected: the transaction is refused",
    },
  ]);
});

test("a provider whose files the merchant does not get owes none", async () => {
  const shop = await ledger.openShop({ mapped: false });
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 1240, pspReference: "PSP1", ...succeeded }]));
  await shop.reconcile(OVERDUE);
  expect(await stateOf(shop)).toEqual(["NOT_EXPECTED"]);
  await configure(shop, 5);
  await assessed(shop, OVERDUE);
  expect(await stateOf(shop)).toEqual(["MISSING"]);
});

test("what is configured holds before what was learnt, which holds before the default", async () => {
  const entries = Array.from({ length: 21 }, (_, index) => ({ amount: 1000 + index, pspReference: `PSP${index}` }));
  const shop = await shopWith(...entries);
  const settled = entries.slice(0, 20).map(({ amount, pspReference }) => ({ psp: pspReference, gross: amount }));
  await shop.feed(
    adyenReport(
      shop.adyen,
      settled.map((line) => ({ ...line, booked: "2026-11-04 06:00:00" })),
    ),
  );
  await shop.reconcile("2026-11-05");
  const learnt = (await shop.rows("reconciliation.usual_delay")).filter(({ account }) => account === shop.adyen);
  expect(learnt).toContainEqual(
    expect.objectContaining({ step: "SETTLEMENT", source: "LEARNT", business_days: 2, observations: 20 }),
  );
  const last = async () => (await shop.transactions()).find(({ amount_minor }) => amount_minor === 1020);
  expect(await last()).toMatchObject({ reconciliation_state: "EXPECTED" });
  await assessed(shop, "2026-11-06");
  expect(await last()).toMatchObject({ reconciliation_state: "MISSING" });
  const [stale] = await open(shop);
  expect(stale?.explanation).toContain("(learnt), so it was due by 2026-11-05");
  await configure(shop, 9);
  await assessed(shop, "2026-11-06");
  expect(await last()).toMatchObject({ reconciliation_state: "EXPECTED" });
  expect(await discrepancies(shop, "RESOLVED")).toMatchObject([
    { id: stale?.id, resolution_reason: "it is not due yet, by the delay that holds now" },
  ]);
});

test("weekends and the days on which banks are closed do not count", async () => {
  const days = "select concord.business_days($2::date) - concord.business_days($1::date) as days";
  const between = async (from: string, to: string) => (await ledger.rows(days, [from, to]))[0]?.days;
  expect(await between("2026-11-06", "2026-11-09")).toBe(1);
  expect(await between("2026-12-24", "2026-12-28")).toBe(1);
  expect(await between("2026-04-02", "2026-04-07")).toBe(1);
  expect(await between("2026-04-30", "2026-05-04")).toBe(1);
  const [after] = await ledger.rows("select concord.business_day_after('2026-12-24', 2)::text as day");
  expect(after).toEqual({ day: "2026-12-29" });
});

test("one that is reported late is judged although its day was judged long ago", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.reconcile("2026-11-30");
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 990, pspReference: "PSP2", account: shop.adyen }]));
  await shop.reconcile("2026-11-30");
  expect((await open(shop)).map((row) => row.amount_at_risk_minor).sort()).toEqual([1240, 990]);
});

test("SPLIT_INCOMPLETE: of a purchase paid in two ways, one payment was settled and the other was not", async () => {
  const shop = await shopWith(
    { amount: 825, circuit: "EDRD", product: "01", pspReference: "100", ticket: "T-1" },
    { amount: 1240, pspReference: "PSP1", ticket: "T-1", ...succeeded },
  );
  await shop.feed(edenredFile(shop.edenred, [{ transaction: "100", amount: 825 }]));
  await shop.reconcile(OVERDUE);
  expect(await open(shop)).toMatchObject([{ type: "SPLIT_INCOMPLETE", amount_at_risk_minor: 1240 }]);
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240 }]));
  await shop.reconcile(OVERDUE);
  expect(await open(shop)).toEqual([]);
});

test("what a person settled stays settled while the money is the same", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.reconcile(OVERDUE);
  const [stale] = await open(shop);
  await writeOff(shop, `${stale?.id}`);
  await assessed(shop, "2026-11-30");
  expect(await discrepancies(shop, "OPEN", "RESOLVED")).toMatchObject([
    { state: "RESOLVED", resolution: "WRITTEN_OFF" },
  ]);
});

test("money and age make it severe, by thresholds that a merchant may set", async () => {
  const shop = await shopWith(
    { amount: 999, pspReference: "PSP1" },
    { amount: 10_000, pspReference: "PSP2" },
    { amount: 100_000, pspReference: "PSP3" },
  );
  await shop.reconcile(OVERDUE);
  const severities = async () =>
    (await open(shop))
      .sort((a, b) => Number(a.amount_at_risk_minor) - Number(b.amount_at_risk_minor))
      .map(({ severity }) => severity);
  expect(await severities()).toEqual([1, 3, 4]);
  await ledger.rows(`update reconciliation.discrepancy set opened_at = '2026-11-11T00:00Z' where merchant_id = $1`, [
    shop.id,
  ]);
  await assessed(shop, "2026-11-19");
  expect(await severities()).toEqual([2, 4, 4]);
  await assessed(shop, "2026-12-12");
  expect(await severities()).toEqual([3, 4, 4]);
  const [lowest] = (await open(shop)).filter(({ amount_at_risk_minor }) => amount_at_risk_minor === 999);
  expect(lowest?.sla_due_at).toBe("2026-11-13T00:00:00.000Z");
  await ledger.rows("insert into reconciliation.severity_threshold values ($1, 'EUR', 1, 2, 3, 'user:ann')", [shop.id]);
  await assessed(shop, OVERDUE);
  expect(await severities()).toEqual([4, 4, 4]);
});

test("once a day what is open is judged anew, though no file comes and no run is made", async () => {
  const shop = await shopWith({ amount: 1240, pspReference: "PSP1" });
  await shop.reconcile(IN_TIME);
  const { database } = ledger.services;
  expect(await assessDue(database, OVERDUE)).toBeGreaterThan(0);
  expect(await open(shop)).toMatchObject([{ type: "STALE_PROCESSING", run_id: null }]);
  expect(await assessDue(database, OVERDUE)).toBe(0);
});

function writeOff(shop: Shop, objectId: string): Promise<void> {
  const entry = { merchantId: shop.id, actorId: "user:ann", action: "discrepancy.resolve", objectId };
  return inScope(ledger.services.database, { merchants: [shop.id], user: "user:ann" }, async (transaction) => {
    await transaction.query(
      `update reconciliation.discrepancy set state = 'RESOLVED', resolution = 'WRITTEN_OFF', resolved_by = 'user:ann',
         resolution_reason = 'lost', resolved_at = now() where merchant_id = $1 and id = $2`,
      [shop.id, objectId],
    );
    await appendAudit(transaction, { ...entry, outcome: "DONE", detail: {} });
  });
}

function configure(shop: Shop, days: number) {
  return ledger.rows(
    `insert into reconciliation.usual_delay (merchant_id, provider, account, step, source, business_days, set_by)
     values ($1, 'adyen', '', 'SETTLEMENT', 'CONFIGURED', $2, 'user:ann')`,
    [shop.id, days],
  );
}
