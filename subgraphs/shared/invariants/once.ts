import type { SqlInvariant } from "./invariant.ts";

/** Unique indexes hold most of these; asked all the same, since an index can be dropped or broken and a restore can skip it. */
export const ONCE: readonly SqlInvariant[] = [
  {
    name: "I10",
    severity: "P0",
    sentence: "A settlement line has one active claim at most, and so has each effect of a transaction.",
    sql: `
      select merchant_id || ' ' || line_id as key, count(*) || ' active claims of one line' as detail
      from reconciliation.claim where released_at is null group by merchant_id, line_id having count(*) > 1
      union all
      select merchant_id || ' ' || transaction_id, count(*) || ' active claims of one ' || lower(effect)
      from reconciliation.claim where released_at is null
      group by merchant_id, transaction_id, effect, part having count(*) > 1`,
  },
];
