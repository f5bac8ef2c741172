import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CURRENCY_EXPONENTS } from "../../subgraphs/shared/currencies.ts";
import { formatDecimal } from "../../subgraphs/shared/money.ts";
import { createMigratedDatabase, type TestDatabase } from "../support/postgres.ts";

let scratch: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  scratch = await createMigratedDatabase("decimal_text");
  client = new pg.Client({ connectionString: scratch.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await scratch.drop();
});

const AMOUNTS = [0n, 1n, -5n, 100n, 6280n, -123456n, 9007199254740993n, 2n ** 63n - 1n, -(2n ** 63n)];

test("the database writes an amount of each currency as the programs do", async () => {
  const currencies = [...CURRENCY_EXPONENTS.keys()];
  const written = await client.query(
    `select currency, minor::text, concord.decimal_text(minor, currency) as text
     from unnest($1::text[]) currency cross join unnest($2::bigint[]) minor`,
    [currencies, AMOUNTS.map(String)],
  );
  expect(written.rowCount).toBe(currencies.length * AMOUNTS.length);
  for (const { currency, minor, text } of written.rows) {
    expect([currency, text]).toEqual([currency, formatDecimal({ amountMinor: BigInt(minor), currency })]);
  }
});

test("an exact amount has as many decimals as it takes, and no fewer than its currency", async () => {
  const { rows } = await client.query(
    `select concord.exact_decimal_text(minor, currency) as text
     from (values (25.5, 'EUR'), (10, 'EUR'), (-0.125, 'EUR'), (1.5, 'JPY'), (1, 'KWD')) v (minor, currency)`,
  );
  expect(rows.map(({ text }) => text)).toEqual(["0.255", "0.10", "-0.00125", "1.5", "0.001"]);
});
