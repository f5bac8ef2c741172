import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, transactionRow } from "./support/graph.ts";
import { foreign, manual, openTransactionGraph, replaced, sales } from "./support/transaction-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openTransactionGraph("transaction_by_id");
});
afterAll(() => graph.close());

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
    const representations = sales.slice(0, 50).map(({ id }) => ({ __typename: "Transaction", id }));
    await graph.ask("ann", subgraph, ENTITIES, { representations });
    const spy = vi.spyOn(pg.Client.prototype, "query");
    const answer = await graph.ask("ann", subgraph, ENTITIES, { representations });
    const statements = spy.mock.calls.map(([statement]) => at(statement, "text") ?? statement);
    spy.mockRestore();
    expect(answer.errors).toBeUndefined();
    expect((at(answer, "data", "_entities") as { id: string }[]).map(({ id }) => id)).toEqual(
      sales.slice(0, 50).map(({ id }) => id),
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
