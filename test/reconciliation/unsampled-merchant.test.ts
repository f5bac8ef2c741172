import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runReconciliation } from "../../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

/**
 * Tables that were sampled before a merchant came tell the planner that it has a single row in each, and any index is as
 * good as another for a single row. The work must grow with the merchant's rows all the same, and not with their square.
 */
let ledger: Ledger;
const owner = () => new pg.Client({ connectionString: ledger.url });
const holder = { client: undefined as pg.Client | undefined };

beforeAll(async () => {
  ledger = await openLedger("unsampled");
  const known = await ledger.openShop();
  await known.feed(adyenReport(known.adyen, linesOf(200)));
  await known.reconcile();
  await addAliases(known, 200);
  await ledger.rows("analyze");
  // As an import of another merchant does, which samples what it fills and holds that until it commits: nobody else can.
  const client = owner();
  await client.connect();
  await client.query(`begin; lock table transactions.alias, reconciliation.claim, reconciliation.settlement_line,
    transactions.transaction, transactions.transaction_event in share update exclusive mode`);
  holder.client = client;
});

afterAll(async () => {
  await holder.client?.end();
  await ledger.close();
});

const linesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ psp: `PSP${index}`, gross: 1_000 + index }));

/** As many references as that lead to one transaction of the shop. */
async function addAliases(shop: Shop, count: number): Promise<void> {
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 5, stan: "1", account: shop.adyen }]));
  await ledger.rows(
    `insert into transactions.alias (merchant_id, id, transaction_id)
     select t.merchant_id, 'acq_alias' || n, t.id from transactions.transaction t, generate_series(1, $2::int) n
     where t.merchant_id = $1 and not t.provisional`,
    [shop.id, count],
  );
}

const ALIASES = 1_200;

/** Rows of aliases that were read so far, by whatever way. */
async function aliasesRead(): Promise<number> {
  const [row] = await ledger.rows<{ read: number }>(`
    select (t.seq_tup_read + sum(i.idx_tup_read))::int8 as read from pg_stat_user_tables t
    join pg_stat_user_indexes i using (relid) where relid = 'transactions.alias'::regclass group by t.seq_tup_read`);
  return row?.read ?? 0;
}

test.each([300, 1_200])(
  "a run over %i lines of a merchant that no sample tells of reads a row few times",
  async (count) => {
    const shop = await ledger.openShop();
    await addAliases(shop, ALIASES);
    await shop.feed(adyenReport(shop.adyen, linesOf(count)));
    const before = await aliasesRead();
    // A connection tells what it has read when it is closed.
    const database = await openDatabase(
      { url: ledger.url },
      { role: "worker", maxConnections: 4, onError: () => undefined },
    );
    const asked = await ledger.rows<{ id: string }>("select id from reconciliation.run where merchant_id = $1", [
      shop.id,
    ]);
    for (const { id } of asked)
      await runReconciliation({ ...ledger.services, database, asOf: "2026-11-02" }, shop.id, id);
    await database.destroy();
    const runs = await shop.rows("reconciliation.run");
    expect(runs.reduce((sum, run) => sum + Number(run.lines_promoted), 0)).toBe(count);
    await expect.poll(aliasesRead, { timeout: 20_000 }).toBeGreaterThan(before);
    expect((await aliasesRead()) - before).toBeLessThan(20 * (count + ALIASES));
  },
);
