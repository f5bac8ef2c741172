import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("watermark");
});
afterAll(() => ledger.close());

/** A shop with one line that nobody has looked at. */
async function fedShop(): Promise<Shop> {
  const shop = await ledger.openShop();
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP0", gross: 1000 }]));
  await ledger.rows("delete from reconciliation.run where merchant_id = $1", [shop.id]);
  return shop;
}

async function carryOut(shop: Shop, id: string) {
  await ledger.rows(
    `insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
     values ($1, $2, $2, 'COMMIT', 'USER', 'ann')`,
    [shop.id, id],
  );
  await ledger.rows(
    "insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RECONCILE', $2)",
    [shop.id, id],
  );
  await runReconciliation(ledger.services, shop.id, id);
  return (await shop.rows("reconciliation.run")).find((run) => run.id === id);
}

async function connection(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: ledger.url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** A line like the shop's own, as an import would add it: under the next number. */
const ADD_LINE = `
  with facts as (
    select (to_jsonb(l) - 'ingest_seq') || jsonb_build_object('id', 'lin_' || $2::text, 'reference', $2::text,
      'expected_id', 'acq_' || $2::text, 'file_id', 'fil_late', 'line_number', 1, 'batch_id', l.batch_id) as line
    from reconciliation.settlement_line l where l.merchant_id = $1 and l.reference = 'PSP0'
  )
  insert into reconciliation.settlement_line
  select (jsonb_populate_record(null::reconciliation.settlement_line,
    line || jsonb_build_object('ingest_seq', nextval('transactions.ingest_seq')))).* from facts`;

const isWaitingForMerchant = async () =>
  (await ledger.rows("select from pg_locks where locktype = 'advisory' and not granted")).length > 0;

test("an import that is under way is seen whole or not at all: the run's cut waits for its end", async () => {
  const shop = await fedShop();
  const importer = await connection();
  await importer.query("begin");
  await importer.query("select pg_advisory_xact_lock(hashtextextended($1, 4208))", [shop.id]);
  await importer.query(ADD_LINE, [shop.id, "HALF1"]);
  const run = carryOut(shop, "run_1");
  await until(isWaitingForMerchant);
  await importer.query(ADD_LINE, [shop.id, "HALF2"]);
  await importer.query("commit");
  expect(await run).toMatchObject({ status: "SUCCEEDED", lines_seen: 3 });
  await forget(shop);
});

test("what is ingested after a run's cut waits for the next run, though it came before the run had matched", async () => {
  const shop = await fedShop();
  const gate = await connection();
  await gate.query("begin");
  // The worker reads this table after its cut and before it matches.
  await gate.query("lock table reconciliation.run_partition in access exclusive mode");
  const run = carryOut(shop, "run_1");
  await until(async () =>
    (await shop.rows("reconciliation.run")).some(({ input_watermark }) => input_watermark !== null),
  );
  await shop.feed(
    adyenReport(
      shop.adyen,
      [
        { psp: "LATE1", gross: 100 },
        { psp: "LATE2", gross: 200 },
      ],
      { batch: "8" },
    ),
  );
  await gate.query("commit");
  expect(await run).toMatchObject({ lines_seen: 1, lines_total: 1 });
  expect(await carryOut(shop, "run_2")).toMatchObject({ lines_seen: 2, lines_promoted: 2 });
});

test("a row whose number is below the cut and that is committed after it is not lost: there is no lower bound", async () => {
  const shop = await fedShop();
  const slow = await connection();
  await slow.query("begin");
  // Without the merchant's lock, which imports hold and which keeps this from happening.
  await slow.query(ADD_LINE, [shop.id, "SLOW"]);
  const first = await carryOut(shop, "run_1");
  expect(first).toMatchObject({ lines_seen: 1 });
  await slow.query("commit");
  const [line] = (await shop.rows("reconciliation.settlement_line")).filter(({ reference }) => reference === "SLOW");
  expect(Number(line?.ingest_seq)).toBeLessThanOrEqual(Number(first?.input_watermark));
  expect(await carryOut(shop, "run_2")).toMatchObject({ lines_seen: 1, lines_promoted: 1 });
  await forget(shop);
});

/** Rows that no file brought break what must hold of every row, so the shop is taken out again. */
async function forget(shop: Shop): Promise<void> {
  const tables = [
    "file_account",
    "claim",
    "discrepancy",
    "settlement_line",
    "settlement_batch",
    "payout",
    "source_file",
    "run",
    "run_partition",
  ];
  for (const table of tables.map((name) => `reconciliation.${name}`)) {
    await ledger.rows(`delete from ${table} where merchant_id = $1`, [shop.id]);
  }
  for (const table of ["transactions.transaction", "transactions.transaction_event", "acquirers.detail"]) {
    await ledger.rows(`delete from ${table} where merchant_id = $1`, [shop.id]);
  }
}
