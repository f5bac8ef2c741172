import type { MigrationInterface, QueryRunner } from "typeorm";
import { located } from "./location-security.ts";
import { secured } from "./row-security.ts";

/**
 * Files that people ask for. An export covers what its requester could see when it was asked for: several merchants
 * perhaps, and of some of them a few locations. It stands with the first of them, and the database shows it to nobody
 * but who asked for it, and to them only for as long as they see all that is in it.
 */
export class Exports1764000000180 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.export (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        merchants text[] not null,
        limits jsonb not null default '{}',
        request jsonb not null,
        request_hash text not null,
        idempotency_key text not null,
        requested_by text not null,
        requested_name text not null,
        requested_at timestamptz(3) not null default clock_timestamp(),
        status text not null default 'QUEUED'
          check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED')),
        problem text,
        rows_total bigint,
        rows_done bigint not null default 0,
        totals jsonb not null default '[]',
        sha256 char(64),
        size_bytes bigint,
        lease_epoch int not null default 0,
        leased_until timestamptz(3),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        expires_at timestamptz(3),
        primary key (merchant_id, id),
        unique (merchant_id, requested_by, idempotency_key),
        check (merchant_id = any (merchants)),
        check ((status in ('SUCCEEDED', 'EXPIRED')) = (sha256 is not null))
      );
      create index export_requested on transactions.export (merchant_id, requested_at desc, id desc);
      create function concord.covers(of_merchants text[], of_limits jsonb) returns boolean
        language sql stable parallel safe as $$
          select not exists (
            select from jsonb_each(coalesce(concord.limits(), '{}')) l (merchant, locations)
            where l.merchant = any (of_merchants) and not coalesce(l.locations @> (of_limits -> l.merchant), false))
        $$;
      ${secured("transactions.export")}
      ${located("transactions.export", "true")}
      create policy own_export on transactions.export as restrictive to concord_app
        using (requested_by = (select concord.acting_user()) and merchants <@ (select concord.merchants())
          and concord.covers(merchants, limits));
      create policy sweeping on transactions.export for select to concord_worker using (true);
      grant insert, update on transactions.export to concord_app;
      grant update on transactions.export to concord_worker;
      ${widened("delivery.outbox", "outbox_kind_check", "kind = 'RUN_EXPORT'")}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from delivery.outbox where kind = 'RUN_EXPORT';
      drop table transactions.export;
      drop function concord.covers(text[], jsonb);
    `);
  }
}

/** A list that other migrations lengthen too is lengthened as it stands. */
function widened(table: string, constraint: string, condition: string): string {
  return `
    do $$
    declare rule text := (select pg_get_expr(conbin, conrelid) from pg_constraint
      where conrelid = '${table}'::regclass and conname = '${constraint}');
    begin
      execute format('alter table ${table} drop constraint ${constraint}, add constraint ${constraint} check (%s or %s)',
        rule, ${`'${condition.replaceAll("'", "''")}'`});
    end $$;`;
}
