import type { MigrationInterface, QueryRunner } from "typeorm";
import { located } from "./location-security.ts";
import { secured } from "./row-security.ts";

/**
 * Exports that are made by themselves. A report is of who set it, is seen by nobody else and covers what they could see
 * when they set it. An export of a report has a delivery, which is tried until it succeeds or was tried often enough.
 */
export class Reports1764000000182 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.report (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        merchants text[] not null,
        limits jsonb not null default '{}',
        name text not null,
        request jsonb not null,
        period text not null,
        cron text not null,
        target text not null check (target in ('FOLDER', 'WEBHOOK')),
        url text,
        secret text,
        enabled boolean not null,
        next_due timestamptz(3),
        last_due timestamptz(3),
        last_export_id text collate "C",
        set_by text not null,
        set_name text not null,
        set_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, id),
        check (merchant_id = any (merchants)),
        check (enabled = (next_due is not null)),
        check ((target = 'WEBHOOK') = (url is not null and secret is not null))
      );
      create index report_due on transactions.report (next_due) where enabled;
      ${secured("transactions.report")}
      ${located("transactions.report", "true")}
      create policy own_report on transactions.report as restrictive to concord_app
        using (set_by = (select concord.acting_user()) and merchants <@ (select concord.merchants())
          and concord.covers(merchants, limits));
      create policy sweeping on transactions.report for select to concord_worker using (true);
      grant insert, update on transactions.report to concord_app;
      grant update on transactions.report to concord_worker;
      grant insert on transactions.export to concord_worker;
      alter table transactions.export
        add column report_id text collate "C",
        add column delivery text check (delivery in ('PENDING', 'DELIVERED', 'FAILED')),
        add column delivery_problem text,
        add column deliveries int not null default 0,
        add column deliver_at timestamptz(3),
        add check ((report_id is null) = (delivery is null));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table transactions.export drop column report_id, drop column delivery, drop column delivery_problem,
        drop column deliveries, drop column deliver_at;
      revoke insert on transactions.export from concord_worker;
      drop table transactions.report;
    `);
  }
}
