import { PLATFORM } from "../database/scope.ts";
import type { SqlInvariant } from "./invariant.ts";

/** Tables whose rows are some merchant's own; the rest may also be the platform's. */
const OF_A_MERCHANT = [
  "accounts.location",
  "accounts.terminal",
  "accounts.provider_account",
  "accounts.support_access",
  "accounts.user_group",
  "accounts.machine",
  "accounts.machine_key",
  "accounts.invitation",
  "transactions.export",
  "transactions.report",
  "transactions.saved_view",
  "transactions.saved_view_change",
  "transactions.transaction",
  "transactions.former",
  "transactions.transaction_event",
  "transactions.alias",
  "transactions.provider_seen",
  "transactions.assignment",
  "transactions.waiting",
  "transactions.disputed",
  "transactions.dispute_notice",
  "transactions.hour_sum",
  "transactions.stale_hour",
  "transactions.closing",
  "transactions.closing_item",
  "transactions.closing_document",
  "ccv_pay.detail",
  "e_vouchers.detail",
  "acquirers.detail",
  "reconciliation.settlement_batch",
  "reconciliation.payout",
  "reconciliation.settlement_line",
  "reconciliation.claim",
  "reconciliation.match",
  "reconciliation.rejected_pair",
  "reconciliation.decision",
  "reconciliation.discrepancy",
  "reconciliation.discrepancy_comment",
  "reconciliation.bank_entry",
  "reconciliation.payout_credit",
  "reconciliation.file_account",
  "reconciliation.usual_delay",
  "reconciliation.delay_observation",
  "reconciliation.severity_threshold",
  "reconciliation.fee_contract",
  "delivery.webhook_endpoint",
  "delivery.notice",
  "delivery.webhook_change",
];

const OF_THE_PLATFORM_TOO = [
  "accounts.membership",
  "accounts.account_change",
  "reconciliation.source_file",
  "reconciliation.source_record",
  "reconciliation.run",
  "reconciliation.run_partition",
  "reconciliation.assessment",
  "reconciliation.run_cancellation",
  "reconciliation.rule_set",
  "reconciliation.rule_activation",
  "reconciliation.schedule",
  "reconciliation.trial",
  "delivery.outbox",
  "delivery.webhook",
  "delivery.audit_entry",
];

/** Seen by who is limited to some locations as by everybody: a name and a time zone, which each location shows. */
const SEEN_WHOLE = ["accounts.merchant"];

function strangers(table: string, allowed: string): string {
  return `
    select '${table} ' || coalesce(merchant_id, 'null') as key, count(*) || ' rows of a merchant that is not registered' as detail
    from ${table} r
    where not exists (select from accounts.merchant m where m.merchant_id = r.merchant_id) ${allowed}
    group by merchant_id`;
}

const SCHEMAS =
  "('concord', 'accounts', 'transactions', 'ccv_pay', 'e_vouchers', 'acquirers', 'reconciliation', 'delivery')";

export const TENANCY: readonly SqlInvariant[] = [
  {
    name: "I01",
    severity: "P0",
    sentence:
      "Every row belongs to a registered merchant; only files, runs, rules, orders, audit and changes of accounts may be the platform's.",
    sql: [
      ...OF_A_MERCHANT.map((table) => strangers(table, "")),
      ...OF_THE_PLATFORM_TOO.map((table) => strangers(table, `and merchant_id is distinct from '${PLATFORM}'`)),
    ].join(" union all "),
  },
  {
    name: "I02",
    severity: "P0",
    sentence: "A claim joins a line and a transaction of its own merchant.",
    sql: `
      select c.merchant_id || ' ' || c.id as key, 'line ' || c.line_id || ' is of merchant ' || l.merchant_id as detail
      from reconciliation.claim c
      join reconciliation.settlement_line l on l.id = c.line_id and l.merchant_id <> c.merchant_id
      where not exists (
        select from reconciliation.settlement_line own where own.merchant_id = c.merchant_id and own.id = c.line_id)
      union all
      select c.merchant_id || ' ' || c.id, 'transaction ' || t.id || ' is of merchant ' || t.merchant_id
      from reconciliation.claim c
      join transactions.transaction t on t.id = c.transaction_id and t.merchant_id <> c.merchant_id
      where not exists (
        select from transactions.transaction own
        where own.merchant_id = c.merchant_id and own.id = c.transaction_id)`,
  },
  {
    name: "I43",
    severity: "P1",
    sentence:
      "A transaction is where its terminal was: at the terminal's location, or with a terminal that was linked then.",
    sql: `
      select t.merchant_id || ' ' || t.id as key, 'stands at ' || coalesce(t.location_id, 'no location') || ', its terminal '
        || l.tid || ' at ' || l.location_id as detail
      from transactions.transaction t
      join accounts.terminal l on l.merchant_id = t.merchant_id and (
        l.id = t.terminal_id and l.location_id is distinct from t.location_id
        or t.terminal_id is null and l.tid = t.tid
          and t.occurred_at >= l.valid_from and (l.valid_to is null or t.occurred_at < l.valid_to))`,
  },
  {
    name: "I37",
    severity: "P0",
    sentence: "A grant is at a registered merchant, and a provider's machine is granted nothing but to send files.",
    sql: `
      select g.merchant_id || ' ' || g.user_id as key,
        case when g.provider is null then 'the merchant is not registered' else g.role || ' for the machine of ' || g.provider end
          as detail
      from accounts.membership g
      where g.provider is not null and g.role <> 'adapter'
        or g.merchant_id <> '${PLATFORM}'
          and not exists (select from accounts.merchant m where m.merchant_id = g.merchant_id)`,
  },
  {
    name: "I38",
    severity: "P0",
    sentence: "Every table with a merchant, partitions included, is under forced row level security with a policy.",
    sql: `
      select n.nspname || '.' || c.relname as key,
        case when not c.relrowsecurity then 'row level security is off'
          when not c.relforcerowsecurity then 'row level security does not hold for the owner'
          else 'no policy names the application' end as detail
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p')
        and exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merchant_id' and not a.attisdropped)
        and not (c.relrowsecurity and c.relforcerowsecurity and exists (
          select from pg_policy p join pg_roles r on r.oid = any (p.polroles)
          where p.polrelid = c.oid and r.rolname = 'concord_app'))`,
  },
  {
    name: "I39",
    severity: "P0",
    sentence: "The roles that requests, jobs and checks act in cannot pass row level security by.",
    sql: `
      select r.rolname as key, 'is a superuser, passes security by, makes roles or owns a table' as detail
      from pg_roles r
      where r.rolname in ('concord_app', 'concord_worker', 'concord_check')
        and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or exists (
          select from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ${SCHEMAS} and pg_has_role(r.oid, c.relowner, 'member')))`,
  },
  {
    name: "I40",
    severity: "P0",
    sentence: "No view and no function of ours shows rows by its owner's rights.",
    sql: `
      select n.nspname || '.' || c.relname as key, 'the view runs by the rights of its owner' as detail
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${SCHEMAS}
        and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on'])
      union all
      select n.nspname || '.' || p.proname, 'the function runs by the rights of its owner'
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ${SCHEMAS} and p.prosecdef and p.prorettype <> 'void'::regtype`,
  },
  {
    name: "I41",
    severity: "P0",
    sentence:
      "Every table with a merchant, partitions included, tells what of it a person limited to some locations sees.",
    sql: `
      select n.nspname || '.' || c.relname as key, 'no policy location_scope that takes away' as detail
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p')
        and n.nspname || '.' || c.relname <> all (array[${SEEN_WHOLE.map((table) => `'${table}'`).join(", ")}])
        and exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merchant_id' and not a.attisdropped)
        and not exists (
          select from pg_policy p join pg_roles r on r.oid = any (p.polroles)
          where p.polrelid = c.oid and p.polname = 'location_scope' and not p.polpermissive
            and p.polcmd = '*' and r.rolname = 'concord_app')`,
  },
];
