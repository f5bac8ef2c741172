import type { MigrationInterface, QueryRunner } from "typeorm";
import { AT_LOCATION, located } from "./location-security.ts";
import { secured } from "./row-security.ts";

/**
 * Closings of periods. Those of one kind at one place make a chain: each names the one before, begins no earlier than that
 * ended, and covers its hash. `closing_item` has every transaction that was counted as it stood then, and those of earlier
 * periods that had changed since. Nothing of it is ever changed: a closed period answers the same for ever.
 */
export class Closings1764000000171 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.closing (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        chain text collate "C" not null,
        number int not null check (number > 0),
        previous_id text collate "C",
        kind text not null check (kind in ('SHIFT', 'DAY', 'PERIOD')),
        location_id text collate "C",
        terminal_id text collate "C",
        begins_at timestamptz(3) not null,
        ends_at timestamptz(3) not null check (ends_at > begins_at),
        zone text not null,
        sums jsonb not null,
        adjusted jsonb not null,
        coverage jsonb not null,
        closed_by text not null,
        closed_name text not null,
        closed_at timestamptz(3) not null,
        hash char(64) not null,
        pdf_sha256 char(64) not null,
        idempotency_key text not null,
        input_hash text not null,
        primary key (merchant_id, id),
        unique (merchant_id, chain, number),
        unique (merchant_id, idempotency_key),
        foreign key (merchant_id, previous_id) references transactions.closing,
        check ((previous_id is null) = (number = 1))
      );
      create index closing_page on transactions.closing (merchant_id, closed_at desc, id desc);

      create table transactions.closing_item (
        merchant_id text collate "C" not null,
        closing_id text collate "C" not null,
        id text collate "C" not null,
        way text not null check (way in ('OWN', 'ADDED', 'CHANGED', 'REMOVED')),
        chain text collate "C" not null,
        number int not null,
        location_id text collate "C",
        occurred_at timestamptz(3) not null,
        transaction_number text not null,
        type text not null,
        base_status text not null,
        status text not null,
        status_origin text not null,
        payment_method text not null,
        currency char(3) not null,
        amount_minor bigint not null,
        captured_minor bigint not null,
        before jsonb,
        primary key (merchant_id, closing_id, id, way)
      );
      create index closing_item_chain on transactions.closing_item (merchant_id, chain, id, number);

      create table transactions.closing_document (
        merchant_id text collate "C" not null,
        closing_id text collate "C" not null,
        location_id text collate "C",
        pdf bytea not null,
        primary key (merchant_id, closing_id),
        foreign key (merchant_id, closing_id) references transactions.closing
      );

      create function transactions.refuse_closing_change() returns trigger language plpgsql as $$
      begin
        raise exception 'what is closed is never changed' using errcode = 'insufficient_privilege';
      end $$;
      create function transactions.follow_closing() returns trigger language plpgsql as $$
      declare before transactions.closing;
      begin
        select * into before from transactions.closing c
        where c.merchant_id = new.merchant_id and c.chain = new.chain and c.number = new.number - 1;
        if new.number > 1 and (before.id is distinct from new.previous_id or before.ends_at > new.begins_at) then
          raise exception 'closing % does not follow closing % of its chain', new.number, new.number - 1
            using errcode = 'check_violation';
        end if;
        return new;
      end $$;
      create trigger follows before insert on transactions.closing
        for each row execute function transactions.follow_closing();
      ${TABLES.map(
        (table) => `
        ${secured(`transactions.${table}`)}
        ${located(`transactions.${table}`, AT_LOCATION("location_id"))}
        create trigger append_only before update or delete or truncate on transactions.${table}
          for each statement execute function transactions.refuse_closing_change();
        grant insert on transactions.${table} to concord_app;`,
      ).join("")}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table transactions.closing_document, transactions.closing_item, transactions.closing;
      drop function transactions.follow_closing(), transactions.refuse_closing_change();
    `);
  }
}

const TABLES = ["closing", "closing_item", "closing_document"];
