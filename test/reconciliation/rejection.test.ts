import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("rejection");
});
afterAll(() => ledger.close());

async function expectRejected(content: string | Buffer, says: RegExp) {
  const shop = await ledger.openShop();
  const file = await shop.feed(typeof content === "string" ? content.replaceAll("ACCOUNT", shop.adyen) : content);
  expect(file.record).toMatchObject({ status: "REJECTED", rows_accepted: 0, problem: expect.stringMatching(says) });
  expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
  expect(await shop.rows("reconciliation.source_record")).toEqual([]);
  expect(await shop.rows("reconciliation.run")).toEqual([]);
}

test("a batch that does not net to zero leaves no row in any table", () =>
  expectRejected(
    adyenReport("ACCOUNT", [{ psp: "P1", gross: 1000 }], { payout: false }),
    /does not foot.*nets to zero/s,
  ));

test("a journal whose count is wrong leaves no row", () =>
  expectRejected(
    terminalJournal("1", [{ amount: 100, account: "ACCOUNT" }]).replace('"count":"1"', '"count":"2"'),
    /lines: expected 2, found 1/,
  ));

test("a reimbursement whose trailer sums otherwise leaves no row", () =>
  expectRejected(
    edenredFile("7000001", [{ transaction: "1", amount: 800 }]).replace("T;1;800", "T;1;900"),
    /does not foot/,
  ));

test("a file of no known format leaves no row and names the formats", () =>
  expectRejected("a,b,c\n1,2,3\n", /no adapter accepts this file; known formats are .*adyen-settlement-detail/));

test("a header without rows leaves no row", () =>
  expectRejected(adyenReport("ACCOUNT", [], { payout: false }), /no rows/));

test("a rejected file is not imported again, whatever the queue says", async () => {
  const shop = await ledger.openShop();
  const content = adyenReport(shop.adyen, [{ psp: "P1", gross: 1000 }], { payout: false });
  const first = await shop.feed(content);
  const again = await shop.feed(content);
  expect(again.record).toEqual(first.record);
});

const SAMPLE = new URL("../../../shared/samples/adyen/settlement_detail_report_batch_380.csv", import.meta.url);
describe.skipIf(!existsSync(SAMPLE))("Adyen's batch 380 (needs ../shared/samples)", () => {
  const whole = existsSync(SAMPLE) ? readFileSync(SAMPLE) : Buffer.alloc(0);
  const account = "YOURCOMPANY_ACCOUNT";
  const map = (merchantId: string) =>
    ledger.rows("insert into accounts.provider_account (merchant_id, provider, account) values ($1, 'adyen', $2)", [
      merchantId,
      account,
    ]);
  const unmap = () => ledger.rows("delete from accounts.provider_account where account = $1", [account]);

  test("cut anywhere, it leaves no row", async () => {
    const shop = await ledger.openShop();
    await map(shop.id);
    // A cut inside the last line end takes nothing away.
    const length = whole.toString("latin1").trimEnd().length;
    const bytes = Array.from(
      { length: 30 },
      (_, index) => 1 + ((index * 7919 + 104_729 * index * index) % (length - 1)),
    );
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1);
    const cuts = [...bytes, ...ends.slice(0, -1).filter((_, index) => index % 20 === 0)];
    for (const cut of new Set(cuts)) {
      const { record } = await shop.feed(whole.subarray(0, cut));
      expect(record, `cut at byte ${cut}`).toMatchObject({ status: "REJECTED" });
    }
    expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
    expect(await shop.rows("reconciliation.source_record")).toEqual([]);
    await unmap();
  });

  test("whole, it is 228 rows, 220 sales, and every fee is what lies between gross and net", async () => {
    const shop = await ledger.openShop();
    await map(shop.id);
    const { record } = await shop.feed(whole);
    await shop.reconcile();
    expect(record).toMatchObject({ status: "APPLIED", rows_read: 228, rows_accepted: 228, rows_quarantined: 0 });
    const lines = await shop.rows("reconciliation.settlement_line");
    expect(lines.filter(({ kind }) => kind === "SALE")).toHaveLength(220);
    for (const line of lines) expect(line.fee_minor).toBe(Number(line.net_minor) - Number(line.gross_minor));
    expect(lines.reduce((sum, { net_minor }) => sum + Number(net_minor), 0)).toBe(0);
    const [batch] = await shop.rows("reconciliation.settlement_batch");
    const [payout] = await shop.rows("reconciliation.payout");
    expect(payout?.amount_minor).toBe(batch?.net_minor);
    expect((await shop.transactions()).filter(({ type }) => type === "SALE")).toHaveLength(220);
    await unmap();
  });
});
