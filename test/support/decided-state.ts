import type { Ledger } from "./ledger.ts";

const DECIDED = [
  `select id, type, status, settlement_state, reconciliation_state, settled_net_minor, refunded_minor, charged_back_minor, superseded_by
   from transactions.transaction where merchant_id = $1 order by id`,
  `select line_id, transaction_id, effect, part, stage from reconciliation.claim
   where merchant_id = $1 and released_at is null order by 1, 2, 3, 4`,
  `select id, state, type from reconciliation.discrepancy where merchant_id = $1 order by 1`,
];

/** All that runs and people decided of a merchant's money: the same after a run that finds nothing new. */
export const decidedState = (ledger: Ledger, merchantId: string) =>
  Promise.all(DECIDED.map((query) => ledger.rows(query, [merchantId])));
