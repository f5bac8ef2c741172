import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mapProviderAccount } from "../../subgraphs/accounts/register.ts";
import { clientOptions, openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { inScope, PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { checkInvariants, INVARIANTS, runInvariants } from "../../subgraphs/shared/invariants/run-invariants.ts";
import { foldAllHours } from "../../subgraphs/shared/rollups/fold-hours.ts";
import { CORRUPTIONS } from "../support/corruptions.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
let superuser: pg.Client;
beforeAll(async () => {
  ledger = await openLedger("invariants");
  superuser = new pg.Client(clientOptions({ url: ledger.url }, "owner"));
  await superuser.connect();
  await trade();
});
afterAll(async () => {
  await superuser.end();
  await ledger.close();
});

const ARN = "74500006306000000000017";

/** Two merchants with something of everything: claims of each stage, returns, ambiguity, quarantine, a refused file. */
async function trade(): Promise<void> {
  const [one, two] = [await ledger.openShop(), await ledger.openShop()];
  await one.feed(
    adyenReport(one.adyen, [
      { psp: "PSP1", gross: 1000, fee: 10, arn: ARN },
      { psp: "PSP2", gross: 2000, fee: 20 },
      { psp: "PSP3", gross: 3000 },
      { psp: "PSP4", gross: 4000 },
      { psp: "PSP5", gross: 50_00, arn: ARN.replace(/7$/, "8") },
      { type: "Fee", modification: "Transaction Fees", gross: -15 },
    ]),
  );
  await one.reconcile();
  const sale = { account: one.adyen };
  await one.feed(
    terminalJournal(one.terminal, [
      { ...sale, amount: 1000, stan: "1", arn: ARN },
      { ...sale, amount: 2000, pspReference: "PSP2", status: "refused" },
      { ...sale, amount: 3001, pspReference: "PSP3" },
      { ...sale, amount: 5000, stan: "2", arn: ARN.replace(/7$/, "8") },
      { ...sale, amount: 5000, stan: "3", arn: ARN.replace(/7$/, "8") },
      { ...sale, amount: 700, stan: "4", status: "manual_intervention" },
    ]),
  );
  await one.reconcile();
  await one.feed(
    adyenReport(
      one.adyen,
      [
        { type: "Refunded", psp: "PSP1", modification: "REF1", gross: -400 },
        { type: "Refunded", psp: "PSP4", modification: "REF4", gross: -4000 },
        { type: "RefundedReversed", psp: "PSP4", modification: "REF4", gross: 4000 },
        { type: "Chargeback", psp: "PSP1", modification: "DIS1", gross: -1000 },
        { psp: "PSP2", modification: "again", gross: 2000 },
      ],
      { batch: "8" },
    ),
  );
  await one.reconcile();
  await one.feed("not,a,settlement\n1,2,3\n");
  const voucher = { amount: 825, circuit: "EDRD", product: "01", pspReference: "100", account: two.edenred };
  await two.feed(terminalJournal(two.terminal, [voucher, { ...voucher, amount: 1, pspReference: "101" }]));
  await two.feed(edenredFile(two.edenred, [{ transaction: "100", amount: 825, commission: 8 }]));
  await inScope(ledger.services.database, { merchants: [two.id], user: "user:test" }, (transaction) =>
    mapProviderAccount(transaction, { merchantId: two.id, provider: "adyen", account: "KorenaarPOS" }, "user:test"),
  );
  const samples = new URL("../fixtures/adyen-settlement-detail/", import.meta.url);
  for (const name of ["settlement_detail_report_batch_41.csv", "two-accounts.csv"]) {
    await ledger.feed(PLATFORM, readFileSync(new URL(name, samples)), name);
  }
  await two.reconcile();
  await foldAllHours(ledger.services.database);
  await ledger.rows("update delivery.outbox set sent_at = now()");
}

test("nothing is violated by what the real import and matching wrote", async () => {
  const database = await openDatabase(
    { url: ledger.url },
    { role: "check", maxConnections: 2, onError: () => undefined },
  );
  try {
    for (const atOnce of [1, 2]) {
      const results = await runInvariants(database, atOnce);
      expect(results.map(({ name }) => name)).toEqual(INVARIANTS.map(({ name }) => name));
      expect(results.filter(({ count }) => count > 0)).toEqual([]);
    }
  } finally {
    await database.destroy();
  }
});

test("every invariant has a name and a sentence of its own", () => {
  const names = INVARIANTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { sentence } of INVARIANTS) expect(sentence).toMatch(/^[A-Z].+\.$/);
});

test("all forty-three are asked, and the first of every table that has a merchant", async () => {
  const numbered = INVARIANTS.map(({ name }) => name).filter((name) => /^I\d\d$/.test(name));
  expect(numbered.sort()).toEqual(Array.from({ length: 43 }, (_, index) => `I${String(index + 1).padStart(2, "0")}`));
  const first = INVARIANTS.find(({ name }) => name === "I01");
  const asked = first && "sql" in first ? first.sql : "";
  const tables = await ledger.rows<{ name: string }>(`select n.nspname || '.' || c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'merchant_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and c.relname not in ('merchant', 'transaction_change')
      and n.nspname in ('accounts', 'transactions', 'ccv_pay', 'e_vouchers', 'acquirers', 'reconciliation', 'delivery')`);
  expect(tables.map(({ name }) => name).filter((name) => !asked.includes(`from ${name} `))).toEqual([]);
});

describe("each invariant catches the corruption made for it", () => {
  test.each(INVARIANTS.map(({ name }) => name))("%s", async (name) => {
    const corruption = CORRUPTIONS[name];
    expect(corruption, `write a corruption for ${name}`).toBeDefined();
    const results = await corrupted(corruption ?? "");
    const { count = 0, violations = [] } = results.find((result) => result.name === name) ?? {};
    expect(count).toBeGreaterThan(0);
    expect(violations.length).toBe(Math.min(count, 20));
    for (const { key, detail } of violations) expect([key, detail]).toEqual([expect.any(String), expect.any(String)]);
  });
});

/** What the checker finds in a transaction that is never committed, so that each corruption starts from good data. */
async function corrupted(statements: string) {
  await superuser.query("begin");
  try {
    await superuser.query(statements);
    await superuser.query("set local role concord_check");
    return await checkInvariants(superuser);
  } finally {
    await superuser.query("rollback");
  }
}

test("of many violations it shows twenty and counts all", async () => {
  const results = await corrupted(`
    insert into delivery.outbox (merchant_id, id, kind, subject_id, created_at)
    select 'mer_1', 'out_' || n, 'RECONCILE', 'run_' || n, now() - interval '1 hour' from generate_series(1, 50) n`);
  const stuck = results.find(({ name }) => name === "I28");
  expect(stuck).toMatchObject({ count: 50, violations: { length: 20 } });
});
