import type { SqlInvariant } from "./invariant.ts";

/** Unique indexes hold most of these; asked all the same, since an index can be dropped or broken and a restore can skip it. */
export const ONCE: readonly SqlInvariant[] = [
  {
    name: "I10",
    severity: "P0",
    sentence: "A share of a settlement line has one active claim at most, and so has each effect of a transaction.",
    sql: `
      select merchant_id || ' ' || line_id as key, count(*) || ' active claims of one line' as detail
      from reconciliation.claim where released_at is null group by merchant_id, line_id, share having count(*) > 1
      union all
      select merchant_id || ' ' || transaction_id, count(*) || ' active claims of one ' || lower(effect)
      from reconciliation.claim where released_at is null
      group by merchant_id, transaction_id, effect, part having count(*) > 1`,
  },
  {
    name: "I11",
    severity: "P0",
    sentence: "A merchant's file is kept once, whatever name it comes by.",
    sql: `
      select merchant_id || ' ' || sha256 as key, count(*) || ' files of the same bytes' as detail
      from reconciliation.source_file group by merchant_id, sha256 having count(*) > 1`,
  },
  {
    name: "I12",
    severity: "P0",
    sentence: "A provider's reference belongs to one transaction that counts.",
    sql: `
      select merchant_id || ' ' || provider || ' ' || psp_reference as key, count(*) || ' transactions' as detail
      from transactions.transaction
      where psp_reference is not null and superseded_by is null
      group by merchant_id, family, provider, psp_reference having count(*) > 1`,
  },
  {
    name: "I24",
    severity: "P0",
    sentence: "One row of a file, and one claim, has one effect on a transaction that counts.",
    sql: `
      select merchant_id || ' ' || transaction_id as key, format('%s events of line %s', count(*), line_number) as detail
      from transactions.transaction_event e
      where source = 'FILE' and not exists (
        select from transactions.transaction_event r
        where r.merchant_id = e.merchant_id and r.transaction_id = e.transaction_id and r.supersedes_id = e.id)
      group by merchant_id, transaction_id, file_id, line_number having count(*) > 1
      union all
      select merchant_id || ' ' || transaction_id, format('%s events of claim %s', count(*), claim_id)
      from transactions.transaction_event where source = 'RECONCILER' and supersedes_id is null
      group by merchant_id, transaction_id, claim_id having count(*) > 1`,
  },
  {
    name: "I27",
    severity: "P0",
    sentence: "Nothing is ordered twice at one time.",
    sql: `
      select merchant_id || ' ' || subject_id as key, count(*) || ' orders to ' || lower(kind) || ' wait' as detail
      from delivery.outbox where sent_at is null
      group by merchant_id, kind, subject_id having count(*) > 1`,
  },
  {
    name: "I32",
    severity: "P0",
    sentence: "An idempotency key began one run.",
    sql: `
      select merchant_id || ' ' || idempotency_key as key, count(*) || ' runs' as detail
      from reconciliation.run group by merchant_id, idempotency_key having count(*) > 1`,
  },
];
