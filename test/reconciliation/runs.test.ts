import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("runs");
});
afterAll(() => ledger.close());

/** Two transactions, of which one is settled, one line nobody reported and one of another amount. */
async function fedShop() {
  const shop = await ledger.openShop();
  const sale = (amount: number, pspReference: string) => ({ amount, account: shop.adyen, pspReference });
  await shop.feed(terminalJournal(shop.terminal, [sale(1000, "PSP1"), sale(2000, "PSP2"), sale(3000, "PSP3")]));
  await shop.feed(
    adyenReport(shop.adyen, [
      { psp: "PSP1", gross: 1000 },
      { psp: "PSP2", gross: 1999 },
      { psp: "PSP9", gross: 500 },
    ]),
  );
  await ledger.rows("delete from reconciliation.run where merchant_id = $1", [shop.id]);
  return shop;
}

async function request(shop: Shop, id: string, mode: "DRY_RUN" | "COMMIT") {
  await ledger.rows(
    `insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
     values ($1, $2, $2, $3, 'USER', 'user:test')`,
    [shop.id, id, mode],
  );
  await ledger.rows(
    "insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RECONCILE', $2)",
    [shop.id, id],
  );
}

async function carryOut(shop: Shop, id: string, mode: "DRY_RUN" | "COMMIT") {
  await request(shop, id, mode);
  await runReconciliation(ledger.services, shop.id, id);
  return runOf(shop, id);
}

const runOf = async (shop: Shop, id: string) => (await shop.rows("reconciliation.run")).find((run) => run.id === id);

const COUNTS = [
  "lines_seen",
  "lines_matched",
  "lines_ambiguous",
  "lines_mismatched",
  "lines_promoted",
  "matched_by_stage",
];

test("a dry run changes nothing and counts what the real run then does", async () => {
  const shop = await fedShop();
  const before = await Promise.all([shop.factCounts(), shop.transactions()]);
  const dry = await carryOut(shop, "run_dry", "DRY_RUN");
  expect(await Promise.all([shop.factCounts(), shop.transactions()])).toEqual(before);
  const real = await carryOut(shop, "run_real", "COMMIT");
  const counts = (run: typeof dry) => COUNTS.map((column) => [column, run?.[column]]);
  expect(counts(dry)).toEqual(counts(real));
  expect(real).toMatchObject({
    status: "SUCCEEDED",
    lines_seen: 3,
    lines_matched: 1,
    lines_promoted: 1,
    lines_mismatched: 1,
    matched_by_stage: { REFERENCE: 1, SETTLEMENT_ONLY: 1 },
  });
});

test("a finished run is left alone, and another run finds nothing more to do", async () => {
  const shop = await fedShop();
  const first = await carryOut(shop, "run_1", "COMMIT");
  const after = await Promise.all([shop.factCounts(), shop.transactions()]);
  await runReconciliation(ledger.services, shop.id, "run_1");
  expect(await runOf(shop, "run_1")).toEqual(first);
  expect(await carryOut(shop, "run_2", "COMMIT")).toMatchObject({ lines_matched: 0, lines_promoted: 0 });
  expect(await Promise.all([shop.factCounts(), shop.transactions()])).toEqual(after);
});

test("a run that lost its lease to another worker writes nothing", async () => {
  const shop = await fedShop();
  await request(shop, "run_1", "COMMIT");
  const before = await Promise.all([shop.factCounts(), shop.transactions()]);
  const gate = new pg.Client({ connectionString: ledger.url });
  await gate.connect();
  await gate.query("begin");
  // The worker reads this table after it has taken its lease and before it matches.
  await gate.query("lock table reconciliation.run_partition in access exclusive mode");
  const refused = expect(runReconciliation(ledger.services, shop.id, "run_1")).rejects.toMatchObject({
    code: "LEASE_LOST",
  });
  await until(async () => (await runOf(shop, "run_1"))?.lease_epoch === 1);
  await ledger.rows("update reconciliation.run set lease_epoch = 2 where merchant_id = $1 and id = 'run_1'", [shop.id]);
  await gate.query("commit");
  await refused;
  await gate.end();
  expect(await Promise.all([shop.factCounts(), shop.transactions()])).toEqual(before);
  expect(await runOf(shop, "run_1")).toMatchObject({ status: "RUNNING", lease_epoch: 2, partitions_done: 0 });
});

test("two workers on one run do its work once", async () => {
  const shop = await fedShop();
  await request(shop, "run_1", "COMMIT");
  await Promise.all([1, 2, 3].map(() => runReconciliation(ledger.services, shop.id, "run_1")));
  expect(await runOf(shop, "run_1")).toMatchObject({ status: "SUCCEEDED", lease_epoch: 1, lines_matched: 1 });
});

test("files that come before a run has begun are matched by one run, and a file that comes after it by another", async () => {
  const shop = await ledger.openShop();
  const runs = async () => (await shop.rows("reconciliation.run")).map(({ trigger, status }) => `${trigger} ${status}`);
  const sale = (pspReference: string) => ({ amount: 1000, account: shop.adyen, pspReference });
  await shop.feed(terminalJournal(shop.terminal, [sale("PSP1"), sale("PSP2")]), "journal");
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]), "first");
  expect(await runs()).toEqual(["FILE QUEUED"]);
  await shop.reconcile();
  const claimed = "select from reconciliation.claim where merchant_id = $1 and released_at is null";
  expect(await ledger.rows(claimed, [shop.id])).toHaveLength(1);
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP2", gross: 1000 }]), "second");
  expect((await runs()).sort()).toEqual(["FILE QUEUED", "FILE SUCCEEDED"]);
  await shop.reconcile();
  expect(await ledger.rows(claimed, [shop.id])).toHaveLength(2);
});

test("a run that was called off while it waited, or that a person asked for, does not stand for a file's", async () => {
  const shop = await ledger.openShop();
  await request(shop, "run_dry", "DRY_RUN");
  await request(shop, "run_user", "COMMIT");
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]), "first");
  await ledger.rows("update reconciliation.run set status = 'CANCELLED' where merchant_id = $1 and trigger = 'FILE'", [
    shop.id,
  ]);
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP2", gross: 1000 }]), "second");
  const ofFiles = (await shop.rows("reconciliation.run")).filter(({ trigger }) => trigger === "FILE");
  expect(ofFiles.map(({ status }) => status).sort()).toEqual(["CANCELLED", "QUEUED"]);
});

test("a run that a worker is beginning is not waited for: the worker waits for what the import holds", async () => {
  const shop = await ledger.openShop();
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]), "first");
  const beginning = new pg.Client({ connectionString: ledger.url });
  await beginning.connect();
  await beginning.query("begin");
  await beginning.query("select from reconciliation.run where merchant_id = $1 for update", [shop.id]);
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP2", gross: 1000 }]), "second");
  await beginning.query("rollback");
  await beginning.end();
  expect((await shop.rows("reconciliation.run")).map(({ status }) => status)).toEqual(["QUEUED", "QUEUED"]);
});

test("an import that lost its lease to another worker writes nothing", async () => {
  const shop = await ledger.openShop();
  const content = Buffer.from(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000 }]));
  const bytes = (async function* () {
    yield content;
  })();
  const { services } = ledger;
  const file = await receiveFile(services, {
    bytes,
    name: "a",
    merchantId: shop.id,
    origin: "CLI",
    userId: "user:test",
  });
  const taken = { ...services, adapterFor: stealing(services.adapterFor, () => takeOver(shop, file.id)) };
  await expect(importFile(taken, shop.id, file.id)).rejects.toMatchObject({ code: "LEASE_LOST" });
  expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
  await ledger.rows("update reconciliation.source_file set leased_until = null where merchant_id = $1", [shop.id]);
  await importFile(services, shop.id, file.id);
  expect(await shop.rows("reconciliation.source_file")).toMatchObject([{ status: "APPLIED", lease_epoch: 3 }]);
});

type AdapterFor = Ledger["services"]["adapterFor"];

/** The real adapter, whose first chunk is held up until another worker has taken the file over. */
function stealing(adapterFor: AdapterFor, takeOver: () => Promise<unknown>): AdapterFor {
  return (head) => {
    const adapter = adapterFor(head);
    return {
      ...adapter,
      read: async function* (file) {
        await takeOver();
        yield* adapter.read(file);
      },
    };
  };
}

function takeOver(shop: Shop, fileId: string) {
  const statement =
    "update reconciliation.source_file set lease_epoch = lease_epoch + 1 where merchant_id = $1 and id = $2";
  return ledger.rows(statement, [shop.id, fileId]);
}
