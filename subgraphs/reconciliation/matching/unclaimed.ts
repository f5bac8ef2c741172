/**
 * A condition on a transaction `t` and an effect: no active claim of that effect is its own. Its row says whether it has
 * one; only what was settled and taken back, a refund, has two effects, so that its claims have to be asked: each by its
 * key, so that neither their number nor an estimate of it counts.
 */
export function isUnclaimed(effect: string): string {
  return `(t.settlement_state = 'UNSETTLED' or t.type = 'REFUND' and (
      select true from reconciliation.claim c
      where c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.effect = ${effect}
        and c.released_at is null limit 1) is null)`;
}
