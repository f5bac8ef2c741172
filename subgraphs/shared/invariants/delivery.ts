import type { SqlInvariant } from "./invariant.ts";

/** Longer than any retry, sweep or lease takes when all is well. */
const STUCK = "interval '10 minutes'";

/** Orders that were sent are forgotten a day later than this. */
const REMEMBERED = "interval '6 days'";

export const DELIVERY: readonly SqlInvariant[] = [
  {
    name: "I26",
    severity: "P0",
    sentence: "Whatever waits to be carried out was ordered in the transaction that began it.",
    sql: `
      select w.merchant_id || ' ' || w.id as key, 'nothing ever ordered to ' || lower(w.kind) as detail
      from (
        select merchant_id, id, 'RECONCILE' as kind from reconciliation.run where status in ('QUEUED', 'RUNNING')
          and requested_at > now() - ${REMEMBERED}
        union all
        select merchant_id, id, 'IMPORT_FILE' from reconciliation.source_file where status in ('RECEIVED', 'PARSING')
          and received_at > now() - ${REMEMBERED}
        union all
        select merchant_id, id, 'RUN_TRIAL' from reconciliation.trial where status = 'QUEUED'
          and requested_at > now() - ${REMEMBERED}
        union all
        select merchant_id, id, 'PROCESS_WEBHOOK' from delivery.webhook where status = 'RECEIVED'
          and received_at > now() - ${REMEMBERED}
      ) w
      where not exists (
        select from delivery.outbox o
        where o.merchant_id = w.merchant_id and o.kind = w.kind and o.subject_id = w.id)`,
  },
  {
    name: "I28",
    severity: "P1",
    sentence: "No order waits in the outbox for longer than ten minutes.",
    sql: `
      select merchant_id || ' ' || id as key, format('%s of %s waits since %s', lower(kind), subject_id, created_at) as detail
      from delivery.outbox where sent_at is null and created_at < now() - ${STUCK}`,
  },
  {
    name: "I29",
    severity: "P1",
    sentence:
      "No run or trial that nobody works on is open, and no scheduled run is owed, for longer than ten minutes.",
    sql: `
      select merchant_id || ' ' || id as key, lower(status) || ' since ' || coalesce(started_at, requested_at) as detail
      from reconciliation.run
      where status in ('QUEUED', 'RUNNING') and coalesce(leased_until, started_at, requested_at) < now() - ${STUCK}
      union all
      select merchant_id || ' ' || id, 'a trial, ' || lower(status) || ' since ' || requested_at from reconciliation.trial
      where status in ('QUEUED', 'RUNNING') and coalesce(leased_until, started_at, requested_at) < now() - ${STUCK}
      union all
      select merchant_id || ' ' || id, 'due since ' || next_due from reconciliation.schedule
      where enabled and next_due < now() - ${STUCK}`,
  },
  {
    name: "I30",
    severity: "P0",
    sentence: "A finished run's figures add up, and are those of its partitions.",
    sql: `
      select r.merchant_id || ' ' || r.id as key,
        format('%s seen; %s matched, %s inferred, %s ambiguous, %s mismatched; stages say %s, partitions %s',
          r.lines_seen, r.lines_matched, r.lines_promoted, r.lines_ambiguous, r.lines_mismatched, s.lines, p.lines) as detail
      from reconciliation.run r
      cross join lateral (
        select coalesce(sum(value::bigint), 0) as lines from jsonb_each_text(r.matched_by_stage)) s
      cross join lateral (
        select coalesce(sum((counts ->> 'matched')::bigint + (counts ->> 'inferred')::bigint), 0) as lines, count(*) as done
        from reconciliation.run_partition where merchant_id = r.merchant_id and run_id = r.id) p
      where r.status in ('SUCCEEDED', 'PARTIAL', 'CANCELLED') and (
        r.lines_seen < r.lines_matched + r.lines_promoted + r.lines_ambiguous + r.lines_mismatched
        or r.lines_matched + r.lines_promoted <> s.lines
        or r.mode = 'COMMIT' and (r.lines_matched + r.lines_promoted <> p.lines or r.partitions_done <> p.done)
        or r.mode = 'DRY_RUN' and p.done > 0)`,
  },
  {
    name: "I31",
    severity: "P1",
    sentence: "No file and no webhook that nobody works on is open for longer than ten minutes.",
    sql: `
      select merchant_id || ' ' || id as key, lower(status) || ' since ' || received_at as detail
      from reconciliation.source_file
      where status in ('RECEIVED', 'PARSING') and coalesce(leased_until, received_at) < now() - ${STUCK}
      union all
      select merchant_id || ' ' || id, provider || ' webhook due since ' || due_at
      from delivery.webhook where status = 'RECEIVED' and greatest(due_at, leased_until) < now() - ${STUCK}`,
  },
];
