import type { Family } from "../../../subgraphs/shared/vocabulary.ts";
import { subgraph } from "../../../subgraphs/transactions/subgraph.ts";
import { type Graph, openGraph, type Row, transactionRow } from "./graph.ts";

export const manual = transactionRow("CCV_PAY", "unclear", {
  base_status: "MANUAL_INTERVENTION",
  status: "MANUAL_INTERVENTION",
});
export const foreign = transactionRow("CCV_PAY", "theirs", { merchant_id: "mer_c" });
export const replaced = transactionRow("CCV_PAY", "replaced", { superseded_by: "ccv_other" });

/** Sixty sales of two merchants and three families, seven to a second, so that pages end among equal times. */
export const sales: readonly (Row & { readonly id: string })[] = Array.from({ length: 60 }, (_, index) => {
  const families: readonly Family[] = ["CCV_PAY", "E_VOUCHER", "ACQUIRER"];
  const amount = 1000n + BigInt(index % 5);
  return transactionRow(families[index % 3] ?? "CCV_PAY", `sale ${index}`, {
    merchant_id: index % 4 === 0 ? "mer_b" : "mer_a",
    occurred_at: new Date(Date.UTC(2026, 0, 5, 8, 0, Math.floor(index / 7))),
    amount_minor: amount,
    captured_minor: amount,
  });
});

export async function openTransactionGraph(name: string): Promise<Graph> {
  const graph = await openGraph(name, [subgraph], {
    ann: { mer_a: "finance", mer_b: "finance" },
    vic: { mer_a: "viewer" },
    max: { mer_a: "adapter", mer_b: "viewer" },
    cem: { mer_c: "administrator" },
  });
  for (const row of [...sales, manual, foreign, replaced]) await graph.insert("transactions.transaction", row);
  return graph;
}
