import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("card_data");
});
afterAll(() => ledger.close());

const CARD = "4111 1111 1111 1111";

test("the raw text of a quarantined row shows no card number", async () => {
  const shop = await ledger.openShop({ mapped: false });
  await shop.feed(
    adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, merchantReference: "paid 4111 1111 1111 1111" }]),
  );
  const [row] = await shop.rows("reconciliation.source_record");
  expect(row?.raw).toContain("paid 411111");
  expect(row?.raw).not.toContain("4111 1111 1111 1111");
});

test("a card number that a till or a shop wrote into a reference, or into a file's name, is masked", async () => {
  const shop = await ledger.openShop();
  const references = { merchantReference: `paid ${CARD}`, ticket: CARD.replaceAll(" ", "-") };
  await shop.feed(
    terminalJournal(shop.terminal, [{ amount: 100, account: shop.adyen, stan: "1", ...references }]),
    `${CARD}.csv`,
  );
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, merchantReference: CARD }]));
  await shop.reconcile();
  const tables = [
    "transactions.transaction",
    "reconciliation.settlement_line",
    "reconciliation.source_file",
    "reconciliation.claim",
  ];
  const stored = JSON.stringify(await Promise.all(tables.map(shop.rows)));
  expect(stored).toContain("paid 411111");
  expect(stored).not.toMatch(/4111.?1111.?1111.?1111/);
});
