import { afterAll, beforeAll, expect, test } from "vitest";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { type FileRequest, requestReading } from "../../subgraphs/reconciliation/import/request-reading.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";
import { ADYEN_COLUMNS, adyenReport } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("preview");
});
afterAll(() => ledger.close());

async function* bytesOf(content: string) {
  yield Buffer.from(content);
}

async function send(shop: Shop, content: string, onlyProvider: string | null = null): Promise<Row> {
  const { id } = await receiveFile(ledger.services, {
    bytes: bytesOf(content),
    name: "report.csv",
    merchantId: shop.id,
    origin: "UPLOAD",
    userId: "user:test",
    previewOnly: onlyProvider === null,
    onlyProvider,
  });
  return work(shop, id);
}

async function work(shop: Shop, fileId: string): Promise<Row> {
  await importFile(ledger.services, shop.id, fileId);
  const files = await shop.rows("reconciliation.source_file");
  return files.find(({ id }) => id === fileId) ?? {};
}

async function ask(shop: Shop, request: FileRequest, file: Row, key = request) {
  const answer = await inScope(ledger.services.database, { merchants: [shop.id], user: "user:test" }, (transaction) =>
    requestReading(transaction, { merchantId: shop.id, fileId: String(file.id), request, key, userId: "user:test" }),
  );
  return { ...answer, file: await work(shop, String(file.id)) };
}

const nothing = (counts: Readonly<Record<string, number>>) => Object.values(counts).every((count) => count === 0);

test("a preview says what a file would do, and nothing of it is there", async () => {
  const shop = await ledger.openShop();
  const other = adyenReport("Stranger", [{ psp: "PSP9", gross: 500 }]);
  const file = await send(
    shop,
    adyenReport(shop.adyen, [
      { psp: "PSP1", gross: 1000, fee: 10 },
      { psp: "PSP2", type: "Refunded", gross: -300 },
    ]) + other.slice(other.indexOf("\n") + 1),
  );
  expect(file).toMatchObject({
    status: "PREVIEWED",
    adapter: "adyen-settlement-detail",
    rows_read: 5,
    rows_accepted: 3,
    rows_quarantined: 2,
    totals: { EUR: { gross: "10", fee: "-10", net: "0" } },
    attention: ["QUARANTINE"],
  });
  expect(file.preview).toMatchObject({
    kinds: [
      { kind: "PAYOUT", rows: "1" },
      { kind: "REFUND", rows: "1" },
      { kind: "SALE", rows: "1" },
    ],
    problems: [
      { line: "5", code: "UNMAPPED_ACCOUNT" },
      { line: "6", code: "UNMAPPED_ACCOUNT" },
    ],
    reasons: [{ code: "UNMAPPED_ACCOUNT", rows: "2", problem: expect.stringContaining('"Stranger" at adyen') }],
    knownFrom: [],
    accounts: [{ provider: "adyen", account: shop.adyen }],
  });
  expect(nothing(await shop.factCounts())).toBe(true);
  expect(await shop.rows("reconciliation.source_record")).toEqual([]);
  expect(await shop.rows("reconciliation.run")).toEqual([]);
  expect(await shop.rows("reconciliation.file_account")).toEqual([]);
  expect(await ledger.violated()).toEqual([]);
});

test("applied, it does what the preview said", async () => {
  const shop = await ledger.openShop();
  const previewed = await send(shop, adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 10 }]));
  const { file } = await ask(shop, "APPLY", previewed);
  const counts = (row: Row) => [row.rows_read, row.rows_accepted, row.rows_quarantined, row.totals, row.control_totals];
  expect(file).toMatchObject({ status: "APPLIED", preview: null });
  expect(counts(file)).toEqual(counts(previewed));
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([{ amount_minor: 1000, reconciliation_state: "MATCHED" }]);
  expect(await ledger.violated()).toEqual([]);
});

test("rows that an earlier file brought are told with its name", async () => {
  const shop = await ledger.openShop();
  const lines = [{ psp: "PSP1", gross: 1000 }];
  const first = await shop.feed(adyenReport(shop.adyen, lines), "first.csv");
  const file = await send(shop, adyenReport(shop.adyen, lines, { columns: [...ADYEN_COLUMNS].reverse() }));
  expect(file).toMatchObject({ status: "PREVIEWED", rows_accepted: 0, rows_duplicate: 2 });
  expect(file.preview).toMatchObject({ kinds: [], knownFrom: [{ fileId: first.id, name: "first.csv", rows: "2" }] });
});

test("columns that stand in another order than last time are told, and call nobody", async () => {
  const shop = await ledger.openShop();
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1 }]));
  const [first, second, ...rest] = ADYEN_COLUMNS;
  const moved = await shop.feed(
    adyenReport(shop.adyen, [{ psp: "PSP2", gross: 2 }], { batch: "8", columns: [second, first, ...rest] }),
  );
  expect(moved.record).toMatchObject({ status: "APPLIED", attention: [] });
  expect(moved.record.layout_moved).toEqual([
    { column: second, from: 2, to: 1 },
    { column: first, from: 1, to: 2 },
  ]);
});

test("discarded, a file leaves nothing, and sent again it is looked at anew", async () => {
  const shop = await ledger.openShop();
  const content = adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]);
  const previewed = await send(shop, content);
  expect((await ask(shop, "DISCARD", previewed)).file).toMatchObject({ status: "DISCARDED" });
  expect(nothing(await shop.factCounts())).toBe(true);
  expect((await ask(shop, "APPLY", previewed)).refused).toMatch(/the file is DISCARDED/);
  expect(await send(shop, content)).toMatchObject({ status: "PREVIEWED", id: previewed.id });
});

test("a file that would be rejected says so in its preview", async () => {
  const shop = await ledger.openShop();
  const file = await send(shop, adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }], { payout: false }));
  expect(file).toMatchObject({ status: "REJECTED", problem: expect.stringContaining("does not foot") });
});

test("a machine bound to one provider cannot bring another's money in", async () => {
  const shop = await ledger.openShop();
  const content = adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]);
  const refused = await send(shop, content, "edenred");
  expect(refused).toMatchObject({
    status: "REJECTED",
    problem: expect.stringMatching(/file is of adyen .* may send files of edenred only/),
    attention: ["REJECTED", "WRONG_SENDER"],
  });
  expect(nothing(await shop.factCounts())).toBe(true);
  const other = await ledger.openShop();
  const own = await send(other, adyenReport(other.adyen, [{ psp: "PSP1", gross: 1000 }]), "adyen");
  expect(own).toMatchObject({ status: "APPLIED" });
});
