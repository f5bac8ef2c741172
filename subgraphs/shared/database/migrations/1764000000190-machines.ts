import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * Machines that send files and webhooks, each bound to one provider and perhaps to some of its accounts, and the keys by
 * which they are known: of a key only its hash is kept. A machine is found by its id before its merchant is known, and
 * sees of these tables itself alone.
 */
export class Machines1764000000190 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table accounts.machine (
        merchant_id text collate "C" not null references accounts.merchant,
        id text collate "C" not null,
        name text not null check (name <> ''),
        provider text not null,
        accounts text[] check (cardinality(accounts) > 0),
        version integer not null default 1,
        created_by text not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        revoked_at timestamptz(3),
        primary key (merchant_id, id)
      );
      create unique index machine_name on accounts.machine (merchant_id, lower(name)) where revoked_at is null;
      create index machine_id on accounts.machine (id);
      create table accounts.machine_key (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        machine_id text collate "C" not null,
        secret_hash text not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        expires_at timestamptz(3) not null,
        last_used_at timestamptz(3),
        revoked_at timestamptz(3),
        primary key (merchant_id, id),
        foreign key (merchant_id, machine_id) references accounts.machine
      );
      create index machine_key_machine on accounts.machine_key (merchant_id, machine_id, created_at);
      ${["machine", "machine_key"].map((name) => secured(`accounts.${name}`)).join("")}
      create policy own_machine on accounts.machine for select to concord_app
        using ('machine:' || id = (select concord.acting_user()));
      create policy own_machine on accounts.machine_key for select to concord_app
        using ('machine:' || machine_id = (select concord.acting_user()));
      grant insert, update (version, revoked_at) on accounts.machine to concord_app, concord_worker;
      grant insert, update (expires_at, last_used_at, revoked_at) on accounts.machine_key to concord_app, concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table accounts.machine_key, accounts.machine");
  }
}
