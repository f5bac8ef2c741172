import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, type Graph, type Row, transactionRow } from "./support/graph.ts";
import { openTransactionGraph } from "./support/transaction-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openTransactionGraph("transaction_totals");
});
afterAll(() => graph.close());

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
