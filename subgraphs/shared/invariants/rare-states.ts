import type { SqlInvariant } from "./invariant.ts";

const differing = (table: string, isRare: string) => `
      select coalesce(t.merchant_id, q.merchant_id) || ' ' || coalesce(t.id, q.id) as key,
        '${table} ' || case when q.id is null then 'misses it' when t.id is null then 'has it without reason'
          else 'has it at another place' end as detail
      from (select * from transactions.transaction where ${isRare} and superseded_by is null) t
      full join transactions.${table} q on q.merchant_id = t.merchant_id and q.family = t.family and q.id = t.id
      where t.id is null or q.id is null or q.location_id is distinct from t.location_id`;

export const RARE_STATES: readonly SqlInvariant[] = [
  {
    name: "RARE_STATES",
    severity: "P0",
    sentence: "Beside the transactions stand exactly those that wait for a person, and those that are disputed.",
    sql: `${differing("waiting", "base_status = 'MANUAL_INTERVENTION'")}
      union all ${differing("disputed", "dispute_state <> 'NONE'")}
      union all
      select t.merchant_id || ' ' || t.id, 'the queue has another amount or time'
      from transactions.waiting q
      join transactions.transaction t on t.merchant_id = q.merchant_id and t.family = q.family and t.id = q.id
      where (q.amount_minor, q.currency, q.provider, q.occurred_at)
        is distinct from (t.amount_minor, t.currency, t.provider, t.occurred_at)
      union all
      select q.merchant_id || ' ' || q.id, 'it is to be answered until another time'
      from transactions.disputed q
      join transactions.transaction t on t.merchant_id = q.merchant_id and t.family = q.family and t.id = q.id
      left join transactions.dispute n
        on n.merchant_id = q.merchant_id and n.family = q.family and n.transaction_id = q.id
      group by q.merchant_id, q.family, q.id, q.respond_by
      having q.respond_by
        is distinct from min(n.respond_by) filter (where n.stage = 'OPEN' and t.dispute_state <> 'WON')`,
  },
];
