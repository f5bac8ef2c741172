import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, type Graph } from "./support/graph.ts";
import { A, openSettledGraph } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("discrepancy_list");
  const rows = [
    ["dis_a", "MISSING_SETTLEMENT", "adyen", 500n, 1, "2026-11-01"],
    ["dis_b", "MISSING_SETTLEMENT", "edenred", 70_000n, 3, "2026-11-02"],
    ["dis_c", "AMOUNT_MISMATCH", "adyen", 500n, 1, "2026-11-03"],
    ["dis_d", "STALE_PROCESSING", "adyen", 900_000n, 4, "2026-11-04"],
  ] as const;
  for (const [id, type, provider, amount, severity, day] of rows) {
    const opened_at = `${day}T08:00:00Z`;
    const facts = { ...A, id, type, provider, currency: "EUR", amount_at_risk_minor: amount, explanation: "why" };
    await graph.insert("reconciliation.discrepancy", {
      ...facts,
      ...{ severity, opened_at, sla_due_at: "2026-11-09T08:00:00Z", run_id: "run_1" },
    });
  }
});
afterAll(() => graph.close());

const TYPES = ["MISSING_SETTLEMENT", "AMOUNT_MISMATCH", "STALE_PROCESSING"];
const LIST = `query ($filter: DiscrepancyFilter, $orderBy: DiscrepancyOrder, $first: Int, $after: String) {
  discrepancies(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    edges { node { id } } pageInfo { endCursor hasNextPage } totalCount
    totals { amountMinor currency } countsByType { type count amountAtRisk { amountMinor } }
  } }`;

async function ids(filter: object, orderBy?: object, user = "vic"): Promise<string[]> {
  const answer = await graph.ask(user, reconciliation, LIST, { filter: { types: TYPES, ...filter }, orderBy });
  expect(answer.errors).toBeUndefined();
  const edges = at(answer, "data", "discrepancies", "edges") as { node: { id: string } }[];
  return edges.map(({ node }) => node.id);
}

test("are filtered by each of their facts, and by all together", async () => {
  expect(await ids({})).toEqual(["dis_d", "dis_c", "dis_b", "dis_a"]);
  expect(await ids({ types: ["AMOUNT_MISMATCH"] })).toEqual(["dis_c"]);
  expect(await ids({ ids: ["dis_a", "dis_d", "dis_unknown"] })).toEqual(["dis_d", "dis_a"]);
  expect(await ids({ ids: ["dis_a"] }, undefined, "cem")).toEqual([]);
  expect(await ids({ severities: ["HIGH", "CRITICAL"] })).toEqual(["dis_d", "dis_b"]);
  expect(await ids({ providers: ["edenred"] })).toEqual(["dis_b"]);
  expect(await ids({ minimumAmountMinor: "70000" })).toEqual(["dis_d", "dis_b"]);
  const range = { openedFrom: "2026-11-02T00:00:00Z", openedBefore: "2026-11-04T00:00:00Z" };
  expect(await ids(range)).toEqual(["dis_c", "dis_b"]);
  expect(await ids({ states: ["RESOLVED"] })).toEqual([]);
  expect(await ids({ ...range, providers: ["adyen"], severities: ["LOW"] })).toEqual(["dis_c"]);
  expect(await ids({}, undefined, "cem")).toEqual([]);
});

test("are sorted by severity, money and age, both ways", async () => {
  const sorted = async (field: string) => [
    await ids({}, { field, direction: "ASC" }),
    await ids({}, { field, direction: "DESC" }),
  ];
  const bySize = ["dis_a", "dis_c", "dis_b", "dis_d"];
  expect(await sorted("SEVERITY")).toEqual([bySize, bySize.toReversed()]);
  expect(await sorted("AMOUNT")).toEqual([bySize, bySize.toReversed()]);
  const oldestFirst = ["dis_a", "dis_b", "dis_c", "dis_d"];
  expect(await sorted("AGE")).toEqual([oldestFirst.toReversed(), oldestFirst]);
});

test("page by position, with figures over all that is found", async () => {
  const orderBy = { field: "AMOUNT", direction: "DESC" };
  const ask = (variables: object) =>
    graph.ask("vic", reconciliation, LIST, { filter: { types: TYPES }, orderBy, first: 3, ...variables });
  const first = await ask({});
  expect(at(first, "data", "discrepancies")).toMatchObject({
    edges: [{ node: { id: "dis_d" } }, { node: { id: "dis_b" } }, { node: { id: "dis_c" } }],
    pageInfo: { hasNextPage: true },
    totalCount: "4",
    totals: [{ amountMinor: "971000", currency: "EUR" }],
    countsByType: [
      { type: "AMOUNT_MISMATCH", count: "1", amountAtRisk: { amountMinor: "500" } },
      { type: "MISSING_SETTLEMENT", count: "2", amountAtRisk: { amountMinor: "70500" } },
      { type: "STALE_PROCESSING", count: "1", amountAtRisk: { amountMinor: "900000" } },
    ],
  });
  const after = at(first, "data", "discrepancies", "pageInfo", "endCursor");
  expect(at(await ask({ after }), "data", "discrepancies", "edges")).toEqual([{ node: { id: "dis_a" } }]);
  const other = await ask({ after, orderBy: { field: "AGE", direction: "DESC" } });
  expect(at(other, "errors", 0, "extensions", "code")).toBe("INVALID_CURSOR");
});

test("tell how severe they are, by when they are due and how old they are", async () => {
  const query = `query ($filter: DiscrepancyFilter) { discrepancies(filter: $filter) {
    edges { node { severity slaDueAt ageHours runnerUp margin payoutId } } } }`;
  const answer = await graph.ask("vic", reconciliation, query, { filter: { types: ["STALE_PROCESSING"] } });
  expect(at(answer, "data", "discrepancies", "edges", 0, "node")).toEqual({
    severity: "CRITICAL",
    slaDueAt: "2026-11-09T08:00:00.000Z",
    ageHours: expect.any(Number),
    runnerUp: null,
    margin: null,
    payoutId: null,
  });
});

test("by provider: what is usual, what stands and how much of it is overdue", async () => {
  await graph.insert("reconciliation.usual_delay", {
    ...A,
    ...{ provider: "edenred", account: "", step: "SETTLEMENT", source: "CONFIGURED", business_days: 4, set_by: "ann" },
  });
  const query = `{ providerHealth { provider usualDelays { step businessDays source } settledUntil overdue
    open { type count amountAtRisk { amountMinor currency } oldestAt } } }`;
  const answer = await graph.ask("vic", reconciliation, query);
  expect(answer.errors).toBeUndefined();
  expect(at(answer, "data", "providerHealth")).toMatchObject([
    {
      provider: "adyen",
      usualDelays: [
        { step: "SETTLEMENT", businessDays: 5, source: "DEFAULT" },
        { step: "PAYOUT", businessDays: 5, source: "DEFAULT" },
        { step: "BANK", businessDays: 3, source: "DEFAULT" },
      ],
      overdue: "2",
    },
    {
      provider: "edenred",
      usualDelays: [{ step: "SETTLEMENT", businessDays: 4, source: "CONFIGURED" }, {}, {}],
      settledUntil: null,
      overdue: "1",
      open: [
        {
          type: "MISSING_SETTLEMENT",
          count: "1",
          amountAtRisk: { amountMinor: "70000", currency: "EUR" },
          oldestAt: "2026-11-02T08:00:00.000Z",
        },
      ],
    },
  ]);
  expect(await graph.ask("cem", reconciliation, query)).toEqual({ data: { providerHealth: [] } });
});
