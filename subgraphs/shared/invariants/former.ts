import type { SqlInvariant } from "./invariant.ts";

export const FORMER: readonly SqlInvariant[] = [
  {
    name: "FORMER",
    severity: "P0",
    sentence:
      "What is kept of how a transaction stood before leads to how it stands, without a hole and without overlapping.",
    sql: `
      select f.merchant_id || ' ' || f.id as key,
        case when t.id is null then 'kept of a transaction that is not there'
          when f.until <= f.changed_at then 'stood for no time'
          else format('stood until %s, the next since %s', f.until, f.next_since) end as detail
      from (
        select merchant_id, family, id, changed_at, until,
          lead(changed_at) over (partition by merchant_id, family, id order by until) as next_since
        from transactions.former
      ) f
      left join transactions.transaction t on t.merchant_id = f.merchant_id and t.family = f.family and t.id = f.id
      where t.id is null or f.until <= f.changed_at or f.until <> coalesce(f.next_since, t.changed_at)`,
  },
];
