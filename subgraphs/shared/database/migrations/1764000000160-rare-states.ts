import type { MigrationInterface, QueryRunner } from "typeorm";
import { AT_LOCATION, located } from "./location-security.ts";
import { secured } from "./row-security.ts";

const WAITING = "merchant_id, family, id, location_id, provider, currency, amount_minor, occurred_at";

const TABLES = ["assignment", "waiting", "disputed"];

/**
 * What people assigned, by the key of their request; and beside the big table the few rows of it that are in a rare state:
 * those that wait for a person, and those that are or were disputed. An index on their state would make every change of a
 * status dearer, and without one a queue of ten among ten million is found by looking at all of them. The triggers keep
 * the two equal to the big table whoever writes it; a row in no rare state costs them a comparison.
 */
export class RareStates1764000000160 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.assignment (
        merchant_id text collate "C" not null,
        idempotency_key text not null,
        input_hash text not null,
        transaction_id text collate "C" not null,
        actor_id text not null,
        answer jsonb not null,
        assigned_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, idempotency_key)
      );
      create table transactions.waiting (
        merchant_id text collate "C" not null,
        family text not null,
        id text collate "C" not null,
        location_id text collate "C",
        provider text not null,
        currency char(3) not null,
        amount_minor bigint not null,
        occurred_at timestamptz(3) not null,
        since timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, family, id)
      );
      create table transactions.disputed (
        merchant_id text collate "C" not null,
        family text not null,
        id text collate "C" not null,
        location_id text collate "C",
        since timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, family, id)
      );
      alter table transactions.transaction add column refunds_pending_minor bigint not null default 0;
      ${TABLES.map((name) => secured(`transactions.${name}`)).join("")}
      ${["waiting", "disputed"].map((name) => located(`transactions.${name}`, AT_LOCATION("location_id"))).join("")}
      grant insert on transactions.assignment to concord_worker;
      grant insert, update, delete on transactions.waiting, transactions.disputed to concord_worker;

      create function transactions.keep_waiting() returns trigger language plpgsql as $$
        begin
          if new.base_status = 'MANUAL_INTERVENTION' and new.superseded_by is null then
            insert into transactions.waiting as w (${WAITING})
            values (${WAITING.split(", ")
              .map((column) => `new.${column}`)
              .join(", ")})
            on conflict (merchant_id, family, id) do update set location_id = excluded.location_id,
              currency = excluded.currency, amount_minor = excluded.amount_minor, occurred_at = excluded.occurred_at
            where (w.location_id, w.currency, w.amount_minor, w.occurred_at)
              is distinct from (excluded.location_id, excluded.currency, excluded.amount_minor, excluded.occurred_at);
          else
            delete from transactions.waiting w
            where w.merchant_id = new.merchant_id and w.family = new.family and w.id = new.id;
          end if;
          return null;
        end $$;
      create function transactions.keep_disputed() returns trigger language plpgsql as $$
        begin
          if new.dispute_state <> 'NONE' and new.superseded_by is null then
            insert into transactions.disputed as d (merchant_id, family, id, location_id)
            values (new.merchant_id, new.family, new.id, new.location_id)
            on conflict (merchant_id, family, id) do update set location_id = excluded.location_id
            where d.location_id is distinct from excluded.location_id;
          else
            delete from transactions.disputed d
            where d.merchant_id = new.merchant_id and d.family = new.family and d.id = new.id;
          end if;
          return null;
        end $$;
      ${KEEPERS.map(({ name, isRare }) => triggers(name, isRare)).join("")}
      insert into transactions.waiting (${WAITING}, since)
        select ${WAITING}, recorded_at
        from transactions.transaction where base_status = 'MANUAL_INTERVENTION' and superseded_by is null;
      insert into transactions.disputed (merchant_id, family, id, location_id, since)
        select merchant_id, family, id, location_id, recorded_at
        from transactions.transaction where dispute_state <> 'NONE' and superseded_by is null;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${KEEPERS.map(
        ({ name }) => `
        drop trigger keep_${name}_new on transactions.transaction;
        drop trigger keep_${name} on transactions.transaction;
        drop function transactions.keep_${name}();`,
      ).join("")}
      alter table transactions.transaction drop column refunds_pending_minor;
      drop table ${TABLES.map((name) => `transactions.${name}`).join(", ")};
    `);
  }
}

const KEEPERS = [
  { name: "waiting", isRare: (row: string) => `${row}.base_status = 'MANUAL_INTERVENTION'` },
  { name: "disputed", isRare: (row: string) => `${row}.dispute_state <> 'NONE'` },
];

function triggers(name: string, isRare: (row: string) => string): string {
  return `
      create trigger keep_${name}_new after insert on transactions.transaction for each row
        when (${isRare("new")}) execute function transactions.keep_${name}();
      create trigger keep_${name} after update on transactions.transaction for each row
        when (${isRare("old")} or ${isRare("new")}) execute function transactions.keep_${name}();`;
}
