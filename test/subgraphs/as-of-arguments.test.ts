import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KEPT_COLUMNS } from "../../subgraphs/shared/subgraph/transactions-as-of.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "./support/graph.ts";

let graph: Graph;
const sales = Array.from({ length: 12 }, (_, index) =>
  transactionRow("CCV_PAY", `sale ${index}`, {
    occurred_at: `2026-01-05T08:00:${String(index).padStart(2, "0")}.000Z`,
  }),
);
const LONG_AGO = "2026-01-01T00:00:00.000Z";
beforeAll(async () => {
  graph = await openGraph("as_of_arguments", [subgraph], {
    ann: { mer_a: "finance" },
    cem: { mer_c: "administrator" },
  });
  // As if changes had been kept since then, and these had come a little later.
  await graph.sql(`create or replace function transactions.kept_since() returns timestamptz language sql stable as
    $since$ select '${LONG_AGO}'::timestamptz $since$`);
  for (const row of sales)
    await graph.insert("transactions.transaction", { ...row, changed_at: "2026-01-05T09:00:00.000Z" });
});
afterAll(() => graph.close());

const LIST = `query ($filter: TransactionFilter, $asOf: DateTime, $first: Int, $after: String) {
  transactions(filter: $filter, asOf: $asOf, first: $first, after: $after) { resumeToken totalCount
    coverage { provider state reason } edges { cursor node { id status asOf } } pageInfo { hasNextPage endCursor } } }`;

async function list(variables: Row) {
  const answer = await graph.ask("ann", subgraph, LIST, variables);
  expect(answer.errors).toBeUndefined();
  const edges = at(answer, "data", "transactions", "edges") as { node: { id: string; status: string; asOf: string } }[];
  return { nodes: edges.map(({ node }) => node), answer: at(answer, "data", "transactions") };
}

const AT_TEN = "2026-01-05T10:00:00.000Z";

test("every column of a transaction is kept as it was", async () => {
  const columns = async (table: string) => {
    const text = `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped order by 1`;
    return (await graph.sql<{ name: string }>(text, [table])).map(({ name }) => name);
  };
  const kept = KEPT_COLUMNS.split(",").map((column) => column.trim());
  expect(await columns("transactions.transaction")).toEqual([...kept].sort());
  expect(await columns("transactions.former")).toEqual([...kept, "until"].sort());
});

describe("an instant", () => {
  const EACH: Readonly<Record<string, string>> = {
    list: "query ($asOf: DateTime) { transactions(asOf: $asOf) { totalCount } }",
    one: 'query ($asOf: DateTime) { transaction(id: "ccv_x", asOf: $asOf) { id } }',
    analysis: "query ($asOf: DateTime) { analysis(granularity: DAY, filter: { period: TODAY }, asOf: $asOf) { zone } }",
    export: `mutation ($asOf: DateTime) { createExport(input: { format: CSV, locale: EN, zone: "UTC", idempotencyKey: "k",
      asOf: $asOf }) { __typename } }`,
  };

  test.each(Object.keys(EACH))("to come, or before changes were kept, is refused: %s", async (name) => {
    for (const [asOf, told] of [
      [new Date(Date.now() + 3_600_000).toISOString(), "is to come"],
      ["2025-12-31T23:59:59.999Z", `kept since ${LONG_AGO}`],
    ] as const) {
      const answer = await graph.ask("ann", subgraph, EACH[name] ?? "", { asOf });
      expect(codes(answer)).toEqual(["INVALID_INPUT"]);
      expect(answer.errors?.[0]?.message).toContain(told);
    }
  });

  test("is what TODAY is told from", async () => {
    expect((await list({ filter: { period: "TODAY" }, asOf: AT_TEN })).nodes).toHaveLength(sales.length);
    expect((await list({ filter: { period: "TODAY" } })).nodes).toEqual([]);
    expect((await list({ filter: { period: "TODAY" }, asOf: "2026-01-07T10:00:00.000Z" })).nodes).toEqual([]);
    const analysis = `query ($asOf: DateTime) { analysis(granularity: DAY, filter: { period: TODAY }, asOf: $asOf) {
      period { buckets { day } totals { count } } } }`;
    const answer = await graph.ask("ann", subgraph, analysis, { asOf: AT_TEN });
    expect(at(answer, "data", "analysis", "period")).toMatchObject({
      buckets: [{ day: "2026-01-05" }],
      totals: [{ count: String(sales.length) }],
    });
  });

  test("is told with each transaction, and tells nothing to follow changes by", async () => {
    const { nodes, answer } = await list({ asOf: AT_TEN, first: 1 });
    expect(nodes).toEqual([{ id: sales.at(-1)?.id, status: "SUCCESS", asOf: AT_TEN }]);
    expect(at(answer, "resumeToken")).toBeNull();
    expect((await list({ first: 1 })).nodes[0]?.asOf).toBeNull();
  });

  test("shows nobody what is another's", async () => {
    const one = "query ($id: ID!, $asOf: DateTime) { transaction(id: $id, asOf: $asOf) { id } }";
    const id = sales[0]?.id;
    const theirs = await graph.ask("cem", subgraph, one, { id, asOf: AT_TEN });
    expect(theirs).toEqual({ data: { transaction: null } });
    expect(await graph.ask("ann", subgraph, one, { id, asOf: AT_TEN })).toEqual({ data: { transaction: { id } } });
  });

  test("is said to be without what only the latest is kept of", async () => {
    const seen = {
      merchant_id: "mer_a",
      provider: "ccv-pay",
      family: "CCV_PAY",
      location_id: "",
      noticed_at: new Date(),
    };
    await graph.insert("transactions.provider_seen", {
      ...seen,
      first_at: AT_TEN,
      last_at: "2026-01-05T08:00:11.000Z",
    });
    const { answer } = await list({ asOf: AT_TEN });
    expect(at(answer, "coverage")).toEqual([
      { provider: "ccv-pay", state: "UNKNOWN", reason: expect.stringContaining("Only the latest") },
    ]);
  });
});

test("pages as of an instant hold together while every row changes, and their cursors lead nowhere else", async () => {
  const walked: string[] = [];
  let after: unknown = null;
  for (let page = 0; page < 4; page++) {
    const { nodes, answer } = await list({ asOf: AT_TEN, first: 3, after });
    walked.push(...nodes.map(({ id, status }) => `${id} ${status}`));
    after = at(answer, "pageInfo", "endCursor");
    await graph.sql(
      "update transactions.transaction set status = 'REFUSED', occurred_at = occurred_at + interval '1 hour'",
    );
  }
  expect(walked).toEqual([...sales].reverse().map(({ id }) => `${id} SUCCESS`));
  for (const asOf of [null, "2026-01-05T10:00:00.001Z"]) {
    const answer = await graph.ask("ann", subgraph, LIST, { asOf, first: 3, after });
    expect(codes(answer)).toEqual(["INVALID_CURSOR"]);
  }
});
