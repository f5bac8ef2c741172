import type pg from "pg";
import { cpuMsOf } from "./backend-cpu.ts";

export type Floor = { readonly ms: number; readonly cpuMs: number | undefined; readonly updated: number };

/**
 * Keeps the transactions as they are before the run, once for each time that the floor is measured: as wide as ours, in the
 * usual layout with an index on their status.
 */
export async function prepareFloors(client: pg.Client): Promise<void> {
  await client.query("create schema floor");
  for (const table of FLOORS)
    await client.query(`create table floor.${table} as select * from transactions.transaction`);
}

/**
 * What any reconciliation must do at least: transactions joined to lines by the key and updated in one statement.
 * Nothing is judged and nothing else is written. Each table can be measured once.
 */
export async function measureFloor(
  client: pg.Client,
  table: (typeof FLOORS)[number],
  merchantId: string,
): Promise<Floor> {
  await client.query(indexes(table));
  await client.query(`vacuum analyze floor.${table}`);
  await client.query("checkpoint");
  const backend = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const pids = backend.rows.map(({ pid }) => pid);
  const before = cpuMsOf(pids);
  const start = performance.now();
  const { rowCount } = await client.query(update(table), [merchantId]);
  const ms = performance.now() - start;
  const after = cpuMsOf(pids);
  await client.query(`drop table floor.${table}`);
  const cpuMs = before === undefined || after === undefined ? undefined : after - before;
  return { ms, cpuMs, updated: rowCount ?? 0 };
}

const FLOORS = ["before", "after"] as const;

const indexes = (table: string) => `
  alter table floor.${table} add primary key (merchant_id, family, id);
  create unique index on floor.${table} (merchant_id, provider, provider_reference);
  create index on floor.${table} (merchant_id, occurred_at desc, id desc);
  create index on floor.${table} (merchant_id, occurred_at) where status = 'PROCESSING'`;

const update = (table: string) => `
  update floor.${table} t
  set status = 'SUCCESS', settlement_state = 'SETTLED', settled_fee_minor = l.fee_minor, settled_net_minor = l.net_minor
  from reconciliation.settlement_line l
  where l.merchant_id = $1 and t.merchant_id = l.merchant_id and t.family = l.family and t.id = l.expected_id
    and t.status = 'PROCESSING'`;
