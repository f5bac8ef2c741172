import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph } from "./support/graph.ts";
import { card, openSettledGraph } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("settlement");
});
afterAll(() => graph.close());

describe("files, payouts and discrepancies", () => {
  test("a file tells its counts, its control totals exactly, and pages its quarantine", async () => {
    const query = `query ($after: String) { settlementFile(id: "fil_1") { status counts { read quarantined }
      controlTotals { name expected } totals { net { amountMinor currency } } skipped { code count }
      quarantined(first: 1, after: $after) { edges { cursor node { line code raw } } pageInfo { hasNextPage } } } }`;
    const first = await graph.ask("ann", reconciliation, query);
    expect(at(first, "data", "settlementFile")).toMatchObject({
      status: "PARTIALLY_APPLIED",
      counts: { read: "5", quarantined: "2" },
      controlTotals: [{ name: "net", expected: "12345678901234567890" }],
      totals: [{ net: { amountMinor: "1215", currency: "EUR" } }],
      skipped: [{ code: "HEADER", count: "1" }],
      quarantined: { edges: [{ node: { line: "3", raw: "raw 3" } }], pageInfo: { hasNextPage: true } },
    });
    const after = at(first, "data", "settlementFile", "quarantined", "edges", 0, "cursor");
    const second = await graph.ask("ann", reconciliation, query, { after });
    expect(at(second, "data", "settlementFile", "quarantined")).toMatchObject({
      edges: [{ node: { line: "4" } }],
      pageInfo: { hasNextPage: false },
    });
    const viewer = await graph.ask("vic", reconciliation, query);
    expect(codes(viewer)).toEqual(["FORBIDDEN"]);
    expect(at(viewer, "data", "settlementFile", "status")).toBe("PARTIALLY_APPLIED");
    expect(await graph.ask("cem", reconciliation, query)).toEqual({ data: { settlementFile: null } });
  });

  test("a payout without a date is listed, with its lines and without its own row", async () => {
    const query = `{ payouts { edges { node { id valueDate batches { edges { node { id } } }
      lines { edges { node { id transaction { id } } } } } } pageInfo { endCursor } }
      settlementBatches { edges { node { id lineCount lines { edges { node { id } } } } } } settlementFiles { edges { node { id } } } }`;
    const { data, errors } = await graph.ask("vic", reconciliation, query);
    expect(errors).toBeUndefined();
    expect(at(data, "payouts", "edges", 0, "node")).toEqual({
      id: "pay_1",
      valueDate: null,
      batches: { edges: [{ node: { id: "bat_1" } }] },
      lines: { edges: [{ node: { id: "lin_1", transaction: { id: card.id } } }] },
    });
    expect(at(data, "settlementBatches", "edges", 0, "node", "id")).toBe("bat_1");
    expect(at(data, "settlementFiles", "edges", 0, "node", "id")).toBe("fil_1");
    const after = at(data, "payouts", "pageInfo", "endCursor");
    const next = await graph.ask(
      "vic",
      reconciliation,
      "query ($after: String) { payouts(after: $after) { edges { cursor } } }",
      { after },
    );
    expect(at(next, "data", "payouts", "edges")).toEqual([]);
  });

  test("discrepancies are listed by state, the latest first", async () => {
    const query = `query ($state: DiscrepancyState) { discrepancies(state: $state) { edges { node { id line { id } transaction { id } } } } }`;
    const open = await graph.ask("vic", reconciliation, query, { state: "OPEN" });
    expect(at(open, "data", "discrepancies", "edges")).toEqual([
      { node: { id: "dis_2", line: { id: "lin_1" }, transaction: null } },
      { node: { id: "dis_1", line: { id: "lin_1" }, transaction: { id: card.id } } },
    ]);
    const resolved = await graph.ask("vic", reconciliation, query, { state: "RESOLVED" });
    expect(at(resolved, "data", "discrepancies", "edges")).toEqual([]);
  });
});
