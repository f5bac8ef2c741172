import { activateRuleSet, addRuleSet, rulesOfText } from "../../subgraphs/reconciliation/rule-sets/change-rules.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import type { Ledger, Shop } from "./ledger.ts";

/** Puts the built-in rules in force at a shop, with this tolerance. */
export async function tolerate(
  ledger: Ledger,
  shop: Shop,
  tolerance: { readonly minor: number; readonly basisPoints: number },
): Promise<void> {
  const [row] = await ledger.rows<{ content: string }>(
    "select content from reconciliation.rule_set where merchant_id = 'platform'",
  );
  const rules = { ...rulesOfText(row?.content ?? ""), tolerance };
  const change = { merchantId: shop.id, actorId: "ann" };
  await inScope(ledger.services.database, { merchants: [shop.id], user: "ann" }, async (transaction) => {
    const hash = await addRuleSet(transaction, change, { rules, note: "Tolerate" });
    await activateRuleSet(transaction, change, { hash, activeFrom: null });
  });
}
