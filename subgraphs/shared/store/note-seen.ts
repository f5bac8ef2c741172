/**
 * SQL that notes in `provider_seen` what the rows of `from`, known as `s`, show: that there are payments of a provider at
 * a location, from when to when. `noticed` is when the provider told of them by itself, or null where a file does. Rows
 * are taken in order, and under `lockMerchants`.
 */
export function noteSeen({ merchant, from, noticed }: Seen): string {
  return `
    insert into transactions.provider_seen as p (merchant_id, provider, location_id, family, first_at, last_at, noticed_at)
    select ${merchant}, s.provider, coalesce(s.location_id, ''), s.family, min(s.occurred_at), max(s.occurred_at), ${noticed}
    from ${from} group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (merchant_id, provider, location_id, family) do update set
      first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at),
      noticed_at = greatest(p.noticed_at, excluded.noticed_at)
    where excluded.first_at < p.first_at or excluded.last_at > p.last_at or excluded.noticed_at is not null`;
}

type Seen = { readonly merchant: string; readonly from: string; readonly noticed: string };
