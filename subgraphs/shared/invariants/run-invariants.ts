import type { PoolClient } from "pg";
import type { DataSource } from "typeorm";
import { DELIVERY } from "./delivery.ts";
import { EVIDENCE } from "./evidence.ts";
import { FILES } from "./files.ts";
import { HISTORY } from "./history.ts";
import { INTEGRITY } from "./integrity.ts";
import type { Invariant, Reader, Severity, Violation } from "./invariant.ts";
import { MONEY } from "./money.ts";
import { ONCE } from "./once.ts";
import { TENANCY } from "./tenancy.ts";

export type InvariantResult = {
  readonly name: string;
  readonly severity: Severity;
  readonly sentence: string;
  /** All that were found; `violations` shows the first 20 by key. */
  readonly count: number;
  readonly violations: readonly Violation[];
};

/**
 * Asks every invariant of one picture of the database, across all merchants.
 * @param database opened with the role `check`, whose policies show it every row and let it write none
 */
export async function runInvariants(database: DataSource): Promise<readonly InvariantResult[]> {
  const runner = database.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    await client.query("begin isolation level repeatable read read only");
    try {
      await client.query("select set_config('statement_timeout', '60s', true)");
      return await checkInvariants(client);
    } finally {
      await client.query("rollback");
    }
  } finally {
    await runner.release();
  }
}

/** The same on a connection whose transaction is open, so that it sees what that transaction has changed. */
export async function checkInvariants(client: Reader): Promise<readonly InvariantResult[]> {
  const results: InvariantResult[] = [];
  for (const invariant of INVARIANTS) results.push(await check(client, invariant));
  return results;
}

/** Every invariant, in the order they are asked. */
export const INVARIANTS: readonly Invariant[] = [
  ...TENANCY,
  ...INTEGRITY,
  ...MONEY,
  ...ONCE,
  ...FILES,
  ...HISTORY,
  ...DELIVERY,
  ...EVIDENCE,
];

async function check(client: Reader, invariant: Invariant): Promise<InvariantResult> {
  const { name, severity, sentence } = invariant;
  const found = "sql" in invariant ? await query(client, invariant.sql) : await collect(invariant.find(client));
  return { name, severity, sentence, ...found };
}

type Found = Pick<InvariantResult, "count" | "violations">;

const SHOWN = 20;

async function query(client: Reader, sql: string): Promise<Found> {
  const { rows } = await client.query<Violation & { total: bigint }>(
    `select key, detail, count(*) over () as total from (${sql}) found order by key, detail limit ${SHOWN}`,
  );
  return { count: Number(rows[0]?.total ?? 0n), violations: rows.map(({ key, detail }) => ({ key, detail })) };
}

async function collect(found: AsyncIterable<Violation>): Promise<Found> {
  const violations: Violation[] = [];
  let count = 0;
  for await (const violation of found) {
    count += 1;
    if (violations.length < SHOWN) violations.push(violation);
  }
  return { count, violations };
}
