import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/** What must be done next, written with the change that causes it, and the record of who did what. */
export class Delivery1764000000007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table delivery.outbox (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        kind text not null check (kind in ('IMPORT_FILE', 'RECONCILE')),
        subject_id text collate "C" not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        sent_at timestamptz(3),
        primary key (merchant_id, id)
      );
      create index outbox_unsent on delivery.outbox (created_at) where sent_at is null;
      create table delivery.audit_entry (
        merchant_id text collate "C" not null,
        position bigint not null,
        id text collate "C" not null,
        at timestamptz(3) not null,
        actor_id text not null,
        action text not null,
        object_id text not null,
        outcome text not null check (outcome in ('DONE', 'DENIED')),
        detail jsonb not null,
        recipe smallint not null,
        previous_hash text not null,
        hash text not null,
        primary key (merchant_id, position)
      );
      ${["outbox", "audit_entry"].map((name) => secured(`delivery.${name}`)).join("")}
      create policy relaying on delivery.outbox to concord_worker using (true) with check (true);
      grant insert on delivery.outbox to concord_app;
      grant insert, update, delete on delivery.outbox to concord_worker;
      grant insert on delivery.audit_entry to concord_app, concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table delivery.audit_entry, delivery.outbox");
  }
}
