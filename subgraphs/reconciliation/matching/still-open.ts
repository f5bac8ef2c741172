/** Kinds of line that are about one transaction, with the type it must have; the effect is what a claim is single in. */
export const KINDS = `(values
  ('SALE', 'SALE', 'SALE'), ('CAPTURE', 'SALE', 'SALE'), ('REFUND', 'REFUND', 'REFUND'), ('CREDIT', 'CREDIT', 'CREDIT'),
  ('CHARGEBACK', 'CHARGEBACK', 'CHARGEBACK'), ('SECOND_CHARGEBACK', 'CHARGEBACK', 'CHARGEBACK'),
  ('CHARGEBACK_REVERSAL', 'CHARGEBACK_REVERSAL', 'CHARGEBACK_REVERSAL'),
  ('REFUND_REVERSAL', 'REFUND', 'REFUND_REVERSAL')
) as k (kind, type, effect)`;

/**
 * A condition on a line and its active claim `c`: by a transaction that was only inferred from it. Once that has been
 * reported itself, its line is settled for good.
 */
export const onlyInferred = (line: string) => `c.stage = 'SETTLEMENT_ONLY' and exists (
      select from transactions.transaction i
      where i.merchant_id = c.merchant_id and i.family = ${line}.family and i.id = c.transaction_id and i.provisional)`;

/** A condition on a line `l` and its active claim `c`, which is null where it has none. */
export const STILL_OPEN = `(c.id is null or ${onlyInferred("l")})`;
