import { afterAll, beforeAll, expect, test } from "vitest";
import { adapterFor } from "../../adapters/registry.ts";
import { mapProviderAccount } from "../../subgraphs/accounts/register.ts";
import { inScope, PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("placement", (head) => (head.startsWith('{"kind"') ? eventAdapter : adapterFor(head)));
});
afterAll(() => ledger.close());

const SALE = [{ psp: "PSP1", gross: 1000 }];

test("a row of an account that nobody mapped is kept with the reason and its text", async () => {
  const shop = await ledger.openShop({ mapped: false });
  const { record } = await shop.feed(adyenReport(shop.adyen, SALE));
  expect(record).toMatchObject({ status: "PARTIALLY_APPLIED", rows_read: 2, rows_accepted: 0, rows_quarantined: 2 });
  const [row] = await shop.rows("reconciliation.source_record");
  expect(row).toMatchObject({
    disposition: "QUARANTINED",
    code: "UNMAPPED_ACCOUNT",
    problem: expect.stringContaining(`"${shop.adyen}" at adyen is mapped to no merchant; map it`),
    raw: expect.stringContaining("PSP1"),
  });
  expect(await shop.transactions()).toEqual([]);
});

test("once the account is mapped, the same rows come in with the next file", async () => {
  const shop = await ledger.openShop({ mapped: false });
  await shop.feed(adyenReport(shop.adyen, SALE));
  await inScope(ledger.services.database, { merchants: [shop.id], user: "user:test" }, (transaction) =>
    mapProviderAccount(transaction, { merchantId: shop.id, provider: "adyen", account: shop.adyen }, "user:test"),
  );
  const again = await shop.feed(adyenReport(shop.adyen, SALE, { lineEnd: "\r\n" }));
  expect(again.record).toMatchObject({ status: "APPLIED", rows_accepted: 2 });
});

test("a platform file gives each row to its own merchant, and the file to nobody", async () => {
  const [one, two] = [await ledger.openShop(), await ledger.openShop()];
  const text = adyenReport(two.adyen, [{ psp: "PSP2", gross: 700 }]);
  const both = adyenReport(one.adyen, SALE) + text.slice(text.indexOf("\n") + 1);
  const { record } = await ledger.feed(PLATFORM, both);
  await one.reconcile();
  await two.reconcile();
  expect(record).toMatchObject({ merchant_id: PLATFORM, status: "APPLIED", rows_accepted: 4 });
  expect(await one.transactions()).toMatchObject([{ psp_reference: "PSP1", amount_minor: 1000 }]);
  expect(await two.transactions()).toMatchObject([{ psp_reference: "PSP2", amount_minor: 700 }]);
  expect(await one.rows("reconciliation.source_file")).toEqual([]);
});

test("a row of another merchant in a merchant's own file is quarantined and stored under neither", async () => {
  const [own, other] = [await ledger.openShop(), await ledger.openShop()];
  const text = adyenReport(other.adyen, [{ psp: "PSP2", gross: 700 }]);
  const { record } = await own.feed(adyenReport(own.adyen, SALE) + text.slice(text.indexOf("\n") + 1));
  expect(record).toMatchObject({ rows_accepted: 2, rows_quarantined: 2 });
  expect((await own.rows("reconciliation.source_record")).map(({ code }) => code)).toEqual([
    "OTHER_MERCHANT",
    "OTHER_MERCHANT",
  ]);
  expect((await own.rows("reconciliation.settlement_line")).map(({ account }) => account)).toEqual([
    own.adyen,
    own.adyen,
  ]);
  expect(Object.values(await other.factCounts()).every((count) => count === 0)).toBe(true);
});

test("an account mapped to two merchants is given to neither", async () => {
  const [one, two] = [await ledger.openShop(), await ledger.openShop({ mapped: false })];
  await ledger.rows("insert into accounts.provider_account (merchant_id, provider, account) values ($1, 'adyen', $2)", [
    two.id,
    one.adyen,
  ]);
  await ledger.feed(PLATFORM, adyenReport(one.adyen, [{ psp: "PSP9", gross: 5 }]));
  const [row] = await ledger.rows("select code from reconciliation.source_record where raw like '%PSP9%'");
  expect(row?.code).toBe("AMBIGUOUS_ACCOUNT");
});

test("a terminal that moved between merchants gives each purchase to who held it at that time", async () => {
  const [first, second] = [await ledger.openShop({ mapped: false }), await ledger.openShop({ mapped: false })];
  const moved = "2026-11-10T00:00:00+01:00";
  await ledger.rows("update accounts.terminal set valid_to = $2 where merchant_id = $1", [first.id, moved]);
  await ledger.rows("insert into accounts.terminal values ($1, 'moved', $2, $3, null, $4, null)", [
    second.id,
    first.terminal,
    `loc_${second.id.slice(4)}`,
    moved,
  ]);
  await ledger.feed(
    PLATFORM,
    terminalJournal(first.terminal, [
      { amount: 100, circuit: "ELAVON", time: "2026-11-09 23:59:59", stan: "1" },
      { amount: 200, circuit: "ELAVON", time: "2026-11-10 00:00:00", stan: "2" },
      { amount: 300, circuit: "ELAVON", time: "2019-11-10 00:00:00", stan: "3" },
    ]),
  );
  expect(await first.transactions()).toMatchObject([{ amount_minor: 100 }]);
  expect(await second.transactions()).toMatchObject([{ amount_minor: 200, terminal_id: "moved" }]);
  const [unheld] = await ledger.rows(
    "select code, problem from reconciliation.source_record where raw like '%\"3.00\"%'",
  );
  expect(unheld).toMatchObject({ code: "UNMAPPED_TERMINAL", problem: expect.stringContaining("at that time") });
});

test.each(["loc_0", "loc_z"])(
  "a purchase is where its terminal was, whatever else tells of it: the account is at %s",
  async (place) => {
    const told = (shop: { readonly adyen: string }, outcome: "PROCESSING" | "SUCCESS", terminal?: string) => ({
      kind: "SALE" as const,
      family: "ACQUIRER" as const,
      provider: "adyen",
      account: shop.adyen,
      ...(terminal !== undefined && { terminal }),
      reference: "BOTH",
      identity: outcome,
      occurredAt: { at: new Date("2026-11-02T11:00:00Z"), ambiguous: false },
      amount: { amountMinor: 1_000n, currency: "EUR" },
      outcome: { status: outcome, certainty: "DEFINITIVE" as const },
      rawStatus: outcome,
    });
    for (const order of ["terminal first", "account first", "one file"]) {
      const shop = await ledger.openShop();
      const location =
        "insert into accounts.location (merchant_id, id, name, country, zone) values ($1, $2, 'B', 'BE', 'UTC')";
      await ledger.rows(location, [shop.id, place]);
      await ledger.rows("update accounts.provider_account set location_id = $2 where merchant_id = $1", [
        shop.id,
        place,
      ]);
      const events = [told(shop, "PROCESSING", shop.terminal), told(shop, "SUCCESS")];
      if (order === "account first") events.reverse();
      if (order === "one file") await shop.feed(eventsFile(events));
      else for (const event of events) await shop.feed(eventsFile([event]));
      const own = shop.id.slice(4);
      expect(await shop.transactions(), order).toMatchObject([
        { status: "SUCCESS", terminal_id: `ter_${own}`, location_id: `loc_${own}`, tid: shop.terminal },
      ]);
    }
  },
);
