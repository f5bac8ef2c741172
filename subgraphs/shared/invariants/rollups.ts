import { SUMMED, SUMMED_BY, sumsByHour } from "../rollups/hour-facts.ts";
import type { SqlInvariant } from "./invariant.ts";

const COLUMNS = ["merchant_id", "hour", ...SUMMED_BY, "count", ...SUMMED].join(", ");
const IS_STALE = (sums: string) =>
  `exists (select from transactions.stale_hour s where s.merchant_id = ${sums}.merchant_id and s.hour = ${sums}.hour)`;

export const ROLLUPS: readonly SqlInvariant[] = [
  {
    name: "I42",
    severity: "P0",
    sentence: "The sums of an hour are those of its transactions, or the hour is marked as stale.",
    sql: `
      with kept as (select ${COLUMNS} from transactions.hour_sum k where not ${IS_STALE("k")}),
      rows as (select ${COLUMNS} from (${sumsByHour("transactions.transaction t")}) r where not ${IS_STALE("r")})
      select merchant_id || ' ' || hour as key, format('%s kept: %s %s %s %s, count %s', what, provider, payment_method,
        type, status, count) as detail
      from (
        (select 'wrongly' as what, k.* from (table kept except all table rows) k)
        union all (select 'not' as what, r.* from (table rows except all table kept) r)
      ) d`,
  },
];
