import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger, type Row } from "../support/ledger.ts";
import { type JournalEntry, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("fresh_rows");
});
afterAll(() => ledger.close());

/** Ids and names are of the shop; versions, times and places in the order of coming in are ours. */
const OURS = [
  ..."merchant_id id account location_id terminal_id tid transaction_number provider_reference original_id".split(" "),
  ..."deciding_event version ingest_seq recorded_at changed_at".split(" "),
];

const ENTRIES: readonly JournalEntry[] = [
  { amount: 100, pspReference: "ALONE", status: "success", authCode: "A1", stan: "1", maskedPan: "541333XXXXXX0001" },
  { amount: 150, pspReference: "OPEN", stan: "2", ticket: "T1" },
  { amount: 200, pspReference: "SOLD", status: "success" },
  { amount: 200, pspReference: "TAKEN-BACK", type: "void", originalReference: "SOLD", status: "success" },
  { amount: 300, pspReference: "PARTLY-BACK", status: "success" },
  { amount: 50, pspReference: "BACK", type: "refund", originalReference: "PARTLY-BACK", status: "success" },
  { amount: 60, pspReference: "BACK-OF-NOTHING", type: "refund", status: "success" },
  { amount: 70, pspReference: "STARTED" },
  { amount: 70, pspReference: "STARTED", status: "success", merchantReference: "order 1" },
  { amount: 80, pspReference: "TWO-AMOUNTS", status: "success" },
  { amount: 81, pspReference: "TWO-AMOUNTS", status: "refused" },
  { amount: 90, status: "success" },
  { amount: 95, stan: "9", status: "manual_intervention" },
  { amount: 40, pspReference: "COUPON", circuit: "EDRD", product: "01", status: "success" },
];

async function outcomeOf(files: readonly (readonly JournalEntry[])[]) {
  const shop = await ledger.openShop();
  const counts = { accepted: 0, duplicate: 0, quarantined: 0 };
  for (const entries of files) {
    const mapped = entries.map((entry) => ({ ...(entry.circuit ? {} : { account: shop.adyen }), ...entry }));
    const { record } = await shop.feed(terminalJournal(shop.terminal, mapped));
    counts.accepted += Number(record["rows_accepted"]);
    counts.duplicate += Number(record["rows_duplicate"]);
    counts.quarantined += Number(record["rows_quarantined"]);
  }
  const told = (row: Row) => Object.fromEntries(Object.entries(row).filter(([column]) => !OURS.includes(column)));
  const nameOf = (row: object) => JSON.stringify(row);
  return {
    counts,
    transactions: (await shop.transactions()).map(told).map(nameOf).sort(),
  };
}

test("what a file says of transactions that nothing is known of is what its lines say one by one", async () => {
  const whole = await outcomeOf([ENTRIES]);
  expect(whole.counts).toEqual({ accepted: 13, duplicate: 0, quarantined: 1 });
  expect(whole.transactions).toHaveLength(11);
  const oneByOne = await outcomeOf(ENTRIES.map((entry) => [entry]));
  expect(oneByOne.transactions).toEqual(whole.transactions);
  expect(await outcomeOf([ENTRIES, [...ENTRIES].reverse()])).toMatchObject({ transactions: whole.transactions });
});

test("a transaction that no event tells of is merged with the row that does", async () => {
  const shop = await ledger.openShop();
  const journal = (status: string) =>
    terminalJournal(shop.terminal, [{ amount: 100, account: shop.adyen, pspReference: "KEPT", status }]);
  await shop.feed(journal("processing"));
  await ledger.rows("create table lost as table transactions.transaction_event");
  await ledger.rows("delete from transactions.transaction_event where merchant_id = $1", [shop.id]);
  await shop.feed(journal("success"));
  await ledger.rows("insert into transactions.transaction_event select * from lost where merchant_id = $1", [shop.id]);
  await ledger.rows("drop table lost");
  expect(await shop.transactions()).toMatchObject([{ status: "SUCCESS", amount_minor: 100 }]);
});
