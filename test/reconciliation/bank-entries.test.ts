import { afterAll, beforeAll, expect, test } from "vitest";
import { adapterFor } from "../../adapters/registry.ts";
import type { BankEntry } from "../../subgraphs/shared/bank-entry.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { lineAdapter } from "../support/line-adapter.ts";

type Written = Partial<Omit<BankEntry, "amount" | "parts">> & {
  readonly cents: string;
  readonly partCents?: readonly string[];
};

const bank = lineAdapter("testbank", (text, line) => {
  const { cents, partCents = [], ...entry } = JSON.parse(text) as Written & { account: string; statement: string };
  const [amount, ...rest] = [cents, ...partCents].map((digits) => ({ amountMinor: BigInt(digits), currency: "EUR" }));
  const parts = rest.map((part) => ({ amount: part, remittance: "part" }));
  return [
    {
      kind: "bank",
      line,
      raw: text,
      entry: {
        bookingDate: "2026-11-10",
        reversal: false,
        code: "NTRF",
        remittance: "",
        ...entry,
        amount: amount!,
        parts,
      },
    },
  ];
});

let ledger: Ledger;
let count = 0;
beforeAll(async () => {
  ledger = await openLedger("bank_entries", (head) => adapterFor(head, [bank]));
});
afterAll(() => ledger.close());

async function openHolder() {
  const account = `BE${String(68_000_000 + ++count)}`;
  const shop = await ledger.openShop({ accounts: [{ provider: "bank", account }] });
  return { shop, account, feed: (statement: string, ...entries: Written[]) => feed(shop, account, statement, entries) };
}

function feed(shop: Shop, account: string, statement: string, entries: readonly Written[]) {
  const lines = entries.map((entry) => JSON.stringify({ account, statement, ...entry }));
  return shop.feed(`# testbank\n${lines.join("\n")}\n`);
}

test("every entry of a statement is stored under its account's merchant, signed, with what matching will need", async () => {
  const { shop, account, feed } = await openHolder();
  const { record } = await feed(
    "2026-211",
    { cents: "123456", identity: "A1", endToEndId: "E2E", remittance: "TX7XT batch 7, Shop", valueDate: "2026-11-11" },
    { cents: "-250", identity: "A2", reversal: true, structured: { type: "114", value: "1 9 313843 849 005695" } },
  );
  expect(record).toMatchObject({ status: "APPLIED", rows_read: 2, rows_accepted: 2, rows_skipped: 0 });
  expect(record.totals).toEqual({ EUR: { gross: "123206", fee: "0", net: "123206" } });
  const entries = await shop.rows("reconciliation.bank_entry");
  expect(entries.sort((a, b) => Number(a.line_number) - Number(b.line_number))).toMatchObject([
    { account, statement: "2026-211", amount_minor: 123456, currency: "EUR", value_date: "2026-11-11", line_number: 2 },
    { amount_minor: -250, reversal: true, structured_type: "114", structured_value: "1 9 313843 849 005695" },
  ]);
  expect(entries[0]).toMatchObject({ remittance: "TX7XT batch 7, Shop", end_to_end_id: "E2E", file_id: record.id });
});

test("a notification and the statement that book one entry count once, and each adds what the other left out", async () => {
  const { shop, feed } = await openHolder();
  await feed("NTFCN-1", { cents: "5000", identity: "REF1", partCents: ["2000", "3000"] });
  const notified = (await shop.rows("reconciliation.bank_entry"))[0];
  const statement = await feed(
    "STMT-1",
    { cents: "5000", identity: "REF1", remittance: "payout 9", endToEndId: "E9" },
    { cents: "700", identity: "REF2" },
  );
  expect(statement.record).toMatchObject({ rows_read: 2, rows_accepted: 1, rows_duplicate: 1, status: "APPLIED" });
  const entries = await shop.rows("reconciliation.bank_entry");
  expect(entries).toHaveLength(2);
  expect(entries.find(({ id }) => id === notified?.id)).toMatchObject({
    remittance: "payout 9",
    end_to_end_id: "E9",
    parts: [{ amountMinor: "2000" }, { amountMinor: "3000" }],
  });
});

test("the same statement again, in other bytes, adds nothing", async () => {
  const { shop, account, feed } = await openHolder();
  const entries: Written[] = [
    { cents: "100", remittance: "till" },
    { cents: "100", remittance: "till" },
    { cents: "3" },
  ];
  const first = await feed("9", ...entries);
  expect(first.record).toMatchObject({ rows_accepted: 3 });
  const lines = entries.map((entry) => JSON.stringify({ statement: "9", account, ...entry }));
  const again = await shop.feed(`# testbank\n${lines.reverse().join("\n")}\n`);
  expect(again.record).toMatchObject({ status: "APPLIED", rows_read: 3, rows_accepted: 0, rows_duplicate: 3 });
  expect(await shop.rows("reconciliation.bank_entry")).toHaveLength(3);
});

test("a bank's reference with another amount is a collision: kept apart, never dropped and never an update", async () => {
  const { shop, feed } = await openHolder();
  await feed("1", { cents: "100", identity: "SAME" });
  const { record } = await feed("2", { cents: "900", identity: "SAME" });
  expect(record).toMatchObject({ status: "PARTIALLY_APPLIED", rows_read: 1, rows_quarantined: 1, rows_accepted: 0 });
  expect(await shop.rows("reconciliation.source_record")).toMatchObject([
    { code: "IDENTITY_COLLISION", line_number: 2, raw: expect.stringContaining('"900"') },
  ]);
  expect(await shop.rows("reconciliation.bank_entry")).toMatchObject([{ amount_minor: 100 }]);
});

test("an account of nobody is quarantined, and one of another merchant is stored under neither", async () => {
  const { shop } = await openHolder();
  const { account: foreign } = await openHolder();
  const { record } = await shop.feed(
    `# testbank\n${JSON.stringify({ account: "NL99", statement: "1", cents: "1" })}\n${JSON.stringify({ account: foreign, statement: "1", cents: "1" })}\n`,
  );
  expect(record).toMatchObject({ rows_read: 2, rows_quarantined: 2 });
  expect((await shop.rows("reconciliation.source_record")).map(({ code, problem }) => [code, problem])).toEqual([
    ["UNMAPPED_ACCOUNT", expect.stringContaining('account "NL99" at bank is mapped to no merchant')],
    ["OTHER_MERCHANT", expect.any(String)],
  ]);
  expect(await shop.rows("reconciliation.bank_entry")).toEqual([]);
});

test("a card number in the text of a payment is masked", async () => {
  const { shop, feed } = await openHolder();
  await feed("1", { cents: "1", remittance: "paid with 4111 1111 1111 1111" });
  expect(JSON.stringify(await shop.rows("reconciliation.bank_entry"))).toContain("411111******1111");
});

test("after all of it, every invariant holds", async () => {
  expect(await ledger.violated()).toEqual([]);
});

test("an entry that was hashed by another recipe is a duplicate where its money is the same", async () => {
  const { shop, feed } = await openHolder();
  await feed("1", { cents: "100", identity: "A1" }, { cents: "200", identity: "A2" });
  await ledger.rows("update reconciliation.bank_entry set content_hash = '0.another' where merchant_id = $1", [
    shop.id,
  ]);
  const again = await feed("1", { cents: "100", identity: "A1", code: "XFER" }, { cents: "201", identity: "A2" });
  expect(again.record).toMatchObject({ rows_accepted: 0, rows_duplicate: 1, rows_quarantined: 1 });
});
