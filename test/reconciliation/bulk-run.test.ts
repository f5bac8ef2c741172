import pg from "pg";
import { pino } from "pino";
import type { DataSource } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fill, orderRun } from "../../bench/reconcile/fill.ts";
import { acquirers } from "../../subgraphs/acquirers/normalise.ts";
import { ccvPay } from "../../subgraphs/ccv-pay/normalise.ts";
import { eVouchers } from "../../subgraphs/e-vouchers/normalise.ts";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { begin, inScope, JOB_LIMITS, type Transaction } from "../../subgraphs/shared/database/scope.ts";
import { deriveStatuses } from "../../subgraphs/shared/store/derive-statuses.ts";
import { createMigratedDatabase, type TestDatabase } from "../support/postgres.ts";

const MERCHANT = "bulk";
const RUN = "run_bulk";
const SCOPE = { merchants: [MERCHANT], user: "user:test" };

let scratch: TestDatabase;
let client: pg.Client;
let database: DataSource;
beforeAll(async () => {
  scratch = await createMigratedDatabase("bulk_run");
  client = new pg.Client({ connectionString: scratch.url });
  await client.connect();
  database = await openDatabase({ url: scratch.url }, { role: "worker", maxConnections: 2, onError: () => undefined });
  await fill(client, { merchantId: MERCHANT, count: 4_000 });
  await tellOfRefunds();
  await orderRun(client, { merchantId: MERCHANT, runId: RUN });
  const families = { CCV_PAY: ccvPay, E_VOUCHER: eVouchers, ACQUIRER: acquirers };
  await runReconciliation({ database, families, log: pino({ level: "silent" }) }, MERCHANT, RUN);
});

afterAll(async () => {
  await client.end();
  await database.destroy();
  await scratch.drop();
});

/** Every fifth refund is known to have succeeded before the run, and no line of it comes. */
async function tellOfRefunds(): Promise<void> {
  await client.query("delete from reconciliation.settlement_line where kind = 'REFUND' and line_number % 5 = 0");
  await client.query(`
    update transactions.transaction_event set outcome = 'SUCCESS', certainty = 'DEFINITIVE', precedence = 4, outcome_rank = 3
    where kind = 'REFUND' and line_number % 5 = 0`);
  await inScope(database, SCOPE, deriveAll);
}

async function deriveAll(transaction: Transaction): Promise<number> {
  await transaction.query(
    "create temporary table touched on commit drop as select merchant_id, family, id from transactions.transaction",
  );
  return deriveStatuses(transaction);
}

test("a run over thousands of lines decides each kind of case as the benchmark says", async () => {
  const { rows } = await client.query(
    `select status, lines_seen::int as seen, lines_matched::int as matched, lines_promoted::int as inferred,
       lines_ambiguous::int as ambiguous, lines_mismatched::int as mismatched
     from reconciliation.run where id = $1`,
    [RUN],
  );
  expect(rows).toEqual([
    { status: "SUCCEEDED", seen: 3_920, matched: 3_844, inferred: 40, ambiguous: 12, mismatched: 24 },
  ]);
});

test("the statuses it writes without a look at the events are those that the events give", async () => {
  const { rows } = await client.query(
    `select status, refund_state, count(*)::int as transactions from transactions.transaction
     where settlement_state = 'PAID_OUT' group by status, refund_state order by status, refund_state`,
  );
  // Refunds of less, of all and of more, a refusal that was paid: more than one way to be wrong.
  expect(rows.map(({ status, refund_state }) => `${status} ${refund_state}`)).toEqual(
    expect.arrayContaining(["REFUNDED OVER", "REFUSED NONE", "SUCCESS NONE", "SUCCESS PARTIAL"]),
  );
  // Rolled back: what is put right must be wrong again for whoever asks a second time.
  const transaction = await begin(database, SCOPE, JOB_LIMITS);
  const changed = await deriveAll(transaction).finally(() => transaction.rollback());
  expect(changed).toBe(0);
});
