import { doubleLossSql } from "../../shared/double-loss.ts";

/**
 * What of a transaction's money contradicts itself, one statement a type, over `subject`. Each answers rows of `found`;
 * its first parameter is the merchant, the second the day.
 */
export const CONTRADICTIONS: readonly string[] = [
  found({
    type: "'STATUS_CONFLICT'",
    amount: "s.amount_minor",
    explanation: `format('a person said that it was %s; the evidence says %s, which counts for the money',
      lower(m.outcome), lower(s.base_status))`,
    from: `subject s
      cross join lateral (
        select e.outcome from transactions.transaction_event e
        where e.merchant_id = s.merchant_id and e.transaction_id = s.id and e.source = 'USER' and e.outcome is not null
        order by e.sequence desc nulls last, e.occurred_at desc, e.id desc limit 1
      ) m
      where s.listed and s.ever_manual and s.status_rule < 5 and m.outcome <> s.base_status`,
  }),
  found({
    type: "'ORPHAN_' || s.type",
    amount: "s.amount_minor",
    explanation: `format('a %s of %s %s on %s goes back to %s', lower(s.type), ${decimal("s.amount_minor")}, s.currency,
      s.business_date, case when o.id is null
        then format('no sale we know%s', ' (reference ' || s.original_reference || ')')
        else format('a sale that is %s', lower(o.base_status)) end)`,
    from: `subject s
      left join lateral (
        select * from transactions.transaction o
        where o.merchant_id = s.merchant_id and o.family = s.family and o.id = s.original_id and o.superseded_by is null
        offset 0
      ) o on true
      where s.listed and s.type in ('REFUND', 'CHARGEBACK') and s.base_status = 'SUCCESS'
        and (o.id is null or o.base_status in ('FAILED', 'REFUSED', 'CANCELLED'))`,
  }),
  found({
    type: "'OVER_REFUND'",
    amount: "s.refunded_minor - s.captured_minor",
    explanation: `format('%s of %s %s were refunded: more than was taken', ${decimal("s.refunded_minor")},
      ${decimal("s.captured_minor")}, s.currency)`,
    from: "subject s where s.listed and s.type = 'SALE' and s.base_status = 'SUCCESS' and s.refund_state = 'OVER'",
  }),
  found({
    type: "'REFUND_AND_CHARGEBACK'",
    amount: doubleLossSql("s").amount,
    explanation: `format('of %s %s, %s were refunded and %s charged back: the shopper has money twice',
      ${decimal("s.captured_minor")}, s.currency, ${decimal("s.refunded_minor")}, ${decimal("s.charged_back_minor")})`,
    from: `subject s
      where s.listed and ${doubleLossSql("s").condition}`,
  }),
  /** The row is no money of ours yet, so what it is worth is not known; the file's currency is all that is. */
  `select 'IDENTITY_COLLISION', r.file_id || ' ' || r.line_number, coalesce(f.provider, 'unknown'), null, null, null, null,
     '{}'::text[], coalesce((select min(code) from jsonb_object_keys(f.totals) as t (code)), 'EUR'), 0,
     format('line %s of %s has an id that we have with other content; it is in quarantine', r.line_number, f.name)
   from reconciliation.source_record r
   join reconciliation.source_file f on f.merchant_id = r.merchant_id and f.id = r.file_id
   where r.merchant_id = $1 and r.code = 'IDENTITY_COLLISION'`,
];

/** Of an amount of the subject. */
function decimal(minor: string): string {
  return `concord.decimal_text(${minor}, s.currency)`;
}

type Found = { readonly type: string; readonly amount: string; readonly explanation: string; readonly from: string };

function found({ type, amount, explanation, from }: Found): string {
  return `
    select ${type}, s.id, s.provider, null, s.id, null, null, '{}'::text[], s.currency, ${amount}, ${explanation}
    from ${from}`;
}
