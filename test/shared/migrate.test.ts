import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MIGRATIONS, migrate, revertLast } from "../../subgraphs/shared/database/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase("migrate");
});

afterAll(() => database.drop());

test("every migration can be undone, leaves no table, and can be applied again", async () => {
  const names = MIGRATIONS.map(({ name }) => name);
  expect((await migrate(database)).applied).toEqual(names);
  const first = await tables();
  for (const _ of MIGRATIONS) await revertLast(database);
  expect(await tables()).toEqual(["concord.migration"]);
  expect((await migrate(database)).applied).toEqual(names);
  expect(await tables()).toEqual(first);
});

test("a database that is up to date is left alone", async () => {
  expect((await migrate(database)).applied).toEqual([]);
});

test("two processes that start at once apply each migration once", async () => {
  for (const _ of MIGRATIONS) await revertLast(database);
  const [one, other] = await Promise.all([migrate(database), migrate(database)]);
  expect([...one.applied, ...other.applied]).toEqual(MIGRATIONS.map(({ name }) => name));
});

async function tables(): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by name`,
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
