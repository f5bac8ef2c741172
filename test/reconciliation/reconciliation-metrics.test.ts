import { afterAll, beforeAll, expect, test } from "vitest";
import { serveMetrics } from "../../gateway/metrics/metrics-server.ts";
import { createReconciliationMetrics } from "../../subgraphs/reconciliation/work/reconciliation-metrics.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("reconciliation_metrics");
});
afterAll(() => ledger.close());

test("what stands is measured by provider and type, over all merchants, and is gone when it is resolved", async () => {
  const database = await openDatabase(
    { url: ledger.url },
    { role: "check", maxConnections: 1, onError: () => undefined },
  );
  const server = await serveMetrics(0, createReconciliationMetrics(database));
  const lines = async () => (await (await fetch(server.url)).text()).split("\n");
  const shops = [await ledger.openShop(), await ledger.openShop()];
  for (const shop of shops) {
    await shop.feed(terminalJournal(shop.terminal, [{ amount: 1240, account: shop.adyen, pspReference: "PSP1" }]));
    await shop.reconcile("2026-11-30");
  }
  const stale = '{provider="adyen",type="STALE_PROCESSING"';
  const before = await lines();
  expect(before).toContain(`concord_discrepancies_open${stale}} 2`);
  expect(before).toContain(`concord_discrepancies_amount_minor${stale},currency="EUR"} 2480`);
  expect(before.some((line) => line.startsWith(`concord_discrepancies_oldest_seconds${stale}} `))).toBe(true);
  expect(before.some((line) => line.startsWith('concord_no_file_since_seconds{provider="adyen"} '))).toBe(true);
  for (const shop of shops) {
    await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1240 }]));
    await shop.reconcile("2026-11-30");
  }
  await ledger.rows(
    `insert into reconciliation.discrepancy (merchant_id, id, type, provider, currency, amount_at_risk_minor, explanation)
     values ($1, 'dis_unpaid', 'MISSING_PAYOUT', 'adyen', 'EUR', 1240, 'why')`,
    [shops[0]?.id],
  );
  const after = await lines();
  expect(after.filter((line) => line.includes("STALE_PROCESSING"))).toEqual([]);
  expect(after).toContain('concord_not_paid_out_minor{provider="adyen",currency="EUR"} 1240');
  await server.close();
  await database.destroy();
});
