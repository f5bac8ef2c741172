import type { MigrationInterface, QueryRunner } from "typeorm";
import { bankHolidays } from "./bank-holidays.ts";
import { secured } from "./row-security.ts";

const SECURED = ["usual_delay", "delay_observation", "assessment", "severity_threshold", "fee_contract"];

/**
 * What should have come by now: how long each provider takes, how far a merchant's money was looked through, and what a
 * discrepancy is worth a person's time. `concord.business_days` counts the bank days from the start of 2000 up to a day,
 * so that the days between two dates are a difference and no row of a calendar is read.
 *
 * A BRIN index finds what was recorded since an hour; events are only ever added, so it is exact and costs an import
 * nothing. What is open is found by a partial index: what was ever resolved costs nothing.
 */
export class Expectations1764000000070 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function concord.business_days(day date) returns int language sql immutable parallel safe as $$
        select (day - date '2000-01-03') / 7 * 5 + least((day - date '2000-01-03') % 7 + 1, 5)
          - width_bucket(day, '{${bankHolidays(2000, 2099).join(",")}}'::date[])
      $$;
      create function concord.business_day_after(day date, days int) returns date
        language sql immutable parallel safe as $$
        select min(d::date) from generate_series(day, day + days * 2 + 14, interval '1 day') d
        where concord.business_days(d::date) >= concord.business_days(day) + days
      $$;
      grant execute on function concord.business_days(date), concord.business_day_after(date, int)
        to concord_app, concord_worker, concord_check;

      create table reconciliation.usual_delay (
        merchant_id text collate "C" not null,
        provider text not null,
        account text not null,
        step text not null check (step in ('SETTLEMENT', 'PAYOUT', 'BANK')),
        source text not null check (source in ('CONFIGURED', 'LEARNT')),
        business_days int not null check (business_days between 0 and 366),
        observations bigint,
        set_by text not null,
        set_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, provider, account, step, source),
        check ((source = 'LEARNT') = (observations is not null))
      );
      create table reconciliation.delay_observation (
        merchant_id text collate "C" not null,
        provider text not null,
        account text not null,
        month date not null,
        business_days int not null,
        observed bigint not null,
        primary key (merchant_id, provider, account, month, business_days)
      );
      create table reconciliation.assessment (
        merchant_id text collate "C" not null primary key,
        as_of date not null,
        expecting text[] not null,
        open_from timestamptz(3),
        assessed_at timestamptz(3) not null default clock_timestamp()
      );
      create table reconciliation.severity_threshold (
        merchant_id text collate "C" not null,
        currency char(3) not null,
        medium_minor bigint not null,
        high_minor bigint not null,
        critical_minor bigint not null,
        set_by text not null,
        set_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, currency),
        check (0 < medium_minor and medium_minor <= high_minor and high_minor <= critical_minor)
      );
      create table reconciliation.fee_contract (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        provider text not null,
        account text not null,
        version int not null,
        valid_from date not null,
        valid_to date,
        currency char(3) not null,
        content jsonb not null,
        loaded_by text not null,
        loaded_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, id),
        unique (merchant_id, provider, account, version),
        check (valid_to >= valid_from)
      );
      ${SECURED.map((name) => secured(`reconciliation.${name}`)).join("")}
      create policy sweeping on reconciliation.assessment for select to concord_worker using (true);
      grant insert, update, delete on reconciliation.usual_delay to concord_worker;
      grant insert, update on reconciliation.usual_delay, reconciliation.severity_threshold to concord_app;
      grant insert, update on reconciliation.delay_observation, reconciliation.assessment to concord_worker;
      grant insert on reconciliation.fee_contract to concord_app, concord_worker;

      alter table reconciliation.discrepancy
        add column payout_id text collate "C",
        add column batch_id text collate "C",
        add column runner_up text collate "C",
        add column margin int,
        add column severity smallint not null default 2 check (severity between 1 and 4),
        add column sla_due_at timestamptz(3);
      create index discrepancy_open on reconciliation.discrepancy (merchant_id, type) where state <> 'RESOLVED';
      create index discrepancy_resolved on reconciliation.discrepancy (merchant_id, resolved_at)
        where resolved_at is not null;
      create index discrepancy_opened on reconciliation.discrepancy (merchant_id, opened_at, id);
      create index discrepancy_amount on reconciliation.discrepancy (merchant_id, amount_at_risk_minor, id);
      create index discrepancy_severity on reconciliation.discrepancy (merchant_id, severity, id);
      create index transaction_event_recorded on transactions.transaction_event using brin (recorded_at)
        with (autosummarize = on);
      create index source_record_collision on reconciliation.source_record (merchant_id, file_id)
        where code = 'IDENTITY_COLLISION';
      create index settlement_batch_booked on reconciliation.settlement_batch (merchant_id, booking_date);
      create index settlement_batch_payout on reconciliation.settlement_batch (merchant_id, payout_id)
        where payout_id is not null;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index reconciliation.settlement_batch_payout, reconciliation.settlement_batch_booked, reconciliation.source_record_collision,
        transactions.transaction_event_recorded, reconciliation.discrepancy_severity,
        reconciliation.discrepancy_amount, reconciliation.discrepancy_opened, reconciliation.discrepancy_resolved,
        reconciliation.discrepancy_open;
      alter table reconciliation.discrepancy
        drop column sla_due_at, drop column severity, drop column margin, drop column runner_up, drop column batch_id,
        drop column payout_id;
      drop table ${SECURED.map((name) => `reconciliation.${name}`).join(", ")};
      drop function concord.business_day_after(date, int);
      drop function concord.business_days(date);
    `);
  }
}
