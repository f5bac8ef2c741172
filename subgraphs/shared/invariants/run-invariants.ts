import type { PoolClient } from "pg";
import type { DataSource } from "typeorm";
import { DELIVERY } from "./delivery.ts";
import { EVIDENCE } from "./evidence.ts";
import { FILES } from "./files.ts";
import { FORMER } from "./former.ts";
import { HISTORY } from "./history.ts";
import { INTEGRITY } from "./integrity.ts";
import type { Invariant, Reader, Severity, Violation } from "./invariant.ts";
import { MONEY } from "./money.ts";
import { ONCE } from "./once.ts";
import { RARE_STATES } from "./rare-states.ts";
import { ROLLUPS } from "./rollups.ts";
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
 * @param atOnce connections that share the work, and the picture; the database must have room for as many
 */
export async function runInvariants(database: DataSource, atOnce = 1): Promise<readonly InvariantResult[]> {
  const runners = Array.from({ length: atOnce }, () => database.createQueryRunner());
  try {
    const clients: PoolClient[] = [];
    for (const runner of runners) clients.push((await runner.connect()) as PoolClient);
    try {
      await openPicture(clients);
      const results = new Map<string, InvariantResult>();
      const waiting = INVARIANTS.filter((invariant) => amongOf(invariant) === undefined);
      await Promise.all(
        clients.map(async (client) => {
          for (let next = waiting.shift(); next; next = waiting.shift()) {
            for (const result of await checkWithin(client, next)) results.set(result.name, result);
          }
        }),
      );
      return INVARIANTS.flatMap(({ name }) => results.get(name) ?? []);
    } finally {
      for (const client of clients) await client.query("rollback");
    }
  } finally {
    for (const runner of runners) await runner.release();
  }
}

const BEGIN = "begin isolation level repeatable read read only";

/** One instant for all of them: the others look through the first's snapshot. */
async function openPicture([first, ...others]: readonly PoolClient[]): Promise<void> {
  if (!first) return;
  await first.query(BEGIN);
  if (others.length > 0) {
    const { rows } = await first.query<{ id: string }>("select pg_export_snapshot() as id");
    for (const client of others) {
      await client.query(BEGIN);
      await client.query(`set transaction snapshot '${rows[0]?.id}'`);
    }
  }
  for (const client of [first, ...others]) await client.query("set local statement_timeout = '60s'");
}

/** The same on a connection whose transaction is open, so that it sees what that transaction has changed. */
export async function checkInvariants(client: Reader): Promise<readonly InvariantResult[]> {
  const results: InvariantResult[] = [];
  for (const invariant of INVARIANTS) {
    if (amongOf(invariant) === undefined) results.push(...(await checkWithin(client, invariant)));
  }
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
  ...RARE_STATES,
  ...FORMER,
  ...ROLLUPS,
];

const amongOf = (invariant: Invariant) => ("sql" in invariant ? invariant.among : undefined);

/** An invariant, and then those that could find nothing but what it finds. */
async function checkWithin(client: Reader, invariant: Invariant): Promise<readonly InvariantResult[]> {
  const whole = await check(client, invariant);
  const results = [whole];
  for (const part of INVARIANTS.filter((each) => amongOf(each) === invariant.name)) {
    const { name, severity, sentence } = part;
    results.push(whole.count > 0 ? await check(client, part) : { name, severity, sentence, count: 0, violations: [] });
  }
  return results;
}

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
