import type { DataSource } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { createGrantsReader, type Grants, grantsIn } from "../../subgraphs/shared/identity/grants.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";

let ledger: Ledger;
let database: DataSource;
let shops: readonly [Shop, Shop];

beforeAll(async () => {
  ledger = await openLedger("grants");
  shops = [await ledger.openShop(), await ledger.openShop()];
  await ledger.rows(
    `insert into accounts.membership (merchant_id, user_id, role)
     values ($1, 'ann', 'viewer'), ($2, 'bob', 'finance'), ($1, 'eve', 'viewer'), ($2, 'eve', 'administrator')`,
    shops.map(({ id }) => id),
  );
  database = await openDatabase({ url: ledger.url }, { role: "app", maxConnections: 2, onError: () => undefined });
});

afterAll(async () => {
  await database.destroy();
  await ledger.close();
});

const rolesOf = (grants: Grants) => [...grants].map(([merchant, { role }]) => `${merchant} ${role}`).sort();

test("users who are asked for in one moment are told what each has, in one transaction", async () => {
  const [first, second] = shops.map(({ id }) => id);
  let opened = 0;
  const createRunner = database.createQueryRunner.bind(database);
  database.createQueryRunner = (...given) => {
    opened += 1;
    return createRunner(...given);
  };
  const grantsOf = createGrantsReader(database);
  const asked = ["ann", "bob", "mallory", "eve", "ann"];
  const roles = (await Promise.all(asked.map((user) => grantsOf(user, { fresh: true })))).map(rolesOf);
  database.createQueryRunner = createRunner;
  expect(roles).toEqual([
    [`${first} viewer`],
    [`${second} finance`],
    [],
    [`${first} viewer`, `${second} administrator`],
    [`${first} viewer`],
  ]);
  expect(opened).toBe(1);
});

test("a transaction that acts for one user sees nobody else's memberships, whoever it asks for", async () => {
  await inScope(database, { merchants: [], user: "ann" }, async (transaction) => {
    expect(rolesOf(await grantsIn(transaction, "bob"))).toEqual([]);
    expect(rolesOf(await grantsIn(transaction, "ann"))).toHaveLength(1);
  });
});
