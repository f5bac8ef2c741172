import { afterAll, beforeAll, expect, test } from "vitest";
import { type MonizzeFacts, monizzeFee, monizzeStatement } from "../../simulator/writers/monizze.ts";
import { type PluxeeFacts, pluxeeFees, pluxeeStatement } from "../../simulator/writers/pluxee.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { runInvariants } from "../../subgraphs/shared/invariants/run-invariants.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("vouchers");
});
afterAll(() => ledger.close());

async function voucherShop(): Promise<Shop> {
  const shop = await ledger.openShop();
  for (const provider of ["monizze", "pluxee"]) {
    const map = "insert into accounts.provider_account (merchant_id, provider, account) values ($1, $2, $3)";
    await ledger.rows(map, [shop.id, provider, `${provider}-${shop.id}`]);
  }
  return shop;
}

const monizzeOf = (shop: Shop, facts: readonly MonizzeFacts[]) =>
  monizzeStatement(
    { statement: `S-${shop.id}`, merchant: `monizze-${shop.id}`, from: "2026-11-02", to: "2026-11-02" },
    facts,
    [{ reference: "MNZ-1", valueDate: "2026-11-04", iban: "BE68539007547034" }],
  );

const monizzeSale = (shop: Shop, id: string, amountMinor: bigint, more: Partial<MonizzeFacts> = {}): MonizzeFacts => ({
  ...{
    purse: "emv",
    id,
    time: "2026-11-02 12:00:01",
    terminal: shop.terminal,
    amountMinor,
    state: "ok",
    payout: "MNZ-1",
  },
  feeThousandths: monizzeFee("emv", amountMinor),
  ...more,
});

/** What each payout says left for the bank, and the sum of the lines that it pays. */
const payouts = ({ id }: Shop) =>
  ledger.rows(
    `select p.reference, p.amount_minor, sum(l.net_minor)::bigint as lines
     from reconciliation.payout p
     join reconciliation.settlement_line l on l.merchant_id = p.merchant_id and l.payout_id = p.id and l.kind <> 'PAYOUT'
     where p.merchant_id = $1 group by 1, 2`,
    [id],
  );

test("fees of part of a cent leave a payout that is the sum of its lines", async () => {
  const shop = await voucherShop();
  const facts = Array.from({ length: 7 }, (_, index) => monizzeSale(shop, `M${index}`, 250n));
  const { record } = await shop.feed(monizzeOf(shop, facts));
  expect(record).toMatchObject({ status: "APPLIED" });
  // Seven times 2.50 less seven times 0.045, rounded once: 17.185 is 17.19, where line by line it would be 17.15.
  expect(await payouts(shop)).toEqual([{ reference: "MNZ-1", amount_minor: 1719, lines: 1719 }]);
});

test("a terminal's voucher claims its issuer's line by what both know, and is paid out", async () => {
  const shop = await voucherShop();
  const sale = { amount: 800, circuit: "PAYF", account: `monizze-${shop.id}`, product: "01", authCode: "M00001" };
  await shop.feed(terminalJournal(shop.terminal, [{ ...sale, stan: "000001" }]));
  await shop.feed(monizzeOf(shop, [monizzeSale(shop, "MX", 800n, { authCode: "M00001" })]));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([
    {
      family: "E_VOUCHER",
      status: "SUCCESS",
      settlement_state: "PAID_OUT",
      settled_net_minor: 792,
      psp_reference: "MX",
    },
  ]);
});

test("of a ticket that a voucher and a card paid together, the voucher's line is the voucher's and no basket's", async () => {
  const shop = await voucherShop();
  const card = { amount: 550, account: shop.adyen, stan: "000002", ticket: "T-1", pspReference: "PSP1" };
  const voucher = { circuit: "SODX", account: `pluxee-${shop.id}`, product: "01", authCode: "P00001", ticket: "T-1" };
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 1200, stan: "000001", ...voucher }, card]));
  const line: PluxeeFacts = {
    ...{ account: `pluxee-${shop.id}`, terminal: shop.terminal, time: "2026-11-02 12:00:01", product: "LUNCH" },
    ...{ transaction: "PX", grossMinor: 1200n, requestedMinor: 1750n, ...pluxeeFees(1200n) },
    ...{ status: "Goedgekeurd/Approuvé", payout: "PLX-1", authCode: "P00001", ticket: "T-1" },
  };
  const transfer = { reference: "PLX-1", account: `pluxee-${shop.id}`, paidOn: "2026-11-06" };
  await shop.feed(pluxeeStatement([line], [transfer]));
  await shop.reconcile();
  const shown = (await shop.transactions()).map(({ family, status, amount_minor, ticket }) => [
    family,
    status,
    amount_minor,
    ticket,
  ]);
  expect(shown.sort()).toEqual([
    ["ACQUIRER", "PROCESSING", 550, "T-1"],
    ["E_VOUCHER", "SUCCESS", 1200, "T-1"],
  ]);
  expect(await payouts(shop)).toEqual([{ reference: "PLX-1", amount_minor: 1156, lines: 1156 }]);
});

test("the same statement in another order of its vouchers changes nothing", async () => {
  const shop = await voucherShop();
  const facts = [1, 2, 3].map((number) => monizzeSale(shop, `M${number}`, 250n));
  await shop.feed(monizzeOf(shop, facts));
  const before = await shop.factCounts();
  const { record } = await shop.feed(monizzeOf(shop, [...facts].reverse()));
  expect(record).toMatchObject({ rows_accepted: 0, rows_quarantined: 0 });
  expect(await shop.factCounts()).toEqual(before);
});

test("everything stored still holds together", async () => {
  const database = await openDatabase(
    { url: ledger.url },
    { role: "check", maxConnections: 1, onError: () => undefined },
  );
  const violated = (await runInvariants(database)).filter(({ count }) => count > 0);
  await database.destroy();
  expect(violated.map(({ name, violations }) => [name, violations])).toEqual([]);
});
