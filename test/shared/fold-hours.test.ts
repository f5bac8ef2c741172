import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOptions } from "../../subgraphs/shared/database/connection.ts";
import { foldAllHours, foldHours } from "../../subgraphs/shared/rollups/fold-hours.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
let shop: Shop;
let writer: pg.Client;
beforeAll(async () => {
  ledger = await openLedger("fold_hours");
  writer = new pg.Client(clientOptions({ url: ledger.url }, "owner"));
  await writer.connect();
  shop = await ledger.openShop();
  await shop.feed(
    terminalJournal(shop.terminal, [
      { account: shop.adyen, amount: 1000, pspReference: "PSP1" },
      { account: shop.adyen, amount: 700, pspReference: "PSP2", status: "refused" },
      { amount: 825, circuit: "EDRD", product: "01", pspReference: "100", account: shop.edenred },
    ]),
  );
});
afterAll(async () => {
  await writer.end();
  await ledger.close();
});

const stale = () => ledger.rows("select distinct hour, location_id from transactions.stale_hour");
const turnover = async () => {
  const [row] = await ledger.rows<{ sum: number }>(
    "select coalesce(sum(captured_minor), 0)::bigint as sum from transactions.hour_sum where type = 'SALE'",
  );
  return row?.sum;
};
const violated = async () => (await ledger.violated()).map(({ name }) => name);

test("an import marks the hours of what it writes, and folding sums them by all that is asked of them", async () => {
  expect(await stale()).not.toEqual([]);
  expect(await foldAllHours(ledger.services.database)).toBeGreaterThan(0);
  expect(await stale()).toEqual([]);
  expect(await ledger.rows("select issuer, purse from transactions.hour_sum where issuer is not null")).toEqual([
    { issuer: "EDENRED", purse: "MEAL" },
  ]);
  expect(await violated()).toEqual([]);
});

test("files and runs leave no hour whose sums are old, and settled fees are in them", async () => {
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 10 }]));
  await shop.reconcile();
  await shop.feed(edenredFile(shop.edenred, [{ transaction: "100", amount: 825, commission: 8 }]));
  await shop.reconcile();
  expect(await stale()).not.toEqual([]);
  expect(await violated()).toEqual([]);
  await foldHours(ledger.services.database, shop.id);
  expect(await violated()).toEqual([]);
  const [row] = await ledger.rows("select sum(settled_fee_minor)::bigint as fees from transactions.hour_sum");
  expect(row).toEqual({ fees: -18 });
});

test("what is written while an hour is summed leaves it stale, and is in the sums of the next time", async () => {
  const before = await turnover();
  const more = "update transactions.transaction set captured_minor = captured_minor + 5 where provider_reference = $1";
  await writer.query(more, ["PSP1"]);
  await writer.query("begin");
  await writer.query(more, ["PSP1"]);
  // It waits for nobody, and takes only what was marked by then.
  await foldHours(ledger.services.database, shop.id);
  expect(await turnover()).toBe((before ?? 0) + 5);
  expect(await stale()).toEqual([]);
  await writer.query("commit");
  expect(await stale()).toHaveLength(1);
  await foldHours(ledger.services.database, shop.id);
  expect(await turnover()).toBe((before ?? 0) + 10);
  await writer.query(
    "update transactions.transaction set captured_minor = captured_minor - 10 where provider_reference = 'PSP1'",
  );
});

test("a transaction that moves in time or place leaves both places stale, and a new purse its hour", async () => {
  await foldHours(ledger.services.database, shop.id);
  await writer.query(`update transactions.transaction set occurred_at = occurred_at - interval '5 hours', location_id = 'loc_new'
    where provider_reference = 'PSP2'`);
  expect(await stale()).toHaveLength(2);
  await foldHours(ledger.services.database, shop.id);
  await writer.query("update e_vouchers.detail set purse = 'ECO'");
  expect(await stale()).toHaveLength(1);
  expect(await violated()).not.toContain("I42");
  await writer.query("update e_vouchers.detail set purse = 'MEAL'");
  await writer.query(
    `update transactions.transaction set occurred_at = occurred_at + interval '5 hours', location_id = $1
    where provider_reference = 'PSP2'`,
    [shop.id.replace("mer", "loc")],
  );
});

test("a statement that changes nothing marks nothing", async () => {
  await foldHours(ledger.services.database, shop.id);
  await writer.query("update transactions.transaction set captured_minor = 1 where id = 'none'");
  await shop.feed(`${adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 10 }])}\n`);
  expect(await stale()).toEqual([]);
});
