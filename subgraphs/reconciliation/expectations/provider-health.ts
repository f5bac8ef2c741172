import { DELAY_STEPS, type DelayStep, USUAL_DELAYS, usualDelay } from "./delays.ts";

type DelaySource = "CONFIGURED" | "LEARNT" | "DEFAULT";

/** What one provider owes one merchant; amounts of one currency each, positive. */
export type ProviderHealthRow = {
  readonly merchant_id: string;
  readonly provider: string;
  /** The last day that its settlements are about, and when the last of its files came. */
  readonly settled_until: string | null;
  readonly last_received_at: Date | null;
  readonly delays: readonly { readonly step: DelayStep; readonly days: number; readonly source: DelaySource }[];
  readonly open: readonly OpenOfProvider[];
};

/** `oldest_at` is an instant in ISO 8601. */
export type OpenOfProvider = {
  readonly type: string;
  readonly currency: string;
  readonly count: number;
  readonly amount_minor: string;
  readonly oldest_at: string;
};

const DELAYS = DELAY_STEPS.map(
  (step) => `(select jsonb_build_object('step', '${step}', 'days', u.business_days, 'source', u.source)
      from ${usualDelay(step, { provider: "p.provider", account: "''" })})`,
);

/** By provider, of one merchant, which is the parameter: the usual delays, the last file and what is open. */
export const PROVIDER_HEALTH = `
  with usual as (${USUAL_DELAYS}
  ), settled as (
    select provider, max(booking_date) as until from reconciliation.settlement_batch where merchant_id = $1 group by 1
  ), received as (
    select provider, max(received_at) as at from reconciliation.file_account where merchant_id = $1 group by 1
  ), open as (
    select provider, type, currency, count(*) as count, sum(abs(amount_at_risk_minor))::text as amount_minor,
      min(opened_at) as oldest_at
    from reconciliation.discrepancy where merchant_id = $1 and state <> 'RESOLVED' group by 1, 2, 3
  ), p as (
    select provider from settled
    union select provider from open
    union select provider from accounts.provider_account where merchant_id = $1 and provider <> 'bank'
  )
  select $1 as merchant_id, p.provider, s.until as settled_until, r.at as last_received_at,
    jsonb_build_array(${DELAYS.join(", ")}) as delays,
    coalesce((select jsonb_agg(jsonb_build_object('type', o.type, 'currency', o.currency, 'count', o.count,
        'amount_minor', o.amount_minor, 'oldest_at', o.oldest_at) order by o.type, o.currency)
      from open o where o.provider = p.provider), '[]') as open
  from p
  left join settled s on s.provider = p.provider
  left join received r on r.provider = p.provider
  order by p.provider`;
