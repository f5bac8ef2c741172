import { afterAll, beforeAll, expect, test } from "vitest";
import type { SettlementAdapter } from "../../adapters/adapter.ts";
import { adapterFor, adapters } from "../../adapters/registry.ts";
import { registerMerchant } from "../../subgraphs/accounts/register.ts";
import { PROVIDER_WORDS } from "../../subgraphs/reconciliation/payouts/provider-words.ts";
import type { BankEntry } from "../../subgraphs/shared/bank-entry.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport } from "../support/settlement-files.ts";

const IBAN = "BE68539007547034";

/** A bank's file with one entry a line, as JSON; the banks' own formats have suites of their own. */
const bankAdapter: SettlementAdapter = {
  name: "test-bank",
  provider: "bank",
  accepts: (head) => head.startsWith('{"account"'),
  read: async function* (file) {
    const pieces: Buffer[] = [];
    for await (const piece of file) pieces.push(piece);
    const lines = Buffer.concat(pieces).toString("utf8").trim().split("\n");
    yield lines.map((raw, index) => {
      const { amount, ...entry } = JSON.parse(raw);
      return {
        kind: "bank",
        line: index + 1,
        raw,
        entry: { ...entry, amount: { amountMinor: BigInt(amount), currency: "EUR" } },
      };
    });
  },
};

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("payout_credits", (head) => (bankAdapter.accepts(head) ? bankAdapter : adapterFor(head)));
});
afterAll(() => ledger.close());

type Booked = Partial<Omit<BankEntry, "amount">> & { readonly amount: number; readonly remittance: string };

async function openShop(): Promise<Shop> {
  const shop = await ledger.openShop();
  const registration = {
    merchant: { id: shop.id, name: shop.id, zone: "Europe/Brussels" },
    locations: [],
    terminals: [],
    providerAccounts: [{ provider: "bank", account: IBAN + shop.id }],
  };
  await inScope(ledger.services.database, { merchants: [shop.id], user: "user:test" }, (transaction) =>
    registerMerchant(transaction, registration, "user:test"),
  );
  return shop;
}

function statement(shop: Shop, ...entries: readonly Booked[]): string {
  const usual = { account: IBAN + shop.id, statement: "1", bookingDate: "2026-11-10", reversal: false, code: "NTRF" };
  return entries.map((entry) => JSON.stringify({ ...usual, ...entry })).join("\n");
}

/** A batch of 12.40 less 0.13, paid out under the reference `TX7XT batch 7`. */
const report = (shop: Shop, batch = "7123456") =>
  adyenReport(shop.adyen, [{ psp: `PSP${batch}`, gross: 1240, fee: 13 }], { batch });

async function creditsOf(shop: Shop, ...files: readonly string[]) {
  for (const file of files) {
    await shop.feed(file);
    await shop.reconcile();
  }
  return ledger.rows(
    `select c.stage, c.way, c.difference_minor, p.reference, e.remittance
     from reconciliation.payout_credit c
     join reconciliation.payout p on p.merchant_id = c.merchant_id and p.id = c.payout_id
     join reconciliation.bank_entry e on e.merchant_id = c.merchant_id and e.id = c.bank_entry_id
     where c.merchant_id = $1 and c.released_at is null order by c.way, p.reference`,
    [shop.id],
  );
}

test("a payout is found on the statement by its reference, whichever came first and however it was broken", async () => {
  for (const isLate of [false, true]) {
    const shop = await openShop();
    const files = [report(shop), statement(shop, { amount: 1227, remittance: "ADYEN NV TX71234 56XT BAT CH 7123456" })];
    expect(await creditsOf(shop, ...(isLate ? files.reverse() : files))).toMatchObject([
      { stage: "REFERENCE", way: "PAID", difference_minor: 0 },
    ]);
  }
});

test("another amount under the reference is the payout all the same, and the difference is a discrepancy", async () => {
  const shop = await openShop();
  const credits = await creditsOf(shop, report(shop), statement(shop, { amount: 1200, remittance: "TX7123456XT" }));
  expect(credits).toMatchObject([{ stage: "REFERENCE", difference_minor: -27 }]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    { type: "PAYOUT_RESIDUAL", amount_at_risk_minor: 27, explanation: expect.stringContaining("-0.27") },
  ]);
});

test("without a reference, an amount counts only if the entry names the provider and fits one payout alone", async () => {
  const [named, nameless, twice] = [await openShop(), await openShop(), await openShop()];
  const entry = { amount: 1227, remittance: "Adyen N.V." };
  expect(await creditsOf(named, report(named), statement(named, entry))).toMatchObject([{ stage: "AMOUNT" }]);
  const rent = statement(nameless, { amount: 1227, remittance: "rent of November" });
  expect(await creditsOf(nameless, report(nameless), rent)).toEqual([]);
  const both = [report(twice), report(twice, "7123457"), statement(twice, entry)];
  expect(await creditsOf(twice, ...both)).toEqual([]);
});

test("money that the bank takes back is the payout's return", async () => {
  const shop = await openShop();
  const paid = { amount: 1227, remittance: "TX7123456XT" };
  const credits = await creditsOf(
    shop,
    report(shop),
    statement(shop, paid),
    statement(shop, { ...paid, amount: -1227, reversal: true, bookingDate: "2026-11-12" }),
  );
  expect(credits).toMatchObject([{ way: "PAID" }, { way: "RETURNED", difference_minor: 0 }]);
});

test("a month later is another payment", async () => {
  const shop = await openShop();
  const late = statement(shop, { amount: 1227, remittance: "TX7123456XT", bookingDate: "2026-12-20" });
  expect(await creditsOf(shop, report(shop), late)).toEqual([]);
});

test("a statement fed again changes nothing", async () => {
  const shop = await openShop();
  const bank = statement(shop, { amount: 1227, remittance: "TX7123456XT" });
  const first = await creditsOf(shop, report(shop), bank);
  expect(await creditsOf(shop, bank, `${bank}\n`)).toEqual(first);
});

test("every provider that pays out is known by the words its banks write", () => {
  const paying = new Set(adapters.map(({ provider }) => provider).filter((provider) => provider !== "bank"));
  expect(Object.keys(PROVIDER_WORDS)).toEqual(expect.arrayContaining([...paying]));
});

/** Payouts of 12.27, 19.87 and so on: batch n is n times 7.60 more. */
const reportOf = (shop: Shop, batch: string, more: number) =>
  adyenReport(shop.adyen, [{ psp: `PSP${batch}`, gross: 1240 + more * 760, fee: 13 }], { batch });

const credited = (credits: readonly object[]) => credits.map((credit) => Object.values(credit).join(" "));

test("one entry that names two payouts pays both, and one payout comes in two entries that name it", async () => {
  const [one, two] = [await openShop(), await openShop()];
  const both = [reportOf(one, "7123456", 0), reportOf(one, "7123457", 1)];
  const together = statement(one, { amount: 1227 + 1987, remittance: "TX7123456XT TX7123457XT" });
  expect(credited(await creditsOf(one, ...both, together))).toEqual([
    "REFERENCE_GROUP PAID 0 TX7123456XT TX7123456XT TX7123457XT",
    "REFERENCE_GROUP PAID 0 TX7123457XT TX7123456XT TX7123457XT",
  ]);
  const halves = statement(
    two,
    { amount: 1000, remittance: "TX7123456XT 1" },
    { amount: 227, remittance: "TX7123456XT 2" },
  );
  expect(await creditsOf(two, report(two), halves)).toMatchObject([
    { stage: "REFERENCE_GROUP", remittance: "TX7123456XT 1" },
    { stage: "REFERENCE_GROUP", remittance: "TX7123456XT 2" },
  ]);
});

test("a sum is taken when it can be made up in one way, and is a discrepancy when in more", async () => {
  const [one, many] = [await openShop(), await openShop()];
  const unnamed = { remittance: "Adyen N.V." };
  const sum = statement(one, { ...unnamed, amount: 1227 + 1987 });
  const three = (shop: Shop) => [0, 1, 5].map((more) => reportOf(shop, `712345${more}`, more));
  expect(await creditsOf(one, ...three(one), sum)).toMatchObject([{ stage: "SUM" }, { stage: "SUM" }]);
  // 12.27 + 50.27 = 19.87 + 42.67.
  const four = [0, 1, 4, 5].map((more) => reportOf(many, `712345${more}`, more));
  const either = statement(many, { ...unnamed, amount: 1227 + 5027 });
  expect(await creditsOf(many, ...four, either)).toEqual([]);
  const doubt = { type: "AMBIGUOUS_MATCH", amount_at_risk_minor: 6254, state: "OPEN" };
  expect(await many.rows("reconciliation.discrepancy")).toMatchObject([doubt]);
  // The other two come on the next statement, by name: now there is one way left.
  const named = { amount: 1987 + 4267, remittance: "TX7123451XT TX7123454XT" };
  expect(await creditsOf(many, statement(many, { ...named, statement: "2" }))).toHaveLength(4);
  expect(await many.rows("reconciliation.discrepancy")).toMatchObject([{ ...doubt, state: "RESOLVED" }]);
});

test("the database refuses what would take more of an entry, or of a payout, than there is", async () => {
  const shop = await openShop();
  await creditsOf(
    shop,
    report(shop),
    reportOf(shop, "7123457", 1),
    statement(shop, { amount: 1227, remittance: "TX7123456XT" }),
  );
  const more = (payout: string, minor: number) =>
    ledger.rows(
      `insert into reconciliation.payout_credit (merchant_id, id, payout_id, bank_entry_id, way, stage, difference_minor,
         allocated_minor, run_id)
       select merchant_id, 'crd_more', (select id from reconciliation.payout where merchant_id = $1 and reference like $2),
         bank_entry_id, 'PAID', 'SUM', 0, $3, 'run_1'
       from reconciliation.payout_credit where merchant_id = $1`,
      [shop.id, payout, minor],
    );
  await expect(more("TX7123457XT", 1)).rejects.toThrow(/allocated beyond its amount/);
  await ledger.rows("update reconciliation.bank_entry set amount_minor = 5000 where merchant_id = $1", [shop.id]);
  await expect(more("TX7123457XT", 1988)).rejects.toThrow(/paid beyond its amount/);
  await ledger.rows("update reconciliation.bank_entry set amount_minor = 1227 where merchant_id = $1", [shop.id]);
});
