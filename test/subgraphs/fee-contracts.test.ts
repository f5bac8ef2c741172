import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph } from "./support/graph.ts";
import { openSettledGraph } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("fee_contracts_graph");
  await graph.sql(
    `insert into accounts.membership (merchant_id, user_id, role) values ('mer_a', 'own', 'administrator')`,
  );
});
afterAll(() => graph.close());

const LOAD = `mutation ($schedule: String!) { loadFeeContract(input: { schedule: $schedule }) {
  __typename ... on FeeContract { version provider model rounding } ... on FeeContractRefused { message } } }`;
const SCHEDULE = `provider: adyen
validFrom: 2020-01-01
currency: EUR
model: INTERCHANGE_PLUS_PLUS
rounding: PER_LINE
rates:
  - fixed: "0.07"
`;

test("a schedule is loaded by who manages the rules, audited, and its errors are an answer", async () => {
  const loaded = await graph.ask("own", reconciliation, LOAD, { schedule: SCHEDULE });
  expect(at(loaded, "data", "loadFeeContract")).toEqual({
    __typename: "FeeContract",
    version: 1,
    provider: "adyen",
    model: "INTERCHANGE_PLUS_PLUS",
    rounding: "PER_LINE",
  });
  const wrong = await graph.ask("own", reconciliation, LOAD, { schedule: SCHEDULE.replace('"0.07"', "0.07") });
  expect(at(wrong, "data", "loadFeeContract")).toEqual({
    __typename: "FeeContractRefused",
    message: expect.stringContaining("write it as text in quotes"),
  });
  expect(codes(await graph.ask("ann", reconciliation, LOAD, { schedule: SCHEDULE }))).toEqual(["FORBIDDEN"]);
  const entries = await graph.sql("select actor_id from delivery.audit_entry where action = 'contract.load'");
  expect(entries).toEqual([{ actor_id: "own" }]);
  const list = "{ feeContracts { provider account validFrom validTo currency version } }";
  expect(await graph.ask("vic", reconciliation, list)).toEqual({
    data: {
      feeContracts: [
        { provider: "adyen", account: null, validFrom: "2020-01-01", validTo: null, currency: "EUR", version: 1 },
      ],
    },
  });
  expect(await graph.ask("cem", reconciliation, list)).toEqual({ data: { feeContracts: [] } });
});

test("a line and its transaction tell what their fee should be, and by how much it is too much", async () => {
  await graph.ask("own", reconciliation, LOAD, { schedule: SCHEDULE });
  const query = `{ payouts { edges { node { lines { edges { node { fee { amountMinor } expectedFee { amountMinor currency }
    feeVariance { amountMinor } transaction { expectedFee { amountMinor } feeVariance { amountMinor } } } } } } } } }`;
  const answer = await graph.ask("vic", reconciliation, query);
  expect(answer.errors).toBeUndefined();
  // Interchange of 20 and scheme fees of 5 pass through; the markup is 10 and should be 7.
  expect(at(answer, "data", "payouts", "edges", 0, "node", "lines", "edges", 0, "node")).toEqual({
    fee: { amountMinor: "-35" },
    expectedFee: { amountMinor: "-32", currency: "EUR" },
    feeVariance: { amountMinor: "-3" },
    transaction: { expectedFee: { amountMinor: "-32" }, feeVariance: { amountMinor: "-3" } },
  });
});
