import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, type Row, transactionRow } from "./support/graph.ts";
import { openTransactionGraph, sales } from "./support/transaction-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openTransactionGraph("transaction_list");
});
afterAll(() => graph.close());

const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: TransactionOrder) {
  transactions(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

type Edge = { readonly cursor: string; readonly node: { readonly id: string } };

async function walk(
  way: "forwards" | "backwards",
  orderBy: Row,
  between: (page: number) => Promise<void> = async () => {},
) {
  const seen: string[] = [];
  let cursor: unknown = null;
  for (let page = 0; page < 50; page++) {
    const place = way === "forwards" ? { first: 7, after: cursor } : { last: 7, before: cursor };
    const answer = await graph.ask("ann", subgraph, PAGE, { ...place, orderBy });
    expect(answer.errors).toBeUndefined();
    const edges = at(answer, "data", "transactions", "edges") as Edge[];
    const ids = edges.map(({ node }) => node.id);
    if (way === "forwards") seen.push(...ids);
    else seen.unshift(...ids);
    const info = at(answer, "data", "transactions", "pageInfo") as Record<string, unknown>;
    if (!info[way === "forwards" ? "hasNextPage" : "hasPreviousPage"]) return seen;
    cursor = info[way === "forwards" ? "endCursor" : "startCursor"];
    await between(page);
  }
  throw new Error("the list did not end");
}

function sorted(key: (row: Row) => number | bigint, sign: 1 | -1): string[] {
  const order = (a: Row, b: Row) => {
    const [left, right] = [key(a), key(b)];
    if (left !== right) return left < right ? -sign : sign;
    return String(a["id"]) < String(b["id"]) ? -sign : sign;
  };
  return [...sales].sort(order).map(({ id }) => id);
}

const time = (row: Row) => (row["occurred_at"] as Date).getTime();
const amount = (row: Row) => row["amount_minor"] as bigint;

describe("the list", () => {
  test.each([
    ["OCCURRED_AT", "DESC", time, -1],
    ["OCCURRED_AT", "ASC", time, 1],
    ["AMOUNT", "DESC", amount, -1],
    ["AMOUNT", "ASC", amount, 1],
  ] as const)("pages by %s %s in both directions without gap or repetition", async (field, direction, key, sign) => {
    const expected = sorted(key, sign);
    expect(await walk("forwards", { field, direction })).toEqual(expected);
    expect(await walk("backwards", { field, direction })).toEqual(expected);
  });

  test("rows that arrive while it is paged move nothing", async () => {
    const expected = sorted(time, -1);
    const late: string[] = [];
    const seen = await walk("forwards", { field: "OCCURRED_AT", direction: "DESC" }, async (page) => {
      const row = transactionRow("ACQUIRER", `late ${page}`, {
        occurred_at: new Date(Date.UTC(2026, 0, 6, 0, 0, page)),
      });
      late.push(row.id);
      await graph.insert("transactions.transaction", row);
    });
    await graph.sql("delete from transactions.transaction where id = any($1)", [late]);
    expect(late.length).toBeGreaterThan(5);
    expect(seen).toEqual(expected);
  });

  test("a cursor that was altered, or used with another sort, is refused", async () => {
    const orderBy = { field: "OCCURRED_AT", direction: "DESC" };
    const answer = await graph.ask("ann", subgraph, PAGE, { first: 1, orderBy });
    const cursor = String(at(answer, "data", "transactions", "pageInfo", "endCursor"));
    const altered = (cursor.startsWith("A") ? "B" : "A") + cursor.slice(1);
    for (const variables of [
      { after: altered, orderBy },
      { after: `${cursor}=`, orderBy },
      { after: "", orderBy },
      { after: cursor, orderBy: { ...orderBy, direction: "ASC" } },
      { after: cursor, orderBy: { ...orderBy, field: "AMOUNT" } },
    ]) {
      const refused = await graph.ask("ann", subgraph, PAGE, variables);
      expect(codes(refused), JSON.stringify(variables)).toEqual(["INVALID_CURSOR"]);
    }
  });

  test.each([{ first: 0 }, { first: 101 }, { last: -1 }, { first: 1, last: 1 }])("%o is no page", async (page) => {
    expect(codes(await graph.ask("ann", subgraph, PAGE, page))).toEqual(["INVALID_INPUT"]);
  });

  test("holds a permission to its merchant: an adapter at one sees nothing of it", async () => {
    const { data } = await graph.ask(
      "max",
      subgraph,
      "{ transactions(first: 100) { totalCount edges { node { id } } } }",
    );
    const theirs = sales.filter((row) => row["merchant_id"] === "mer_b").map(({ id }) => id);
    const shown = (at(data, "transactions", "edges") as Edge[]).map(({ node }) => node.id);
    expect(new Set(shown)).toEqual(new Set(theirs));
    expect(at(data, "transactions", "totalCount")).toBe(String(theirs.length));
  });

  test.each([
    [{ families: ["E_VOUCHER"] }, 20],
    [{ merchants: ["mer_b"] }, 15],
    [{ merchants: ["mer_c"] }, 0],
    [{ merchants: [] }, 0],
    [{ amount: { currency: "EUR", minimumMinor: "1003" } }, 24],
    [{ amount: { currency: "USD", minimumMinor: "0" } }, 0],
    [{ occurredAt: { from: "2026-01-05T08:00:01Z", to: "2026-01-05T08:00:03Z" } }, 14],
    [{ weekdays: [1], hoursOfDay: [9], zone: "Europe/Brussels" }, 60],
    [{ hoursOfDay: [8], zone: "Europe/Brussels" }, 0],
    [{ weekdays: [2, 3, 4, 5, 6, 7], zone: "Europe/Brussels" }, 0],
    [{ locations: [""] }, 60],
    [{ transactionNumber: "sale 7" }, 1],
    [{ search: "SALE 5" }, 11],
    [{ search: "%" }, 0],
    [{ search: "  " }, 60],
    [{ statuses: ["MANUAL_INTERVENTION"] }, 0],
    [{ types: ["REFUND"], providers: ["adyen"] }, 0],
  ])("%j finds %d", async (filter, count) => {
    const query = "query ($filter: TransactionFilter) { transactions(filter: $filter) { totalCount } }";
    const answer = await graph.ask("ann", subgraph, query, { filter });
    expect(answer.errors).toBeUndefined();
    expect(at(answer, "data", "transactions", "totalCount")).toBe(String(count));
  });

  test("a page of one merchant is read along the page index of each partition", async () => {
    // As the app, so that row level security is part of the plan; the table is too small to plan by its size.
    await graph.sql("begin");
    await graph.sql("set local role concord_app");
    await graph.sql("set local app.merchants = 'mer_a'");
    await graph.sql("set local enable_seqscan = off");
    await graph.sql("set local enable_bitmapscan = off");
    const [plan] = await graph.sql<{ "QUERY PLAN": unknown }>(
      `explain (format json) select page.* from unnest(array['mer_a']) as m (merchant_id) cross join lateral (
        select t.id, t.occurred_at from transactions.transaction t where t.merchant_id = m.merchant_id
          and (t.occurred_at, t.id) < ('2026-01-06'::timestamptz, 'x')
        order by t.occurred_at desc, t.id desc limit 26) page order by page.occurred_at desc, page.id desc limit 26`,
    );
    await graph.sql("rollback");
    const text = JSON.stringify(plan);
    expect(text.match(/merchant_id_occurred_at_id_idx/g)?.length ?? 0).toBe(3);
    expect(text).toContain("Merge Append");
  });
});
