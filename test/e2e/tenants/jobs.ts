import { describe, expect, test } from "vitest";
import { importFile } from "../../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../../subgraphs/reconciliation/import/receive-file.ts";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { terminalJournal } from "../../support/settlement-files.ts";
import { until } from "../../support/until.ts";
import { namesOf } from "./marked-files.ts";
import { type MerchantNumber, markOf, merchantIdOf, NUMBERS } from "./marks.ts";
import type { Tenants } from "./tenants.ts";

const TURNS = 6;
const ROWS = 200;

/** Work of several merchants that one worker does over one connection. */
export function jobs(tenants: () => Tenants): void {
  describe("jobs", () => {
    test("one that is cut off in the middle leaves nothing of its merchant to the next one's", async () => {
      const { ledger } = tenants();
      const connected = { role: "worker", maxConnections: 1, onError: () => undefined } as const;
      const database = await openDatabase({ url: ledger.url }, connected);
      const services = { ...ledger.services, database, leaseSeconds: 1 };
      let cuts = 0;
      // As the queue does, which tries again what met the connection that is gone, or a lease that is still held.
      const untilTaken = (number: MerchantNumber, id: string) =>
        until(async () => {
          await importFile(services, merchantIdOf(number), id).catch(() => undefined);
          return (await acceptedOf(tenants(), number, id)).length > 0;
        });
      try {
        for (let turn = 0; turn < TURNS; turn += 1) {
          const [cut, next] = turn % 2 === 0 ? ([1, 2] as const) : ([2, 3] as const);
          const [first, second] = [await receive(tenants(), cut, turn), await receive(tenants(), next, turn)];
          let isOver = false;
          const cutting = importFile(services, merchantIdOf(cut), first).catch(() => undefined);
          cutting.finally(() => {
            isOver = true;
          });
          await until(async () => {
            const killed = isOver ? 0 : (await ledger.rows(KILL)).length;
            cuts += killed;
            return isOver || killed > 0;
          });
          await cutting;
          await untilTaken(next, second);
          expect(await acceptedOf(tenants(), next, second)).toEqual([{ rows: ROWS }]);
          await untilTaken(cut, first);
        }
      } finally {
        await database.destroy();
      }
      expect(cuts).toBeGreaterThan(0);
      expect(await strayMarks(tenants())).toEqual([]);
    });
  });
}

async function receive({ ledger }: Tenants, number: MerchantNumber, turn: number): Promise<string> {
  const { tid, adyen } = namesOf(number);
  const mark = markOf(number);
  const entries = Array.from({ length: ROWS }, (_, index) => ({
    amount: 30_000 + 3 * index + (number % 3),
    account: adyen,
    pspReference: `${mark}JOB${turn}N${index}`,
    merchantReference: `job ${mark}`,
  }));
  const bytes = (async function* () {
    yield Buffer.from(terminalJournal(tid, entries));
  })();
  const file = { bytes, name: `job-${mark}-${turn}.ndjson`, merchantId: merchantIdOf(number) };
  return (await receiveFile(ledger.services, { ...file, origin: "CLI", userId: "user:test" })).id;
}

const acceptedOf = ({ ledger }: Tenants, number: MerchantNumber, id: string) =>
  ledger.rows(
    "select rows_accepted::int as rows from reconciliation.source_file where merchant_id = $1 and id = $2 and status = 'APPLIED'",
    [merchantIdOf(number), id],
  );

/** Rows of one merchant with the mark of another in them, in whatever table. */
async function strayMarks({ ledger }: Tenants): Promise<readonly string[]> {
  const stray: string[] = [];
  for (const { name } of await ledger.rows<{ name: string }>(TABLES)) {
    for (const number of NUMBERS) {
      const others = NUMBERS.filter((other) => other !== number).map((other) => `%${markOf(other)}%`);
      const query = `select count(*)::int as found from ${name} t where merchant_id = $1 and to_jsonb(t)::text like any ($2)`;
      const [row] = await ledger.rows<{ found: number }>(query, [merchantIdOf(number), others]);
      if (row?.found) stray.push(`${row.found} rows of ${name} at ${merchantIdOf(number)}`);
    }
  }
  return stray;
}

/** In the middle: a transaction of the worker's that has begun to write. */
const KILL = `
  select pg_terminate_backend(a.pid) from pg_stat_activity a
  where a.datname = current_database() and a.application_name = 'concord-worker' and a.backend_xid is not null`;

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where a.attname = 'merchant_id' and c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema', 'bullmq') and n.nspname !~ '^pg_temp'
  order by 1`;
