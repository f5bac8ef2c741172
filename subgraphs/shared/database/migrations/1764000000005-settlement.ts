import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * Files, the rows of them that did not become facts, and the money they book. A row that became an event or a line
 * carries its file and line number itself, and its raw text is in the stored file: keeping a second copy of every row
 * doubled the cost of an import. Lines are never updated; what they are claimed for stands in `claim`. Only reading a
 * file again looks for its lines, which stand together: a BRIN index finds them and costs an import nothing.
 */
export class Settlement1764000000005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reconciliation.source_file (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        sha256 char(64) not null,
        name text not null,
        size_bytes bigint not null,
        adapter text,
        provider text,
        status text not null default 'RECEIVED'
          check (status in ('RECEIVED', 'PARSING', 'APPLIED', 'PARTIALLY_APPLIED', 'REJECTED')),
        problem text,
        origin text not null check (origin in ('UPLOAD', 'INBOX', 'CLI', 'SAMPLES')),
        received_by text not null,
        received_at timestamptz(3) not null default clock_timestamp(),
        finished_at timestamptz(3),
        lease_epoch int not null default 0,
        leased_until timestamptz(3),
        rows_read bigint not null default 0,
        rows_accepted bigint not null default 0,
        rows_duplicate bigint not null default 0,
        rows_quarantined bigint not null default 0,
        rows_skipped bigint not null default 0,
        control_totals jsonb not null default '[]',
        totals jsonb not null default '{}',
        primary key (merchant_id, id),
        unique (merchant_id, sha256)
      );
      create index source_file_received on reconciliation.source_file (merchant_id, received_at desc, id desc);
      create table reconciliation.source_record (
        merchant_id text collate "C" not null,
        file_id text collate "C" not null,
        line_number bigint not null,
        disposition text not null check (disposition in ('DUPLICATE', 'QUARANTINED', 'SKIPPED')),
        code text not null,
        problem text not null,
        raw text not null,
        content_hash text collate "C",
        occurrence int,
        primary key (merchant_id, file_id, line_number)
      );
      create table reconciliation.settlement_batch (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        provider text not null,
        account text not null,
        batch text not null,
        currency char(3) not null,
        booking_date date not null,
        line_count bigint not null,
        gross_minor bigint not null,
        fee_minor bigint not null,
        net_minor bigint not null,
        payout_id text collate "C",
        primary key (merchant_id, id)
      );
      create table reconciliation.payout (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        provider text not null,
        account text not null,
        reference text not null,
        currency char(3) not null,
        amount_minor bigint not null,
        value_date date,
        file_id text collate "C" not null,
        line_number bigint not null,
        has_own_line boolean not null,
        primary key (merchant_id, id)
      );
      create table reconciliation.settlement_line (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        file_id text collate "C" not null,
        line_number bigint not null,
        content_hash text collate "C" not null,
        family text not null,
        provider text not null,
        account text not null,
        kind text not null,
        batch_id text collate "C" not null,
        payout_id text collate "C",
        booking_date date not null,
        value_date date,
        occurred_at timestamptz(3) not null,
        business_date date not null,
        currency char(3) not null,
        gross_minor bigint not null,
        interchange_minor bigint,
        scheme_fee_minor bigint,
        markup_minor bigint,
        commission_minor bigint,
        tax_minor bigint,
        fee_minor bigint not null,
        net_minor bigint not null,
        processing_minor bigint,
        processing_currency char(3),
        exchange_rate text,
        reference text,
        original_reference text,
        expected_id text collate "C",
        original_id text collate "C",
        merchant_reference text,
        authorisation_code text,
        last4 text,
        arn text,
        rrn text,
        stan text,
        ticket text,
        payment_type text not null,
        payment_method text not null,
        brand text,
        entry_mode text not null,
        issuer text,
        purse text,
        requested_minor bigint,
        masked_pan text,
        location_id text collate "C",
        terminal_id text collate "C",
        raw_status text not null,
        ingest_seq bigint not null default nextval('transactions.ingest_seq'),
        primary key (merchant_id, id),
        check (net_minor = gross_minor + fee_minor),
        check (fee_minor = coalesce(interchange_minor, 0) + coalesce(scheme_fee_minor, 0) + coalesce(markup_minor, 0)
          + coalesce(commission_minor, 0) + coalesce(tax_minor, 0))
      );
      create index settlement_line_batch on reconciliation.settlement_line (merchant_id, batch_id);
      create index settlement_line_file on reconciliation.settlement_line
        using brin (file_id text_bloom_ops (n_distinct_per_range = 100)) with (autosummarize = on);
      ${["source_file", "source_record", "settlement_batch", "payout", "settlement_line"].map((name) => secured(`reconciliation.${name}`)).join("")}
      create policy sweeping on reconciliation.source_file for select to concord_worker using (true);
      grant insert, update on reconciliation.source_file to concord_app, concord_worker;
      grant insert, update on reconciliation.source_record, reconciliation.settlement_batch, reconciliation.payout
        to concord_worker;
      grant insert on reconciliation.settlement_line to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table reconciliation.settlement_line, reconciliation.payout, reconciliation.settlement_batch,
        reconciliation.source_record, reconciliation.source_file
    `);
  }
}
