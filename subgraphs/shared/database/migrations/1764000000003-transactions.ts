import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";
import { BASE_STATUSES, listed, PARTITIONS } from "./vocabulary-lists.ts";

/**
 * The shared transaction, partitioned by family with each partition in its provider's schema, and its append-only
 * events. `alias` leads from the id that a provider's reference makes to the transaction that a terminal reported under a
 * key of its own, once a settlement has shown that the two are one. No index mentions a mutable column, so that a status change stays a heap-only update (an index on status
 * makes reconciliation several times dearer); fillfactor leaves it room on the page.
 */
export class Transactions1764000000003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.transaction (
        merchant_id text collate "C" not null,
        family text not null,
        id text collate "C" not null,
        provider text not null,
        account text,
        type text not null check (type in ('SALE', 'REFUND', 'CHARGEBACK', 'CHARGEBACK_REVERSAL', 'CREDIT')),
        base_status text not null check (base_status in (${listed(BASE_STATUSES)})),
        status text not null,
        status_rule smallint not null,
        deciding_event text collate "C",
        certainty text not null check (certainty in ('DEFINITIVE', 'INDETERMINATE')),
        status_origin text not null check (status_origin in ('AUTOMATIC', 'MANUAL')),
        ever_manual boolean not null default false,
        occurred_at timestamptz(3) not null,
        time_ambiguous boolean not null default false,
        business_date date not null,
        currency char(3) not null,
        amount_minor bigint not null check (amount_minor >= 0),
        authorised_minor bigint,
        captured_minor bigint not null default 0,
        refunded_minor bigint not null default 0,
        charged_back_minor bigint not null default 0,
        refund_state text not null default 'NONE',
        dispute_state text not null default 'NONE',
        settlement_state text not null default 'UNSETTLED',
        reconciliation_state text not null,
        settled_fee_minor bigint,
        settled_net_minor bigint,
        settled_currency char(3),
        payment_type text not null,
        payment_method text not null,
        brand text,
        entry_mode text not null,
        transaction_number text not null,
        provider_reference text not null,
        psp_reference text,
        original_reference text,
        original_id text collate "C",
        merchant_reference text,
        authorisation_code text,
        last4 text,
        arn text,
        rrn text,
        stan text,
        ticket text,
        location_id text collate "C",
        terminal_id text collate "C",
        provisional boolean not null default false,
        superseded_by text collate "C",
        version int not null default 1,
        ingest_seq bigint not null,
        recorded_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, family, id)
      ) partition by list (family);
      create sequence transactions.ingest_seq;
      alter table transactions.transaction alter column ingest_seq set default nextval('transactions.ingest_seq');
      ${PARTITIONS.map(
        ({ family, schema }) => `
        create table ${schema}.transaction partition of transactions.transaction for values in ('${family}')
          with (fillfactor = 60);`,
      ).join("")}
      create index transaction_page on transactions.transaction (merchant_id, occurred_at desc, id desc);
      create index transaction_original on transactions.transaction (merchant_id, original_id)
        where original_id is not null;
      create index transaction_ticket on transactions.transaction (merchant_id, ticket) where ticket is not null;

      create table transactions.alias (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        transaction_id text collate "C" not null,
        primary key (merchant_id, id)
      );

      create table transactions.transaction_event (
        merchant_id text collate "C" not null,
        transaction_id text collate "C" not null,
        id text collate "C" not null,
        kind text not null,
        source text not null check (source in ('FILE', 'RECONCILER', 'USER')),
        outcome text check (outcome in (${listed(BASE_STATUSES)})),
        certainty text,
        precedence smallint,
        outcome_rank smallint not null default 0,
        sequence numeric(20, 0),
        occurred_at timestamptz(3) not null,
        recorded_at timestamptz(3) not null default clock_timestamp(),
        amount_minor bigint,
        currency char(3),
        reason text,
        raw_status text,
        content_hash text collate "C" not null,
        file_id text collate "C",
        line_number bigint,
        claim_id text collate "C",
        actor_id text,
        supersedes_id text collate "C",
        primary key (merchant_id, transaction_id, id)
      );
      ${[{ schema: "transactions" }, ...PARTITIONS].map(({ schema }) => secured(`${schema}.transaction`)).join("")}
      ${secured("transactions.transaction_event")}
      ${secured("transactions.alias")}
      grant insert, update on transactions.transaction, transactions.alias to concord_worker;
      grant insert on transactions.transaction_event to concord_worker;
      grant usage on sequence transactions.ingest_seq to concord_worker;
      grant select on sequence transactions.ingest_seq to concord_worker, concord_check;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table transactions.transaction_event, transactions.alias, transactions.transaction;
      drop sequence transactions.ingest_seq;
    `);
  }
}
