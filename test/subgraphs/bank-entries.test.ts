import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph, openGraph } from "./support/graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("bank_entries", [reconciliation], {
    ann: { mer_a: "finance" },
    max: { mer_a: "adapter" },
    cem: { mer_c: "administrator" },
  });
  for (const [id, day, minor] of [
    ["bnk_1", "2026-11-10", 5_000n],
    ["bnk_2", "2026-11-11", -250n],
    ["bnk_3", "2026-11-11", 9_007_199_254_740_993n],
  ] as const) {
    await graph.insert("reconciliation.bank_entry", {
      merchant_id: "mer_a",
      id,
      file_id: "fil_1",
      line_number: 4n,
      content_hash: "h",
      account: "BE68539007547034",
      statement: "2026-211",
      booking_date: day,
      currency: "EUR",
      amount_minor: minor,
      reversal: false,
      code: "00450000",
      remittance: "till",
      pos_number: "313843",
      pos_period: "849",
      pos_sequence: "005695",
      pos_local_time: "2026-11-10 12:04",
      parts: JSON.stringify([
        { amountMinor: `${minor}`, currency: "EUR", endToEndId: null, reference: "R", remittance: "part" },
      ]),
    });
  }
});
afterAll(() => graph.close());

const QUERY = `query ($filter: BankEntryFilter, $first: Int, $after: String) {
  bankEntries(filter: $filter, first: $first, after: $after) {
    edges { cursor node { id amount { amountMinor } pos { posNumber } structured { type } parts { reference amount { amountMinor } } fileName } }
    pageInfo { hasNextPage } } }`;

const idsOf = (answer: unknown) =>
  (at(answer, "data", "bankEntries", "edges") as { node: { id: string } }[]).map(({ node }) => node.id);

test("entries are listed by booking day, the latest first, page by page, with exact amounts", async () => {
  const first = await graph.ask("ann", reconciliation, QUERY, { first: 2 });
  expect(idsOf(first)).toEqual(["bnk_3", "bnk_2"]);
  expect(at(first, "data", "bankEntries", "edges", 0, "node")).toMatchObject({
    amount: { amountMinor: "9007199254740993" },
    pos: { posNumber: "313843" },
    structured: null,
    parts: [{ reference: "R", amount: { amountMinor: "9007199254740993" } }],
    fileName: null,
  });
  const after = at(first, "data", "bankEntries", "edges", 1, "cursor");
  expect(idsOf(await graph.ask("ann", reconciliation, QUERY, { after }))).toEqual(["bnk_1"]);
});

test.each([
  [{ direction: "DEBIT" }, ["bnk_2"]],
  [{ direction: "CREDIT", bookedFrom: "2026-11-11" }, ["bnk_3"]],
  [{ bookedTo: "2026-11-10" }, ["bnk_1"]],
  [{ account: "BE68 5390 0754 7034", currency: "EUR" }, ["bnk_3", "bnk_2", "bnk_1"]],
  [{ account: "BE00" }, []],
])("the filter %j finds %j", async (filter, found) => {
  expect(idsOf(await graph.ask("ann", reconciliation, QUERY, { filter }))).toEqual(found);
});

test("another merchant sees none, and a machine that may only upload is refused", async () => {
  expect(idsOf(await graph.ask("cem", reconciliation, QUERY))).toEqual([]);
  expect(codes(await graph.ask("max", reconciliation, QUERY))).toEqual(["FORBIDDEN"]);
});
