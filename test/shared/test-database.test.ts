import pg from "pg";
import { expect, test } from "vitest";
import { createTestDatabase } from "../support/postgres.ts";

test("each suite gets an empty database of its own, gone after it is dropped", async () => {
  const [one, other] = await Promise.all([createTestDatabase("one"), createTestDatabase("other")]);
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  await client.query("create table kept (id int)");
  await client.end();
  const second = new pg.Client({ connectionString: other.url });
  await second.connect();
  const { rows } = await second.query(
    "select to_regclass('kept') as found, current_setting('is_superuser') as superuser",
  );
  expect(rows).toEqual([{ found: null, superuser: "on" }]);
  await second.end();
  await Promise.all([one.drop(), other.drop()]);
  await expect(new pg.Client({ connectionString: one.url }).connect()).rejects.toThrow("does not exist");
});
