import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  baseStatus,
  DECIDER_ORDER,
  outcomeRank,
  precedenceOf,
  type StatusEvent,
} from "../../subgraphs/shared/status.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { anyEvent } from "../support/status-events.ts";

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase("status_order");
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // A collation that sorts a, B, b where bytes sort B, a, b: the order must not lean on the database's.
  await client.query(
    `create temporary table event (history int, id text collate "en-x-icu", precedence smallint, sequence bigint,
       occurred_at timestamptz(3), outcome_rank smallint)`,
  );
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

function rowsOf(histories: readonly (readonly StatusEvent[])[]) {
  return histories.flatMap((events, history) =>
    events.map((event) => ({
      history,
      id: event.id,
      precedence: precedenceOf(event),
      sequence: event.sequence === null ? null : String(event.sequence),
      occurred_at: event.occurredAt.toISOString(),
      outcome_rank: outcomeRank(event.outcome),
    })),
  );
}

test("PostgreSQL puts the events of a transaction in the same order as baseStatus", async () => {
  const oneHistory = fc.uniqueArray(anyEvent, { minLength: 1, maxLength: 8, selector: ({ id }) => id });
  const histories = fc.sample(oneHistory, { numRuns: 5000, seed: 7 });
  await client.query("insert into event select * from json_populate_recordset(null::event, $1::json)", [
    JSON.stringify(rowsOf(histories)),
  ]);
  const { rows } = await client.query<{ ids: string[] }>(
    `select coalesce(array_agg(id order by ${DECIDER_ORDER}) filter (where precedence is not null), '{}') as ids
     from event group by history order by history`,
  );
  const expected = histories.map((events) => {
    const { decidedBy, losers } = baseStatus(events);
    return decidedBy === null ? [] : [decidedBy, ...losers];
  });
  expect(rows.map(({ ids }) => ids)).toEqual(expected);
});
