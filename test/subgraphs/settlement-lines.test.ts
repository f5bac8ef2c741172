import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph } from "./support/graph.ts";
import { A, alone, card, foreign, openSettledGraph, unclear } from "./support/settled-graph.ts";

const LINE = {
  ...A,
  ...{ provider: "adyen", account: "M1", batch_id: "bat_1", file_id: "fil_1", content_hash: "h", family: "ACQUIRER" },
  ...{ booking_date: "2026-01-06", business_date: "2026-01-05", payment_type: "CARD", payment_method: "visa" },
  ...{ entry_mode: "CHIP", raw_status: "Settled", kind: "SALE", currency: "EUR", fee_minor: 0n },
};

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("settlement_lines");
  const rows = [
    ["lin_open", "2026-01-05T09:00:00Z", 990n, { reference: "PSP-Open-7", merchant_reference: "order 7", tid: "T7" }],
    ["lin_refund", "2026-01-05T10:00:00Z", -990n, { kind: "REFUND", last4: "4242", authorisation_code: "A1B2C3" }],
    ["lin_abroad", "2026-01-05T11:00:00Z", 500n, { processing_minor: 990n, processing_currency: "USD" }],
    ["lin_fee", "2026-01-05T12:00:00Z", -990n, { kind: "FEE" }],
  ] as const;
  for (const [at, [id, occurred_at, gross_minor, more]] of rows.entries()) {
    const figures = { gross_minor, net_minor: gross_minor };
    await graph.insert("reconciliation.settlement_line", {
      ...{ ...LINE, id, occurred_at, line_number: BigInt(20 + at), ...figures, ...more },
    });
  }
  await graph.insert("reconciliation.discrepancy", {
    ...A,
    ...{ id: "dis_between", type: "AMBIGUOUS_MATCH", provider: "adyen", line_id: "lin_open", currency: "EUR" },
    ...{ amount_at_risk_minor: 990n, explanation: "why", run_id: "run_1", payout_id: "pay_1", batch_id: "bat_1" },
    candidates: [card.id, alone.id, unclear.id, foreign.id, "acq_gone"],
  });
});
afterAll(() => graph.close());

const LIST = `query ($filter: SettlementLineFilter) { settlementLines(filter: $filter) { edges { node { id } } } }`;
const ALL = ["lin_fee", "lin_abroad", "lin_refund", "lin_open", "lin_1"];

const ask = (filter: object, user = "ann") =>
  graph.ask(user, reconciliation, LIST, { filter: { bookedFrom: "2026-01-01", bookedTo: "2026-01-31", ...filter } });

async function ids(filter: object, user?: string): Promise<unknown[]> {
  const answer = await ask(filter, user);
  expect(answer.errors).toBeUndefined();
  return (at(answer, "data", "settlementLines", "edges") as { node: { id: string } }[]).map(({ node }) => node.id);
}

test("lines are found by each of their facts, and by all together", async () => {
  expect(await ids({})).toEqual(ALL);
  expect(await ids({ bookedFrom: "2026-01-07" })).toEqual([]);
  expect(await ids({ bookedTo: "2026-01-05" })).toEqual([]);
  expect(await ids({ bookedTo: null })).toEqual(ALL);
  expect(await ids({ bookedFrom: null })).toEqual(ALL);
  expect(await ids({ bookedFrom: null, bookedTo: "2026-04-08" })).toEqual([]);
  expect(await ids({ open: true })).toEqual(["lin_abroad", "lin_refund", "lin_open"]);
  expect(await ids({ open: false })).toEqual(["lin_fee", "lin_1"]);
  expect(await ids({ amountMinor: "990", currency: "EUR" })).toEqual(["lin_fee", "lin_refund", "lin_open"]);
  expect(await ids({ amountMinor: "990", currency: "USD" })).toEqual(["lin_abroad"]);
  expect(await ids({ providers: ["edenred"] })).toEqual([]);
  expect(await ids({ merchantId: "mer_a", open: true, search: "psp-open" })).toEqual(["lin_open"]);
  expect(await ids({ merchantId: "mer_b" }, "two")).toEqual([]);
});

test("a person's text is part of a reference, or all of what is short", async () => {
  expect(await ids({ search: "ORDER 7" })).toEqual(["lin_open"]);
  expect(await ids({ search: "4242" })).toEqual(["lin_refund"]);
  expect(await ids({ search: "A1B2C3" })).toEqual(["lin_refund"]);
  expect(await ids({ search: "A1B2" })).toEqual([]);
  expect(await ids({ search: "%" })).toEqual([]);
});

test("a line only a transaction inferred from it claims is open still", async () => {
  const inferred = { ...card, id: "acq_inferred", psp_reference: "inferred", provisional: true };
  await graph.insert("transactions.transaction", inferred);
  const claim = { ...A, id: "mat_inferred", line_id: "lin_open", transaction_id: inferred.id, effect: "SALE" };
  const way = { run_id: "run_x", stage: "SETTLEMENT_ONLY", method: "AUTO", rule_set_hash: "h" };
  await graph.insert("reconciliation.claim", { ...claim, ...way });
  expect(await ids({ open: true })).toContain("lin_open");
});

test("the span of days is bounded, and what is another merchant's is not there", async () => {
  for (const span of [{ bookedTo: "2026-04-03" }, { bookedTo: "2025-12-31" }, { search: "" }]) {
    expect(codes(await ask(span))).toEqual(["INVALID_INPUT"]);
  }
  expect(await ids({ bookedTo: "2026-04-02" })).toEqual(ALL);
  expect(await ids({}, "cem")).toEqual([]);
  expect(await ids({ merchantId: "mer_a" }, "cem")).toEqual([]);
});

test("a line tells what it is compared by", async () => {
  const query = `{ settlementLines(filter: { bookedFrom: "2026-01-06", bookedTo: "2026-01-06", search: "order 7" }) {
    edges { node { occurredAt reference merchantReference authorisationCode last4 arn paymentMethod tid } } } }`;
  expect(at(await graph.ask("ann", reconciliation, query), "data", "settlementLines", "edges", 0, "node")).toEqual({
    ...{ occurredAt: "2026-01-05T09:00:00.000Z", reference: "PSP-Open-7", merchantReference: "order 7" },
    ...{ authorisationCode: null, last4: null, arn: null, paymentMethod: "visa", tid: "T7" },
  });
});

test("a discrepancy has what it is about and its candidates at hand, but for what may not be seen", async () => {
  const query = `{ discrepancies(filter: { types: ["AMBIGUOUS_MATCH"] }) { edges { node { merchantId
    payout { reference } batch { batch } candidateTransactions { id } } } } }`;
  const found = async (user: string) =>
    at(await graph.ask(user, reconciliation, query), "data", "discrepancies", "edges", 0, "node");
  const whole = { merchantId: "mer_a", payout: { reference: "P1" }, batch: { batch: "17" } };
  const seen = [{ id: card.id }, { id: alone.id }];
  expect(await found("vic")).toEqual({ ...whole, candidateTransactions: seen });
  expect(await found("ann")).toEqual({ ...whole, candidateTransactions: [...seen, { id: unclear.id }] });
});
