import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, type Graph } from "./support/graph.ts";
import { openSettledGraph } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("payout_bank");
});
afterAll(() => graph.close());

const QUERY = `{ payouts { edges { node { status arrivalDate amount { amountMinor }
  bankEntries { remittance amount { amountMinor } } parts { kind lineCount net { amountMinor } } residuals { type } } } } }`;

const payout = async () => at(await graph.ask("ann", reconciliation, QUERY), "data", "payouts", "edges", 0, "node");

async function book(id: string, way: "PAID" | "RETURNED", amount: bigint): Promise<void> {
  const merchant_id = "mer_a";
  await graph.insert("reconciliation.bank_entry", {
    ...{ merchant_id, id, file_id: "fil_1", line_number: 1n, content_hash: id, account: "BE1", statement: "1" },
    ...{ booking_date: "2026-01-08", currency: "EUR", amount_minor: amount, reversal: amount < 0n, code: "NTRF" },
    remittance: `Adyen ${id}`,
  });
  await graph.insert("reconciliation.payout_credit", {
    ...{ merchant_id, id: `crd_${id}`, payout_id: "pay_1", bank_entry_id: id, way, stage: "REFERENCE" },
    ...{ difference_minor: 0n, allocated_minor: amount, run_id: "run_1" },
  });
}

test("a payout tells where its money is: on its way, on the statement, or taken back", async () => {
  expect(await payout()).toEqual({
    status: "IN_TRANSIT",
    arrivalDate: null,
    amount: { amountMinor: "1215" },
    bankEntries: [],
    parts: [{ kind: "SALE", lineCount: "1", net: { amountMinor: "1215" } }],
    residuals: [],
  });
  await book("bnk_paid", "PAID", 1215n);
  const bankEntries = [{ remittance: "Adyen bnk_paid", amount: { amountMinor: "1215" } }];
  expect(await payout()).toMatchObject({ status: "PAID", arrivalDate: "2026-01-08", bankEntries });
  await book("bnk_back", "RETURNED", -1215n);
  expect(await payout()).toMatchObject({ status: "RETURNED", bankEntries });
});
