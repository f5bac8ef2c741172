import { afterAll, beforeAll, expect, test } from "vitest";
import type { SettlementAdapter } from "../../adapters/adapter.ts";
import { adapterFor, adapters } from "../../adapters/registry.ts";
import { mapProviderAccount } from "../../subgraphs/accounts/register.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { requestReading } from "../../subgraphs/reconciliation/import/request-reading.ts";
import { inScope, PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger, type Row } from "../support/ledger.ts";
import { lineAdapter } from "../support/line-adapter.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

/** A provider whose refunds the adapter does not know at first; lines are `kind,reference,cents`. */
const till = (known: readonly string[]): SettlementAdapter =>
  lineAdapter("testtill", (raw, line) => {
    const [word = "", reference = "", cents = ""] = raw.split(",");
    if (word === "total") {
      return [{ kind: "control", total: { name: "rows", expected: BigInt(reference), actual: BigInt(line - 2) } }];
    }
    if (!known.includes(word)) {
      return [
        { kind: "drift", drift: { what: "UNKNOWN_VALUE", name: "kind", value: word, line } },
        { kind: "rejected", line, raw, problem: `the kind "${word}" is not known` },
      ];
    }
    const sign = word === "refund" ? -1n : 1n;
    const money = (amountMinor: bigint) => ({ amountMinor, currency: "EUR" });
    return [
      {
        kind: "event",
        line,
        raw,
        event: {
          kind: word === "refund" ? "REFUND" : "SALE",
          family: "ACQUIRER",
          provider: "testtill",
          account: raw.split(",")[3] ?? "T1",
          // Equal rows without a reference are told apart by counting.
          ...(reference !== "" && { identity: `${word} ${reference}`, reference }),
          occurredAt: { at: new Date("2026-11-02T10:00:00Z"), ambiguous: false },
          amount: money(BigInt(cents)),
          outcome: { status: "SUCCESS", certainty: "DEFINITIVE" },
          booking: {
            batch: "B1",
            bookingDate: "2026-11-03",
            gross: money(sign * BigInt(cents)),
            fees: {},
            net: money(sign * BigInt(cents)),
          },
          rawStatus: word,
        },
      },
    ];
  });

let adapter = till(["sale"]);
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("replay", (head) => adapterFor(head, head.startsWith("# testtill") ? [adapter] : adapters));
});
afterAll(() => ledger.close());

let requests = 0;
async function replay(merchantId: string, fileId: string, key = `key ${++requests}`): Promise<Row> {
  const { database } = ledger.services;
  await inScope(database, { merchants: [merchantId], user: "user:test" }, (transaction) =>
    requestReading(transaction, { merchantId, fileId, request: "REPLAY", key, userId: "user:test" }),
  );
  await importFile(ledger.services, merchantId, fileId);
  const [row = {}] = await ledger.rows("select * from reconciliation.source_file where id = $1", [fileId]);
  return row;
}

let shops = 0;
async function openTillShop() {
  const account = `till${++shops}`;
  const shop = await ledger.openShop({ accounts: [{ provider: "testtill", account }] });
  const file = (...rows: string[]) =>
    `# testtill\n${rows.map((row) => `${row},${account}`).join("\n")}\ntotal,${rows.length}\n`;
  return { shop, file };
}

test("rows that an adapter could not read come in once it is mended, and nothing doubles", async () => {
  adapter = till(["sale"]);
  const { shop, file } = await openTillShop();
  const first = await shop.feed(file("sale,S1,500", "refund,R1,200", "sale,,300", "sale,,300"));
  expect(first.record).toMatchObject({ status: "PARTIALLY_APPLIED", rows_accepted: 3, rows_quarantined: 1 });
  expect(first.record.drift).toEqual([
    { what: "UNKNOWN_VALUE", name: "kind", value: "refund", count: 1, firstLine: 3 },
  ]);
  expect(first.record.attention).toEqual(["QUARANTINE", "DRIFT"]);
  const before = await shop.rows("reconciliation.settlement_line");

  adapter = till(["sale", "refund"]);
  const record = await replay(shop.id, first.id);
  expect(record).toMatchObject({
    status: "APPLIED",
    rows_read: 4,
    rows_accepted: 4,
    rows_duplicate: 0,
    rows_quarantined: 0,
    drift: [],
    attention: [],
    totals: { EUR: { gross: "900", fee: "0", net: "900" } },
  });
  expect(await shop.rows("reconciliation.source_record")).toEqual([]);
  const lines = await shop.rows("reconciliation.settlement_line");
  expect(lines.map(({ net_minor }) => net_minor).sort()).toEqual([-200, 300, 300, 500]);
  expect(lines.filter(({ kind }) => kind === "SALE")).toEqual(expect.arrayContaining([...before]));
  await shop.reconcile();
  expect(await ledger.violated()).toEqual([]);
});

test("replayed again and again, a file stays as it is", async () => {
  adapter = till(["sale"]);
  const { shop, file } = await openTillShop();
  const { id } = await shop.feed(file("sale,S1,500", "sale,S1,500", "sale,,300"));
  const once = await replay(shop.id, id);
  const facts = await shop.factCounts();
  const twice = await replay(shop.id, id);
  const plain = ({ lease_epoch: _, finished_at: __, request_key: ___, ...row }: Row) => row;
  expect(plain(twice)).toEqual(plain(once));
  expect(twice).toMatchObject({ status: "APPLIED", rows_accepted: 2, rows_duplicate: 1 });
  expect(await shop.factCounts()).toEqual(facts);
  expect(await ledger.violated()).toEqual([]);
});

test("an account that is mapped later brings its rows in", async () => {
  const shop = await ledger.openShop({ mapped: false });
  const { id, record } = await shop.feed(adyenReport(shop.adyen, [{ psp: "P1", gross: 1000, fee: 10 }]));
  expect(record).toMatchObject({ rows_quarantined: 2, rows_accepted: 0 });
  await inScope(ledger.services.database, { merchants: [shop.id], user: "user:test" }, (transaction) =>
    mapProviderAccount(transaction, { merchantId: shop.id, provider: "adyen", account: shop.adyen }, "user:test"),
  );
  expect(await replay(shop.id, id)).toMatchObject({ status: "APPLIED", rows_accepted: 2, rows_quarantined: 0 });
  await shop.reconcile();
  expect(await shop.transactions()).toMatchObject([{ amount_minor: 1000, reconciliation_state: "MATCHED" }]);
  expect(await ledger.violated()).toEqual([]);
});

test("a terminal that is linked later brings its rows in, also from the platform's file", async () => {
  const shop = await ledger.openShop();
  const journal = terminalJournal("77777777", [
    { amount: 100, circuit: "ELAVON", stan: "1" },
    { amount: 100, circuit: "ELAVON", stan: "2" },
  ]);
  const file = await ledger.feed(PLATFORM, journal);
  expect(file.record).toMatchObject({ rows_quarantined: 2 });
  await ledger.rows("insert into accounts.terminal values ($1, 'late', '77777777', $2, null, '2020-01-01', null)", [
    shop.id,
    `loc_${shop.id.slice(4)}`,
  ]);
  expect(await replay(PLATFORM, file.id)).toMatchObject({ status: "APPLIED", rows_accepted: 2, rows_quarantined: 0 });
  expect(await shop.transactions()).toHaveLength(2);
  expect(await ledger.violated()).toEqual([]);
});

test("a file that was rejected comes in once its adapter is mended", async () => {
  const { shop, file } = await openTillShop();
  adapter = { ...till(["sale"]), read: () => failing() };
  const { id, record } = await shop.feed(file("sale,S1,500"));
  expect(record).toMatchObject({
    status: "REJECTED",
    problem: expect.stringContaining("the adapter failed"),
    attention: ["REJECTED"],
  });
  adapter = till(["sale"]);
  expect(await replay(shop.id, id)).toMatchObject({
    status: "APPLIED",
    rows_accepted: 1,
    problem: null,
    attention: [],
  });
});

// biome-ignore lint/correctness/useYield: what a broken adapter does
async function* failing(): AsyncGenerator<never> {
  throw new TypeError("cannot read properties of undefined");
}

test("a replay that is refused leaves the file and its rows as they were, and says so", async () => {
  adapter = till(["sale"]);
  const { shop, file } = await openTillShop();
  const { id, record } = await shop.feed(file("sale,S1,500", "refund,R1,200"));
  const facts = await shop.factCounts();
  adapter = { ...till(["sale"]), read: () => failing() };
  const after = await replay(shop.id, id);
  expect(after).toMatchObject({
    status: "PARTIALLY_APPLIED",
    rows_read: record.rows_read,
    rows_accepted: 1,
    rows_quarantined: 1,
    problem: expect.stringMatching(/stands as before: the adapter failed/),
    attention: ["QUARANTINE", "DRIFT", "REPLAY_REFUSED"],
  });
  expect(await shop.factCounts()).toEqual(facts);
  expect(await ledger.violated()).toEqual([]);
});

test("the same request with the same key reads once, and each reading is in the audit", async () => {
  adapter = till(["sale"]);
  const { shop, file } = await openTillShop();
  const { id } = await shop.feed(file("sale,S1,500"));
  const first = await replay(shop.id, id, "one");
  const second = await replay(shop.id, id, "one");
  expect(second).toEqual(first);
  const entries = (await shop.rows("delivery.audit_entry")).filter(({ action }) => action === "settlement-file.replay");
  expect(entries).toMatchObject([{ object_id: id, actor_id: "user:test", detail: { status: "APPLIED" } }]);
});
