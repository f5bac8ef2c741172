import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Family } from "../../subgraphs/shared/vocabulary.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "./support/graph.ts";

let graph: Graph;
const rows: (Row & { readonly id: string })[] = [];
const manual = transactionRow("CCV_PAY", "unclear", {
  base_status: "MANUAL_INTERVENTION",
  status: "MANUAL_INTERVENTION",
});
const foreign = transactionRow("CCV_PAY", "theirs", { merchant_id: "mer_c" });
const replaced = transactionRow("CCV_PAY", "replaced", { superseded_by: "ccv_other" });

beforeAll(async () => {
  graph = await openGraph("transactions", [subgraph], {
    ann: { mer_a: "finance", mer_b: "finance" },
    vic: { mer_a: "viewer" },
    max: { mer_a: "adapter", mer_b: "viewer" },
    cem: { mer_c: "administrator" },
  });
  const families: readonly Family[] = ["CCV_PAY", "E_VOUCHER", "ACQUIRER"];
  for (let index = 0; index < 60; index++) {
    const family = families[index % 3] ?? "CCV_PAY";
    // Seven to a second, so that pages end among equal times.
    const occurred_at = new Date(Date.UTC(2026, 0, 5, 8, 0, Math.floor(index / 7)));
    const facts = {
      merchant_id: index % 4 === 0 ? "mer_b" : "mer_a",
      occurred_at,
      amount_minor: 1000n + BigInt(index % 5),
    };
    rows.push(transactionRow(family, `sale ${index}`, { ...facts, captured_minor: facts.amount_minor }));
  }
  for (const row of [...rows, manual, foreign, replaced]) await graph.insert("transactions.transaction", row);
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
  return [...rows].sort(order).map(({ id }) => id);
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
    const theirs = rows.filter((row) => row["merchant_id"] === "mer_b").map(({ id }) => id);
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

describe("totals", () => {
  test("equal the sums of the rows, by currency and by what each row is", async () => {
    const day = { occurred_at: "2026-02-01T10:00:00Z", business_date: "2026-02-01" };
    const cases: Row[] = [
      {
        amount_minor: 2000n,
        captured_minor: 1500n,
        settled_fee_minor: -30n,
        settled_net_minor: 1470n,
        settled_currency: "EUR",
      },
      { amount_minor: 900n, captured_minor: 900n, status: "REFUNDED", refunded_minor: 900n },
      { type: "REFUND", amount_minor: 900n, captured_minor: 900n },
      { type: "REFUND", amount_minor: 77n, base_status: "FAILED", status: "FAILED", captured_minor: 0n },
      { type: "CHARGEBACK", amount_minor: 500n, captured_minor: 500n },
      { type: "CHARGEBACK_REVERSAL", amount_minor: 200n, captured_minor: 200n },
      { type: "CREDIT", amount_minor: 40n, captured_minor: 40n },
      { amount_minor: 333n, captured_minor: 0n, base_status: "PROCESSING", status: "PROCESSING" },
      { amount_minor: 444n, captured_minor: 0n, base_status: "FAILED", status: "FAILED" },
      {
        amount_minor: 10_000n,
        captured_minor: 10_000n,
        currency: "USD",
        settled_fee_minor: -9n,
        settled_net_minor: 8991n,
        settled_currency: "EUR",
      },
      { amount_minor: 55_555n, captured_minor: 0n, base_status: "MANUAL_INTERVENTION", status: "MANUAL_INTERVENTION" },
      { amount_minor: 66_666n, captured_minor: 66_666n, superseded_by: "ccv_other" },
    ];
    for (const [index, facts] of cases.entries()) {
      await graph.insert("transactions.transaction", transactionRow("CCV_PAY", `total ${index}`, { ...day, ...facts }));
    }
    const query = `{ transactions(first: 1, filter: { occurredAt: { from: "2026-02-01T00:00:00Z" } }) { totalCount totals {
      currency count gross { amountMinor } refunded { amountMinor } chargedBack { amountMinor currency }
      credited { amountMinor } pending { amountMinor } fees { amountMinor } net { amountMinor } } } }`;
    const answer = await graph.ask("ann", subgraph, query);
    await graph.sql("delete from transactions.transaction where business_date = '2026-02-01'");
    const minor = (amountMinor: string) => ({ amountMinor });
    expect(at(answer, "data", "transactions")).toEqual({
      totalCount: "10",
      totals: [
        {
          currency: "EUR",
          count: "9",
          gross: minor("2400"),
          refunded: minor("900"),
          chargedBack: { amountMinor: "300", currency: "EUR" },
          credited: minor("40"),
          pending: minor("333"),
          fees: minor("-39"),
          net: minor("10461"),
        },
        {
          currency: "USD",
          count: "1",
          gross: minor("10000"),
          refunded: minor("0"),
          chargedBack: { amountMinor: "0", currency: "USD" },
          credited: minor("0"),
          pending: minor("0"),
          fees: null,
          net: null,
        },
      ],
    });
  });
});

const ONE = "query ($id: ID!) { transaction(id: $id) { id __typename } }";
const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename ... on CcvPayTransaction { id amount { amountMinor } } ... on VoucherTransaction { id }
  ... on AcquirerTransaction { id original { id } related { id } history { id } statusExplanation { sentence } }
} }`;

describe("one by id", () => {
  test("foreign, unknown, replaced and malformed ids answer alike", async () => {
    const expected = { data: { transaction: null } };
    for (const id of [foreign.id, `${foreign.id.slice(0, -3)}zzz`, replaced.id, "nonsense", ""]) {
      expect(await graph.ask("ann", subgraph, ONE, { id }), id).toEqual(expected);
    }
    expect(await graph.ask("cem", subgraph, ONE, { id: foreign.id })).toEqual({
      data: { transaction: { id: foreign.id, __typename: "CcvPayTransaction" } },
    });
  });

  test("what waits for a person answers only those who may see that, entities included", async () => {
    const representations = [
      { __typename: "Transaction", id: manual.id },
      { __typename: "CcvPayTransaction", id: manual.id },
    ];
    const shown = await graph.ask("ann", subgraph, ENTITIES, { representations });
    expect(at(shown, "data", "_entities", 0, "id")).toBe(manual.id);
    expect(at(await graph.ask("ann", subgraph, ONE, { id: manual.id }), "data", "transaction", "id")).toBe(manual.id);
    expect(await graph.ask("vic", subgraph, ONE, { id: manual.id })).toEqual({ data: { transaction: null } });
    expect(await graph.ask("vic", subgraph, ENTITIES, { representations })).toEqual({
      data: { _entities: [null, null] },
    });
  });

  test("the queue of what waits is for those who may see it", async () => {
    const query =
      "{ manualInterventions { totalCount totals { count amount { amountMinor } } edges { node { id } } } }";
    const answer = await graph.ask("ann", subgraph, query);
    expect(at(answer, "data", "manualInterventions")).toEqual({
      totalCount: "1",
      totals: [{ count: "1", amount: { amountMinor: "1250" } }],
      edges: [{ node: { id: manual.id } }],
    });
    const refused = await graph.ask("vic", subgraph, query);
    expect(codes(refused)).toEqual(["FORBIDDEN"]);
  });

  test("fifty entities of three families cost one statement a family, and one for each field group", async () => {
    const representations = rows.slice(0, 50).map(({ id }) => ({ __typename: "Transaction", id }));
    await graph.ask("ann", subgraph, ENTITIES, { representations });
    const spy = vi.spyOn(pg.Client.prototype, "query");
    const answer = await graph.ask("ann", subgraph, ENTITIES, { representations });
    const statements = spy.mock.calls.map(([statement]) => at(statement, "text") ?? statement);
    spy.mockRestore();
    expect(answer.errors).toBeUndefined();
    expect((at(answer, "data", "_entities") as { id: string }[]).map(({ id }) => id)).toEqual(
      rows.slice(0, 50).map(({ id }) => id),
    );
    // begin, scope, three families, related, events, commit
    expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(8);
    expect(statements.length).toBeGreaterThan(3);
  });

  test("a refund leads to its sale and back, and the status is explained from the events", async () => {
    const sale = transactionRow("ACQUIRER", "explained", { deciding_event: "evt_2", status_rule: 3 });
    const refund = transactionRow("ACQUIRER", "refund", { type: "REFUND", original_id: sale.id, amount_minor: 100n });
    for (const row of [sale, refund]) await graph.insert("transactions.transaction", row);
    const event = { merchant_id: "mer_a", transaction_id: sale.id, certainty: "DEFINITIVE", content_hash: "h" };
    await graph.insert("transactions.transaction_event", {
      ...event,
      id: "evt_1",
      kind: "SALE",
      source: "FILE",
      outcome: "FAILED",
      precedence: 4,
      occurred_at: "2026-01-05T08:00:00Z",
    });
    await graph.insert("transactions.transaction_event", {
      ...event,
      id: "evt_2",
      kind: "CLAIM",
      source: "RECONCILER",
      outcome: "SUCCESS",
      precedence: 3,
      occurred_at: "2026-01-06T08:00:00Z",
    });
    const query = `query ($id: ID!) { transaction(id: $id) { original { id related { id } history { id }
      statusExplanation { rule sentence decidedBy { id } losers { id } } } } }`;
    const answer = await graph.ask("vic", subgraph, query, { id: refund.id });
    await graph.sql("delete from transactions.transaction where id = any($1)", [[sale.id, refund.id]]);
    expect(at(answer, "data", "transaction", "original")).toEqual({
      id: sale.id,
      related: [{ id: refund.id }],
      history: [{ id: "evt_1" }, { id: "evt_2" }],
      statusExplanation: {
        rule: 3,
        sentence: "Rule 3: a claimed settlement line decides (evt_2); it outranks 1 provider answer.",
        decidedBy: { id: "evt_2" },
        losers: [{ id: "evt_1" }],
      },
    });
  });
});
