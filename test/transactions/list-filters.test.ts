import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "../subgraphs/support/graph.ts";

const meal = transactionRow("E_VOUCHER", "meal", { terminal_id: "ter_1" });
const eco = transactionRow("E_VOUCHER", "eco", { provider: "pluxee", terminal_id: "ter_2" });
const card = transactionRow("ACQUIRER", "card", { terminal_id: "ter_1", dispute_state: "OPEN", entry_mode: "ECOM" });
const mended = transactionRow("CCV_PAY", "mended", { ever_manual: true });

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("list_filters", [subgraph], { vic: { mer_a: "viewer" } });
  const own = { merchant_id: "mer_a" };
  for (const row of [meal, eco, card, mended]) await graph.insert("transactions.transaction", row);
  for (const [{ id }, issuer, purse] of [
    [meal, "EDENRED", "MEAL"],
    [eco, "PLUXEE", "ECO"],
  ] as const) {
    await graph.insert("e_vouchers.detail", { ...own, transaction_id: id, issuer, purse, requested_minor: 1250n });
  }
  await graph.insert("accounts.location", {
    ...own,
    id: "loc_1",
    name: "Gent",
    country: "BE",
    zone: "Europe/Brussels",
  });
  for (const [id, application] of [
    ["ter_1", "SalesPoint"],
    ["ter_2", null],
  ]) {
    const terminal = { ...own, id, tid: id, location_id: "loc_1", application };
    await graph.insert("accounts.terminal", { ...terminal, valid_from: "2020-01-01T00:00:00Z" });
  }
});
afterAll(() => graph.close());

test.each([
  [{ issuers: ["EDENRED"] }, ["meal"]],
  [{ issuers: ["EDENRED", "PLUXEE"] }, ["eco", "meal"]],
  [{ issuers: [] }, []],
  [{ purses: ["ECO"] }, ["eco"]],
  [{ applications: ["SalesPoint"] }, ["card", "meal"]],
  [{ applications: ["salespoint"] }, []],
  [{ disputeStates: ["OPEN"] }, ["card"]],
  [{ entryModes: ["ECOM"] }, ["card"]],
  [{ everManual: true }, ["mended"]],
  [{ everManual: false }, ["card", "eco", "meal"]],
  [{ applications: ["SalesPoint"], issuers: ["EDENRED"] }, ["meal"]],
])("%j finds %j", async (filter, expected) => {
  const query =
    "query ($filter: TransactionFilter) { transactions(filter: $filter) { edges { node { transactionNumber } } } }";
  const answer = await graph.ask("vic", subgraph, query, { filter });
  expect(answer.errors).toBeUndefined();
  const edges = at(answer, "data", "transactions", "edges") as { node: { transactionNumber: string } }[];
  expect(edges.map(({ node }) => node.transactionNumber).sort()).toEqual(expected);
});

const FACETS = `query ($filter: TransactionFilter, $fields: [FacetField!]!, $limit: Int) { transactions(filter: $filter) {
  facets(fields: $fields, limit: $limit) { field others values { value count terminal { id } location { id } } } } }`;

test("facets of vouchers and applications count what their filters find, and name what they stand for", async () => {
  const fields = ["ISSUER", "PURSE", "APPLICATION", "TERMINAL"];
  const { data } = await graph.ask("vic", subgraph, FACETS, { filter: { issuers: ["EDENRED"] }, fields, limit: 5 });
  const [issuer, purse, application, terminal] = at(data, "transactions", "facets") as { values: Row[] }[];
  // Its own filter left aside: of the others it says what they would find.
  expect(issuer?.values).toMatchObject([
    { value: null, count: "2" },
    { value: "EDENRED", count: "1" },
    { value: "PLUXEE", count: "1" },
  ]);
  expect(purse?.values).toMatchObject([{ value: "MEAL", count: "1" }]);
  expect(application?.values).toMatchObject([{ value: "SalesPoint", count: "1" }]);
  expect(terminal?.values).toEqual([{ value: "ter_1", count: "1", terminal: { id: "ter_1" }, location: null }]);
});

test("more values than were asked for are counted as others, and a limit that is none is refused", async () => {
  const { data } = await graph.ask("vic", subgraph, FACETS, { fields: ["PROVIDER", "PROVIDER"], limit: 1 });
  expect(at(data, "transactions", "facets")).toMatchObject([
    { field: "PROVIDER", others: "3", values: [{ count: "1" }] },
  ]);
  for (const limit of [0, 101]) {
    expect(codes(await graph.ask("vic", subgraph, FACETS, { fields: ["TYPE"], limit }))).toEqual(["INVALID_INPUT"]);
  }
});
