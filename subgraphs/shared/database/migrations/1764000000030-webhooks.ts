import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * What providers told us over HTTP, kept before it is answered and worked on afterwards. A delivery belongs to the
 * platform until its account is known to be a merchant's, so its rows carry the platform's id; what comes of it carries
 * the merchant's. `delivery_key` is what makes two deliveries the same: the event's own id, or, where a provider sends
 * only a transaction's id, that id; the latter are read again, each time under the next `revision`.
 */
export class Webhooks1764000000030 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table delivery.webhook (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        provider text not null,
        account text not null,
        delivery_key text not null,
        payload jsonb not null,
        status text not null default 'RECEIVED' check (status in ('RECEIVED', 'APPLIED', 'SKIPPED', 'QUARANTINED')),
        code text,
        problem text,
        deliveries bigint not null default 1,
        revision int not null default 1,
        attempts int not null default 0,
        due_at timestamptz(3) not null default clock_timestamp(),
        leased_until timestamptz(3),
        received_at timestamptz(3) not null default clock_timestamp(),
        last_delivered_at timestamptz(3) not null default clock_timestamp(),
        finished_at timestamptz(3),
        primary key (merchant_id, id),
        unique (merchant_id, provider, account, delivery_key)
      );
      create index webhook_open on delivery.webhook (status, due_at) where status in ('RECEIVED', 'QUARANTINED');
      ${secured("delivery.webhook")}
      create policy working on delivery.webhook to concord_worker using (true) with check (true);
      grant insert, update on delivery.webhook to concord_app, concord_worker;

      alter table delivery.outbox
        drop constraint outbox_kind_check,
        add constraint outbox_kind_check check (kind in ('IMPORT_FILE', 'RECONCILE', 'PROCESS_WEBHOOK'));
      alter table transactions.transaction_event
        add column webhook_id text collate "C",
        drop constraint transaction_event_source_check,
        add constraint transaction_event_source_check check (source in ('FILE', 'RECONCILER', 'USER', 'WEBHOOK'));
      alter table reconciliation.run
        drop constraint run_trigger_check,
        add constraint run_trigger_check check (trigger in ('USER', 'FILE', 'SCHEDULE', 'WEBHOOK'));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from delivery.outbox where kind = 'PROCESS_WEBHOOK';
      alter table delivery.outbox
        drop constraint outbox_kind_check,
        add constraint outbox_kind_check check (kind in ('IMPORT_FILE', 'RECONCILE'));
      alter table transactions.transaction_event
        drop constraint transaction_event_source_check,
        add constraint transaction_event_source_check check (source in ('FILE', 'RECONCILER', 'USER')) not valid,
        drop column webhook_id;
      alter table reconciliation.run
        drop constraint run_trigger_check,
        add constraint run_trigger_check check (trigger in ('USER', 'FILE', 'SCHEDULE')) not valid;
      drop table delivery.webhook;
    `);
  }
}
