import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { foldHours } from "../../subgraphs/shared/rollups/fold-hours.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";

/** A planner that has never heard of a merchant must not believe that it has nothing. */
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("merchant_statistics");
});
afterAll(() => ledger.close());

test("of no table does the planner know more than the ten largest merchants", async () => {
  const tables = await ledger.rows<{ target: number }>(`
    select attrelid::regclass::text as name, attstattarget::int as target
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where attname = 'merchant_id' and relkind in ('r', 'p') and not attisdropped`);
  expect(tables.length).toBeGreaterThan(50);
  expect(tables.filter(({ target }) => target !== 10)).toEqual([]);
});

test("a merchant that came since a table was sampled is taken for one of middling size", async () => {
  await ledger.rows(
    `insert into transactions.alias (merchant_id, id, transaction_id)
     select 'mer_' || merchant, 'acq_' || n, 'acq_t' from generate_series(11, 30) merchant, generate_series(1, 300) n`,
  );
  await ledger.rows("analyze transactions.alias");
  const [plan] = await ledger.rows<{ "QUERY PLAN": readonly { Plan: { "Plan Rows": number } }[] }>(
    "explain (format json) select from transactions.alias where merchant_id = 'mer_new'",
  );
  const expected = plan?.["QUERY PLAN"][0]?.Plan["Plan Rows"];
  expect(expected).toBeGreaterThan(150);
  expect(expected).toBeLessThan(600);
  await ledger.rows("delete from transactions.alias");
});

const MARKS_OF_AN_HOUR = 5;
const HOURS = 600;

test("marks of stale hours are each read a few times, though nobody expects so many", async () => {
  const [known, { id }] = [await ledger.openShop(), await ledger.openShop()];
  await mark(known.id);
  await ledger.rows("analyze transactions.stale_hour");
  await mark(id);
  const before = await marksRead();
  // A connection tells what it has read when it is closed.
  const database = await openDatabase(
    { url: ledger.url },
    { role: "worker", maxConnections: 1, onError: () => undefined },
  );
  expect(await foldHours(database, id)).toBe(HOURS);
  await database.destroy();
  await expect.poll(marksRead, { timeout: 20_000 }).toBeGreaterThan(before);
  expect((await marksRead()) - before).toBeLessThan(20 * HOURS * MARKS_OF_AN_HOUR);
});

async function mark(merchantId: string): Promise<void> {
  await ledger.rows(
    `insert into transactions.stale_hour (merchant_id, hour, mark)
     select $1, timestamptz '2026-09-01' + n * interval '1 hour', gen_random_uuid()
     from generate_series(1, $2::int) n, generate_series(1, $3::int)`,
    [merchantId, HOURS, MARKS_OF_AN_HOUR],
  );
}

async function marksRead(): Promise<number> {
  const [row] = await ledger.rows<{ read: number }>(`
    select (t.seq_tup_read + sum(i.idx_tup_read))::int8 as read from pg_stat_user_tables t
    join pg_stat_user_indexes i using (relid) where relid = 'transactions.stale_hour'::regclass group by t.seq_tup_read`);
  return row?.read ?? 0;
}
