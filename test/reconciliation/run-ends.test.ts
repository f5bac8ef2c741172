import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import type { ReconciliationServices } from "../../subgraphs/reconciliation/matching/work-partitions.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("run_ends");
});
afterAll(() => ledger.close());

/** Two parts, adyen and edenred, each with one reported sale that its file settles. */
async function fedShop(): Promise<Shop> {
  const shop = await ledger.openShop();
  await shop.feed(
    terminalJournal(shop.terminal, [
      { amount: 1000, account: shop.adyen, pspReference: "PSP1" },
      { amount: 850, circuit: "EDRD", account: shop.edenred, pspReference: "900", product: "01" },
    ]),
  );
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 15 }]));
  await shop.feed(edenredFile(shop.edenred, [{ transaction: "900", amount: 850, commission: 17 }]));
  await ledger.rows("delete from reconciliation.run where merchant_id = $1", [shop.id]);
  return shop;
}

async function order(shop: Shop, id: string, facts: Row = {}): Promise<void> {
  const row = { merchant_id: shop.id, id, idempotency_key: id, mode: "COMMIT", trigger: "USER", requested_by: "ann" };
  const columns = Object.entries({ ...row, ...facts });
  await ledger.rows(
    `insert into reconciliation.run (${columns.map(([column]) => column).join(", ")})
     values (${columns.map((_, index) => `$${index + 1}`).join(", ")})`,
    columns.map(([, value]) => value),
  );
  await ledger.rows(
    "insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RECONCILE', $2)",
    [shop.id, id],
  );
}

const runOf = async (shop: Shop, id: string) => (await shop.rows("reconciliation.run")).find((run) => run.id === id);
const carryOut = (shop: Shop, id: string, services: ReconciliationServices = ledger.services) =>
  runReconciliation(services, shop.id, id);

async function cancel(shop: Shop, id: string): Promise<void> {
  await ledger.rows(
    "insert into reconciliation.run_cancellation (merchant_id, run_id, requested_by) values ($1, $2, 'ann')",
    [shop.id, id],
  );
}

/** Vouchers of which no details can be made: a fault in one part of a run alone. */
function withoutVouchers(): Ledger["services"] {
  const { families } = ledger.services;
  const broken = { ...families.E_VOUCHER, detailsOfLine: { issuer: "(1 / (length(l.id) - length(l.id)))::text" } };
  return { ...ledger.services, families: { ...families, E_VOUCHER: broken } };
}

test("a run that is stopped keeps the part at work, does no other, and says so", async () => {
  const shop = await fedShop();
  await order(shop, "run_1");
  const gate = new pg.Client({ connectionString: ledger.url });
  await gate.connect();
  await gate.query("begin");
  // Lets the worker read which parts are done, and holds it up where it marks the first of them.
  await gate.query("lock table reconciliation.run_partition in share mode");
  const carried = carryOut(shop, "run_1", { ...ledger.services, togetherUpTo: 0n });
  const waiting = "select from pg_locks where not granted and relation = 'reconciliation.run_partition'::regclass";
  await until(async () => (await ledger.rows(waiting)).length > 0);
  await cancel(shop, "run_1");
  await gate.query("commit");
  await gate.end();
  await carried;
  expect(await runOf(shop, "run_1")).toMatchObject({
    status: "CANCELLED",
    problem: "stopped by ann after 1 of 2 parts; what those matched stands",
    partitions_done: 1,
    lines_matched: 1,
  });
  expect(await shop.transactions()).toMatchObject([
    { provider: "edenred", reconciliation_state: "EXPECTED" },
    { provider: "adyen", reconciliation_state: "MATCHED" },
  ]);
  await order(shop, "run_2");
  await carryOut(shop, "run_2");
  expect(await runOf(shop, "run_2")).toMatchObject({ status: "SUCCEEDED", lines_matched: 1 });
});

test("a run that is stopped before it starts does nothing, and a dry run that is stopped tells what it had counted", async () => {
  const shop = await fedShop();
  for (const [id, mode] of [
    ["run_1", "COMMIT"],
    ["run_2", "DRY_RUN"],
  ]) {
    await order(shop, id!, { mode });
    await cancel(shop, id!);
    await carryOut(shop, id!);
    expect(await runOf(shop, id!)).toMatchObject({ status: "CANCELLED", partitions_done: 0, lines_matched: 0 });
  }
  expect(await shop.rows("reconciliation.claim")).toEqual([]);
});

/** The run was begun five minutes ago: a fault that lasts so long is not a deployment's. */
const age = (shop: Shop) =>
  ledger.rows("update reconciliation.run set started_at = started_at - interval '5 minutes' where merchant_id = $1", [
    shop.id,
  ]);

test("a part that cannot be matched is tried again for five minutes; then the run ends without it and names it", async () => {
  const shop = await fedShop();
  await ledger.feed(shop.id, edenredFile(shop.edenred, [{ transaction: "901", amount: 100 }], "EDR-2"));
  await ledger.rows("delete from reconciliation.run where merchant_id = $1", [shop.id]);
  await order(shop, "run_1");
  for (const attempt of [1, 2, 3]) {
    await expect(carryOut(shop, "run_1", withoutVouchers())).rejects.toThrow("division by zero");
    expect(await runOf(shop, "run_1")).toMatchObject({
      status: "RUNNING",
      failures: attempt,
      leased_until: null,
      problem: "an internal error, of which the log tells more",
      partitions_done: 1,
    });
  }
  await age(shop);
  await carryOut(shop, "run_1", withoutVouchers());
  expect(await runOf(shop, "run_1")).toMatchObject({
    status: "PARTIAL",
    problem:
      "1 of 2 parts were matched and stand; the others were not: edenred EUR: an internal error, of which the log tells more",
    lines_matched: 1,
  });
  await order(shop, "run_2", { provider: "edenred" });
  for (const _ of [1, 2]) await expect(carryOut(shop, "run_2", withoutVouchers())).rejects.toThrow();
  await age(shop);
  await carryOut(shop, "run_2", withoutVouchers());
  expect(await runOf(shop, "run_2")).toMatchObject({ status: "FAILED", lines_matched: 0 });
  await order(shop, "run_3");
  await carryOut(shop, "run_3");
  expect(await runOf(shop, "run_3")).toMatchObject({ status: "SUCCEEDED", problem: null, lines_promoted: 1 });
});

test("a run over a period takes of it what a run over all would take, and leaves the rest alone", async () => {
  const days = ["2026-11-04", "2026-11-05", "2026-11-06"];
  const fill = async () => {
    const shop = await ledger.openShop();
    const sales = days.map((day, index) => ({ time: `${day} 10:00:00`, amount: 500 + index, account: shop.adyen }));
    // Nothing but the code names this pair, and a twin outside the period is as good a candidate.
    const twins = ["2026-11-03 09:00:00", "2026-11-04 09:00:00"].map((time) => ({
      time,
      amount: 900,
      account: shop.adyen,
      authCode: "TWIN",
      maskedPan: "541333XXXXXX0009",
    }));
    const journal = sales.map((sale, index) => ({ ...sale, pspReference: `P${index}` }));
    // Sold in the period and booked long after it.
    journal.push({ time: "2026-11-05 12:00:00", amount: 777, account: shop.adyen, pspReference: "P777" });
    await shop.feed(terminalJournal(shop.terminal, [...journal, ...twins]));
    const lines = days.map((day, index) => ({
      psp: `P${index}`,
      gross: 500 + index,
      created: `${day} 10:00:00`,
      booked: `${day} 22:00:00`,
    }));
    const twin = {
      psp: "T1",
      gross: 900,
      authorisation: "TWIN",
      created: "2026-11-03 21:00:00",
      booked: "2026-11-04 22:00:00",
    };
    const late = { psp: "P777", gross: 777, created: "2026-11-05 12:00:00", booked: "2026-11-20 22:00:00" };
    await shop.feed(adyenReport(shop.adyen, [...lines, twin, late]));
    await ledger.rows("delete from reconciliation.run where merchant_id = $1", [shop.id]);
    return shop;
  };
  const found = async (shop: Shop) =>
    ledger.rows(
      `select t.amount_minor, c.stage from reconciliation.claim c
       join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
       where c.merchant_id = $1 and c.released_at is null
       union all select amount_at_risk_minor, type from reconciliation.discrepancy
       where merchant_id = $1 and state = 'OPEN' and type = 'AMBIGUOUS_MATCH'
       order by 1`,
      [shop.id],
    );
  const [whole, parts] = [await fill(), await fill()];
  await order(whole, "run_all");
  await carryOut(whole, "run_all");
  await order(parts, "run_day", { period_from: "2026-11-05", period_to: "2026-11-05" });
  await carryOut(parts, "run_day");
  expect(await found(parts)).toEqual([
    { amount_minor: 501, stage: "REFERENCE" },
    { amount_minor: 777, stage: "REFERENCE" },
  ]);
  await order(parts, "run_before", { period_to: "2026-11-04" });
  await carryOut(parts, "run_before");
  await order(parts, "run_after", { period_from: "2026-11-06" });
  await carryOut(parts, "run_after");
  expect(await found(parts)).toEqual(await found(whole));
  expect(await found(parts)).toContainEqual({ amount_minor: 900, stage: "AMBIGUOUS_MATCH" });
});

test("a run over a period puts in doubt nothing that a line outside it is the line of", async () => {
  const shop = await ledger.openShop();
  const sale = { amount: 900, account: shop.adyen, authCode: "TWIN", maskedPan: "541333XXXXXX0009" };
  await shop.feed(
    terminalJournal(shop.terminal, [{ ...sale, time: "2026-11-04 09:00:00", merchantReference: "order 7" }]),
  );
  // The code is of both lines; the order says whose it is.
  const line = { gross: 900, authorisation: "TWIN", created: "2026-11-04 09:00:00" };
  await shop.feed(
    adyenReport(shop.adyen, [
      { ...line, psp: "T1", merchantReference: "order 7", booked: "2026-11-04 22:00:00" },
      { ...line, psp: "T2", booked: "2026-11-05 22:00:00" },
    ]),
  );
  await ledger.rows("delete from reconciliation.run where merchant_id = $1", [shop.id]);
  await order(shop, "run_day", { period_from: "2026-11-05", period_to: "2026-11-05" });
  await carryOut(shop, "run_day", { ...ledger.services, asOf: "2026-11-06" });
  expect(await runOf(shop, "run_day")).toMatchObject({ lines_matched: 0, lines_ambiguous: 1 });
  expect(await shop.rows("transactions.transaction")).toMatchObject([{ reconciliation_state: "EXPECTED" }]);
});
