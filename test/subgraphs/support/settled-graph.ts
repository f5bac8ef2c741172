import { subgraph as accounts } from "../../../subgraphs/accounts/subgraph.ts";
import { subgraph as acquirers } from "../../../subgraphs/acquirers/subgraph.ts";
import { subgraph as ccvPay } from "../../../subgraphs/ccv-pay/subgraph.ts";
import { subgraph as eVouchers } from "../../../subgraphs/e-vouchers/subgraph.ts";
import { subgraph as reconciliation } from "../../../subgraphs/reconciliation/subgraph.ts";
import { subgraph as transactions } from "../../../subgraphs/transactions/subgraph.ts";
import { type Graph, openGraph, transactionRow } from "./graph.ts";

export const SUBGRAPHS = [transactions, ccvPay, eVouchers, acquirers, reconciliation, accounts];

export const A = { merchant_id: "mer_a" };
export const card = transactionRow("ACQUIRER", "card", {
  ticket: "T1",
  arn: "12345678901234567890123",
  reconciliation_state: "MATCHED",
  settlement_state: "PAID_OUT",
  settled_fee_minor: -35n,
  settled_net_minor: 1215n,
  settled_currency: "EUR",
});
export const voucher = transactionRow("E_VOUCHER", "voucher", { ticket: "T1" });
export const terminal = transactionRow("CCV_PAY", "terminal", { ticket: "T1" });
export const alone = transactionRow("E_VOUCHER", "alone");
export const unclear = transactionRow("CCV_PAY", "unclear", {
  base_status: "MANUAL_INTERVENTION",
  status: "MANUAL_INTERVENTION",
  ticket: "T1",
});
export const foreign = transactionRow("ACQUIRER", "foreign", { merchant_id: "mer_c", ticket: "T1" });

/** One ticket paid in three ways, its card sale settled and paid out, and rows that a caller must not see. */
export async function openSettledGraph(name: string): Promise<Graph> {
  const graph = await openGraph(name, SUBGRAPHS, {
    ann: { mer_a: "finance" },
    two: { mer_a: "finance", mer_b: "administrator" },
    ned: { mer_a: "finance" },
    vic: { mer_a: "viewer" },
    cem: { mer_c: "administrator" },
  });
  for (const row of [card, voucher, terminal, alone, unclear, foreign]) {
    await graph.insert("transactions.transaction", row);
  }
  await graph.insert("ccv_pay.detail", {
    ...A,
    transaction_id: terminal.id,
    method: "maestro",
    masked_pan: "6703••••1234",
  });
  await graph.insert("ccv_pay.detail", { ...A, transaction_id: unclear.id, method: "hidden" });
  await graph.insert("e_vouchers.detail", {
    ...A,
    transaction_id: voucher.id,
    issuer: "EDENRED",
    purse: "MEAL",
    requested_minor: 2000n,
  });
  await graph.insert("acquirers.detail", { ...A, transaction_id: card.id, acquirer: "adyen", merchant_account: "M1" });
  await addSettlement(graph);
  return graph;
}

async function addSettlement(graph: Graph): Promise<void> {
  await graph.insert("reconciliation.source_file", {
    ...A,
    id: "fil_1",
    sha256: "0".repeat(64),
    name: "settlement.csv",
    size_bytes: 10n,
    status: "PARTIALLY_APPLIED",
    origin: "CLI",
    received_by: "ann",
    rows_read: 5n,
    rows_quarantined: 2n,
    rows_skipped: 1n,
    control_totals: JSON.stringify([{ name: "net", currency: "EUR", expected: "12345678901234567890", actual: "1" }]),
    totals: JSON.stringify({ EUR: { gross: "1250", fee: "-35", net: "1215" } }),
  });
  for (const [line_number, disposition, code] of [
    [3n, "QUARANTINED", "INVALID_AMOUNT"],
    [4n, "QUARANTINED", "UNKNOWN_TYPE"],
    [5n, "SKIPPED", "HEADER"],
  ]) {
    await graph.insert("reconciliation.source_record", {
      ...A,
      file_id: "fil_1",
      line_number,
      disposition,
      code,
      problem: "why",
      raw: `raw ${line_number}`,
    });
  }
  const money = { currency: "EUR", gross_minor: 1250n, fee_minor: -35n, net_minor: 1215n };
  const booked = { ...A, provider: "adyen", account: "M1", booking_date: "2026-01-06", payout_id: "pay_1" };
  await graph.insert("reconciliation.settlement_batch", {
    ...booked,
    id: "bat_1",
    batch: "17",
    line_count: 1n,
    ...money,
  });
  await graph.insert("reconciliation.payout", {
    has_own_line: true,
    ...A,
    id: "pay_1",
    provider: "adyen",
    account: "M1",
    reference: "P1",
    currency: "EUR",
    amount_minor: 1215n,
    file_id: "fil_1",
    line_number: 9n,
  });
  const line = {
    ...booked,
    ...money,
    file_id: "fil_1",
    content_hash: "h",
    family: "ACQUIRER",
    batch_id: "bat_1",
    occurred_at: "2026-01-05T08:00:00Z",
    business_date: "2026-01-05",
    payment_type: "CARD",
    payment_method: "visa",
    entry_mode: "CHIP",
    raw_status: "Settled",
  };
  await graph.insert("reconciliation.settlement_line", {
    ...line,
    id: "lin_1",
    line_number: 7n,
    kind: "SALE",
    interchange_minor: -20n,
    scheme_fee_minor: -5n,
    markup_minor: -10n,
  });
  await graph.insert("reconciliation.settlement_line", {
    ...line,
    id: "lin_2",
    line_number: 8n,
    kind: "PAYOUT",
    gross_minor: -1215n,
    fee_minor: 0n,
    net_minor: -1215n,
  });
  await graph.insert("reconciliation.claim", {
    ...A,
    id: "mat_1",
    line_id: "lin_1",
    transaction_id: card.id,
    effect: "SALE",
    run_id: "run_x",
    stage: "psp-reference",
    method: "AUTO",
    rule_set_hash: "h",
  });
  for (const [id, transaction_id, opened_at] of [
    ["dis_1", card.id, "2026-01-07"],
    ["dis_2", null, "2026-01-08"],
  ]) {
    await graph.insert("reconciliation.discrepancy", {
      ...A,
      id,
      type: "FEE_VARIANCE",
      provider: "adyen",
      line_id: "lin_1",
      transaction_id,
      currency: "EUR",
      amount_at_risk_minor: 3n,
      explanation: "why",
      run_id: "run_x",
      opened_at,
    });
  }
}
