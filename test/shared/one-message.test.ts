import { afterAll, beforeAll, expect, test } from "vitest";
import { inScope, type Scope, type Transaction } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { recordSpans } from "../support/spans.ts";

const SCOPE: Scope = { merchants: ["mer_1"], user: "user:test" };
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("one_message");
});
afterAll(() => ledger.close());

const within = <T>(work: (transaction: Transaction) => Promise<T>) =>
  inScope(ledger.services.database, SCOPE, async (transaction) => {
    await transaction.query("create temporary table noted (number int) on commit drop");
    return work(transaction);
  });
const insert = (...numbers: readonly number[]) => `insert into noted values ${numbers.map((each) => `(${each})`)}`;

test("statements in one message tell of each how many rows it changed", async () => {
  const counts = await within((transaction) =>
    transaction.changeAll([
      "delete from noted -- of none",
      insert(1, 2, 3),
      "analyze noted",
      "delete from noted where number > 1",
    ]),
  );
  expect(counts).toEqual([0, 3, 0, 2]);
  expect(await within(({ changeAll }) => changeAll([insert(7)]))).toEqual([1]);
});

test("the first that fails is told, and those after it are not begun", async () => {
  const sequence = "select nextval('transactions.ingest_seq')";
  const [before] = await ledger.rows<{ last_value: bigint }>("select last_value from transactions.ingest_seq");
  const failing = within(({ changeAll }) => changeAll([insert(1), "insert into noted values ('none')", sequence]));
  await expect(failing).rejects.toThrow(/invalid input syntax for type integer: "none"/);
  expect(await ledger.rows("select last_value from transactions.ingest_seq")).toEqual([before]);
});

test("values are written into all of the statements, whatever is in them", async () => {
  const texts = ["it's", "back\\slash", "$1", null];
  const kept = await inScope(ledger.services.database, SCOPE, async (transaction) => {
    await transaction.changeAll(
      [
        "create temporary table kept (number int, value text) on commit drop",
        "insert into kept values (2, $2), (1, $1)",
        "insert into kept select 3, $3::text union all select 4, $4::text",
      ],
      texts,
    );
    return transaction.query<{ value: string | null }>("select value from kept order by number");
  });
  expect(kept.map(({ value }) => value)).toEqual(texts);
});

test("a statement with a parameter that has no value is not sent", async () => {
  const lacking = within(({ changeAll }) => changeAll([insert(1), "insert into noted values ($2)"], ["1"]));
  await expect(lacking).rejects.toThrow("no value for $2");
});

test("its span tells the statements, and none of the values", async () => {
  const recorded = recordSpans();
  try {
    await within(({ changeAll }) => changeAll(["select $1", "select $2"], ["a name", "another"]));
    const texts = recorded.spans().map(({ attributes }) => attributes["db.query.text"]);
    expect(texts).toContain("select $1\n;\nselect $2");
    expect(texts.join()).not.toMatch(/a name|another/);
  } finally {
    recorded.stop();
  }
});
