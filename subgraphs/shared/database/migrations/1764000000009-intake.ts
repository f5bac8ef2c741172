import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * What a bank books, which no index of settlement lines serves; and what a file's record needs to be looked at before
 * it is applied, read again later, and missed when it does not come. `file_account` says which accounts a file was
 * about: silence and gaps in a provider's numbering are told from it.
 */
export class Intake1764000000009 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reconciliation.bank_entry (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        file_id text collate "C" not null,
        line_number bigint not null,
        content_hash text collate "C" not null,
        account text not null,
        statement text not null,
        identity text,
        booking_date date not null,
        value_date date,
        currency char(3) not null,
        amount_minor bigint not null,
        reversal boolean not null,
        code text not null,
        end_to_end_id text,
        remittance text not null,
        structured_type text,
        structured_value text,
        pos_number text,
        pos_period text,
        pos_sequence text,
        pos_local_time text,
        parts jsonb not null default '[]',
        ingest_seq bigint not null default nextval('transactions.ingest_seq'),
        recorded_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, id)
      );
      create index bank_entry_page on reconciliation.bank_entry (merchant_id, booking_date desc, id desc);
      create index bank_entry_file on reconciliation.bank_entry (merchant_id, file_id, line_number);

      create table reconciliation.file_account (
        merchant_id text collate "C" not null,
        file_id text collate "C" not null,
        provider text not null,
        account text not null,
        adapter text not null,
        received_at timestamptz(3) not null,
        first_date date,
        last_date date,
        numbers jsonb not null default '[]',
        primary key (merchant_id, file_id, provider, account)
      );
      create index file_account_route on reconciliation.file_account (merchant_id, provider, account, received_at desc);

      alter table reconciliation.source_file
        drop constraint source_file_status_check,
        add constraint source_file_status_check check (status in ('RECEIVED', 'PARSING', 'PREVIEWED', 'APPLIED',
          'PARTIALLY_APPLIED', 'REJECTED', 'DISCARDED')),
        add column task text not null default 'IMPORT' check (task in ('IMPORT', 'PREVIEW')),
        add column status_before text check (status_before in ('APPLIED', 'PARTIALLY_APPLIED', 'REJECTED')),
        add column request_key text,
        add column progress_rows bigint not null default 0,
        add column progress_bytes bigint not null default 0,
        add column drift jsonb not null default '[]',
        add column drift_readings bigint not null default 0,
        add column layout jsonb,
        add column layout_moved jsonb not null default '[]',
        add column preview jsonb,
        add column attention text[] not null default '{}';

      ${["bank_entry", "file_account"].map((name) => secured(`reconciliation.${name}`)).join("")}
      grant insert, update on reconciliation.bank_entry, reconciliation.file_account to concord_worker;
      grant delete on reconciliation.source_record to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      revoke delete on reconciliation.source_record from concord_worker;
      update reconciliation.source_file set status = 'RECEIVED' where status in ('PREVIEWED', 'DISCARDED');
      alter table reconciliation.source_file
        drop column attention, drop column preview, drop column layout_moved, drop column layout,
        drop column drift_readings, drop column drift, drop column progress_bytes, drop column progress_rows,
        drop column request_key, drop column status_before, drop column task,
        drop constraint source_file_status_check,
        add constraint source_file_status_check
          check (status in ('RECEIVED', 'PARSING', 'APPLIED', 'PARTIALLY_APPLIED', 'REJECTED'));
      drop table reconciliation.file_account, reconciliation.bank_entry;
    `);
  }
}
