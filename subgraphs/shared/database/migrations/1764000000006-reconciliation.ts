import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * Runs, claims and discrepancies. A claim says that a settlement line is the money of a transaction; the two partial
 * unique indexes, not any lock, are what makes it single: one active claim per line, and one per transaction, effect
 * and part.
 *
 * `refresh_statistics` analyses the tables that a bulk insert has made ten percent larger. Only an owner may, hence the
 * definer; without it the planner still believes a table empty that has just got a million rows, and picks an index by
 * merchant alone. A tenth of the usual sample shows that as well, at a tenth of the time: these tables are wide.
 */
export class Reconciliation1764000000006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reconciliation.run (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        idempotency_key text not null,
        mode text not null check (mode in ('DRY_RUN', 'COMMIT')),
        trigger text not null check (trigger in ('USER', 'FILE', 'SCHEDULE')),
        provider text,
        requested_by text not null,
        status text not null default 'QUEUED' check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
        problem text,
        rule_set_hash text,
        input_watermark bigint,
        lease_epoch int not null default 0,
        leased_until timestamptz(3),
        partitions_total int,
        partitions_done int not null default 0,
        lines_seen bigint not null default 0,
        lines_matched bigint not null default 0,
        lines_ambiguous bigint not null default 0,
        lines_mismatched bigint not null default 0,
        lines_promoted bigint not null default 0,
        matched_by_stage jsonb not null default '{}',
        requested_at timestamptz(3) not null default clock_timestamp(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        primary key (merchant_id, id),
        unique (merchant_id, idempotency_key)
      );
      create index run_requested on reconciliation.run (merchant_id, requested_at desc, id desc);
      create table reconciliation.run_partition (
        merchant_id text collate "C" not null,
        run_id text collate "C" not null,
        provider text not null,
        currency char(3) not null,
        finished_at timestamptz(3) not null default clock_timestamp(),
        counts jsonb not null,
        primary key (merchant_id, run_id, provider, currency)
      );
      create table reconciliation.claim (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        line_id text collate "C" not null,
        transaction_id text collate "C" not null,
        effect text not null,
        part smallint not null default 1,
        run_id text collate "C" not null,
        stage text not null,
        method text not null check (method in ('AUTO', 'MANUAL', 'FORCED')),
        rule_set_hash text not null,
        compared jsonb not null default '{}',
        made_at timestamptz(3) not null default clock_timestamp(),
        released_at timestamptz(3),
        released_because text,
        primary key (merchant_id, id)
      );
      create unique index claim_single_line on reconciliation.claim (merchant_id, line_id) where released_at is null;
      create unique index claim_single_effect on reconciliation.claim (merchant_id, transaction_id, effect, part)
        where released_at is null;
      create table reconciliation.discrepancy (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        type text not null,
        state text not null default 'OPEN' check (state in ('OPEN', 'RESOLVED')),
        provider text not null,
        line_id text collate "C",
        transaction_id text collate "C",
        candidates text[] not null default '{}',
        currency char(3) not null,
        amount_at_risk_minor bigint not null,
        explanation text not null,
        run_id text collate "C" not null,
        opened_at timestamptz(3) not null default clock_timestamp(),
        seen_at timestamptz(3) not null default clock_timestamp(),
        resolved_at timestamptz(3),
        resolution text,
        primary key (merchant_id, id)
      );
      create index discrepancy_transaction on reconciliation.discrepancy (merchant_id, transaction_id);
      create index discrepancy_line on reconciliation.discrepancy (merchant_id, line_id);
      ${["run", "run_partition", "claim", "discrepancy"].map((name) => secured(`reconciliation.${name}`)).join("")}
      create policy sweeping on reconciliation.run for select to concord_worker using (true);
      grant insert on reconciliation.run to concord_app;
      grant insert, update on reconciliation.run, reconciliation.run_partition, reconciliation.claim,
        reconciliation.discrepancy to concord_worker;
      create function concord.refresh_statistics(added bigint) returns void
        language plpgsql security definer set search_path = pg_catalog set default_statistics_target = 10 as $$
        declare grown regclass;
        begin
          for grown in
            select c.oid from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and c.reltuples < added * 10 and (n.nspname, c.relname) in (
              ('ccv_pay', 'transaction'), ('e_vouchers', 'transaction'), ('acquirers', 'transaction'),
              ('transactions', 'transaction_event'), ('reconciliation', 'settlement_line'), ('reconciliation', 'claim'))
          loop
            execute format('analyze %s', grown);
          end loop;
        end $$;
      revoke all on function concord.refresh_statistics(bigint) from public;
      grant execute on function concord.refresh_statistics(bigint) to concord_worker;
      create view acquirers.settled_fee with (security_invoker = true) as
        select c.merchant_id, c.transaction_id, l.currency, l.interchange_minor, l.scheme_fee_minor, l.markup_minor
        from reconciliation.claim c
        join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
        where c.released_at is null and c.effect <> 'REFUND_REVERSAL';
      create view e_vouchers.settled_commission with (security_invoker = true) as
        select c.merchant_id, c.transaction_id, l.currency, l.commission_minor
        from reconciliation.claim c
        join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
        where c.released_at is null;
      create view ccv_pay.settled_payout with (security_invoker = true) as
        select c.merchant_id, c.transaction_id, p.reference as payout_reference
        from reconciliation.claim c
        join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
        join reconciliation.payout p on p.merchant_id = l.merchant_id and p.id = l.payout_id
        where c.released_at is null;
      grant select on acquirers.settled_fee, e_vouchers.settled_commission, ccv_pay.settled_payout
        to concord_app, concord_check;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop function concord.refresh_statistics(bigint);
      drop view ccv_pay.settled_payout, e_vouchers.settled_commission, acquirers.settled_fee;
      drop table reconciliation.discrepancy, reconciliation.claim, reconciliation.run_partition, reconciliation.run;
    `);
  }
}
