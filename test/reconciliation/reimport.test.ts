import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger } from "../support/ledger.ts";
import {
  ADYEN_COLUMNS,
  type AdyenLine,
  adyenReport,
  edenredFile,
  terminalJournal,
} from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("reimport");
});
afterAll(() => ledger.close());

const sales = (...numbers: number[]): AdyenLine[] =>
  numbers.map((number) => ({ psp: `PSP${number}`, gross: 1000 + number, fee: 10 }));

test("the same bytes again change nothing and name the first file", async () => {
  const shop = await ledger.openShop();
  const content = adyenReport(shop.adyen, sales(1, 2));
  const first = await shop.feed(content, "monday.csv");
  await shop.reconcile();
  const before = await shop.factCounts();
  const second = await shop.feed(content, "again.csv");
  await shop.reconcile();
  expect(second).toMatchObject({ id: first.id, isNew: false, name: "monday.csv", status: "APPLIED" });
  expect(await shop.factCounts()).toEqual(before);
  expect(await shop.rows("reconciliation.source_file")).toHaveLength(1);
});

test("the same rows in other columns, order and line ends are all duplicates", async () => {
  const shop = await ledger.openShop();
  await shop.feed(adyenReport(shop.adyen, sales(1, 2, 3)));
  await shop.reconcile();
  const before = await shop.factCounts();
  const settings = { columns: [...ADYEN_COLUMNS].reverse(), lineEnd: "\r\n" };
  const again = await shop.feed(adyenReport(shop.adyen, sales(3, 1, 2), settings));
  await shop.reconcile();
  expect(again.isNew).toBe(true);
  expect(again.record).toMatchObject({ status: "APPLIED", rows_read: 4, rows_accepted: 0, rows_duplicate: 4 });
  expect(await shop.factCounts()).toEqual(before);
});

test("of two files that overlap, only what is new comes in", async () => {
  const shop = await ledger.openShop();
  await shop.feed(
    adyenReport(shop.adyen, sales(1, 2), { payout: false, batch: "7" }).concat(balancing(shop.adyen, 1983)),
  );
  const second = await shop.feed(
    adyenReport(shop.adyen, sales(2, 3), { payout: false, batch: "7" }).concat(balancing(shop.adyen, 1985)),
  );
  expect(second.record).toMatchObject({ rows_read: 3, rows_accepted: 2, rows_duplicate: 1 });
  const [batch] = await shop.rows("reconciliation.settlement_batch");
  const lines = await shop.rows("reconciliation.settlement_line");
  expect(lines.map(({ reference }) => reference).sort()).toEqual(["PSP1", "PSP2", "PSP3", null, null]);
  const sum = lines.reduce((total, line) => total + Number(line.net_minor), 0);
  expect(batch).toMatchObject({ line_count: 5, net_minor: sum });
});

/** A row that brings the batch to zero without being its payout. */
function balancing(account: string, net: number): string {
  const row = adyenReport(account, [{ type: "Fee", modification: `fees ${net}`, gross: -net }], { payout: false });
  return row.slice(row.indexOf("\n") + 1);
}

test("an overlapping batch still has the sums of its lines and one payout", async () => {
  const shop = await ledger.openShop();
  const first = await shop.feed(edenredFile(shop.edenred, [{ transaction: "1", amount: 800, commission: 8 }]));
  expect(first.record).toMatchObject({ problem: null, status: "APPLIED" });
  await shop.feed(
    edenredFile(shop.edenred, [
      { transaction: "1", amount: 800, commission: 8 },
      { transaction: "2", amount: 200, commission: 2 },
    ]),
  );
  const [batch] = await shop.rows("reconciliation.settlement_batch");
  expect(batch).toMatchObject({ line_count: 2, gross_minor: 1000, fee_minor: -10, net_minor: 990 });
});

test("a known id with other content is quarantined with its raw line, and the first stays", async () => {
  const shop = await ledger.openShop();
  await shop.feed(adyenReport(shop.adyen, sales(1)));
  const altered = await shop.feed(
    adyenReport(shop.adyen, [{ psp: "PSP1", gross: 5000, fee: 10 }, ...sales(2)], { batch: "7" }),
  );
  expect(altered.record).toMatchObject({
    status: "PARTIALLY_APPLIED",
    rows_read: 3,
    rows_accepted: 1,
    rows_quarantined: 2,
  });
  const records = await shop.rows("reconciliation.source_record");
  expect(records.map(({ code, line_number }) => [code, line_number])).toEqual([
    ["IDENTITY_COLLISION", 2],
    ["IDENTITY_COLLISION", 4],
  ]);
  expect(records[0]?.raw).toContain("PSP1,CPSP1");
  expect(records[0]?.problem).toMatch(/other content/);
  const lines = await shop.rows("reconciliation.settlement_line");
  expect(lines.filter(({ reference }) => reference === "PSP1")).toMatchObject([{ gross_minor: 1001 }]);
});

test("two purchases that are equal to the byte are two transactions, and stay two when sent again", async () => {
  const shop = await ledger.openShop();
  const twice = [
    { amount: 220, account: shop.adyen },
    { amount: 220, account: shop.adyen },
  ];
  await shop.feed(terminalJournal(shop.terminal, twice));
  const again = await shop.feed(terminalJournal(shop.terminal, [...twice, { amount: 330, account: shop.adyen }]));
  expect(again.record).toMatchObject({ rows_accepted: 1, rows_duplicate: 2 });
  const amounts = (await shop.transactions()).map(({ amount_minor }) => amount_minor);
  expect(amounts.sort()).toEqual([220, 220, 330]);
});

test("a report that changes a reported amount is a collision, not an update", async () => {
  const shop = await ledger.openShop();
  const sale = { account: shop.adyen, pspReference: "PSP1", status: "processing" };
  await shop.feed(terminalJournal(shop.terminal, [{ ...sale, amount: 500 }]));
  const altered = await shop.feed(terminalJournal(shop.terminal, [{ ...sale, amount: 900, status: "success" }]));
  expect(altered.record).toMatchObject({ rows_quarantined: 1, rows_accepted: 0 });
  expect(await shop.transactions()).toMatchObject([{ amount_minor: 500, status: "PROCESSING" }]);
});

test("mapping a terminal later does not make a known row another fact", async () => {
  const shop = await ledger.openShop();
  const entry = { amount: 100, account: shop.adyen, stan: "1" };
  await shop.feed(terminalJournal("99999999", [entry]));
  await ledger.rows("insert into accounts.terminal values ($1, 'late', '99999999', $2, null, '2020-01-01', null)", [
    shop.id,
    `loc_${shop.id.slice(4)}`,
  ]);
  const again = await shop.feed(terminalJournal("99999999", [entry, { ...entry, stan: "2" }]));
  expect(again.record).toMatchObject({ rows_accepted: 1, rows_duplicate: 1 });
});

test("rows that were hashed by another recipe are duplicates where their money is the same, and collisions where it is not", async () => {
  const shop = await ledger.openShop();
  const columns = [...ADYEN_COLUMNS].reverse();
  await shop.feed(adyenReport(shop.adyen, sales(1, 2)));
  await shop.feed(
    terminalJournal(shop.terminal, [{ circuit: "ADYEN", account: shop.adyen, pspReference: "PSP8", amount: 800 }]),
  );
  for (const table of ["reconciliation.settlement_line", "transactions.transaction_event"]) {
    await ledger.rows(`update ${table} set content_hash = '0.another' where merchant_id = $1`, [shop.id]);
  }
  const again = await shop.feed(adyenReport(shop.adyen, sales(1, 2), { columns }));
  expect(again.record).toMatchObject({ status: "APPLIED", rows_accepted: 0, rows_duplicate: 3 });
  const altered = await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1500, fee: 10 }, ...sales(2)]));
  expect(altered.record).toMatchObject({ status: "PARTIALLY_APPLIED", rows_duplicate: 1, rows_quarantined: 2 });
  const journal = await shop.feed(
    terminalJournal(shop.terminal, [
      { circuit: "ADYEN", account: shop.adyen, pspReference: "PSP8", amount: 800 },
    ]).concat("\n"),
  );
  expect(journal.record).toMatchObject({ status: "APPLIED", rows_accepted: 0, rows_duplicate: 1 });
});
