import type { MigrationInterface, QueryRunner } from "typeorm";
import { routable, secured } from "./row-security.ts";

/** Merchants, their places, and the two tables that map a provider's row to a merchant. */
export class Accounts1764000000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table accounts.merchant (
        merchant_id text collate "C" primary key,
        name text not null,
        zone text not null,
        created_at timestamptz(3) not null default clock_timestamp()
      );
      create table accounts.location (
        merchant_id text collate "C" not null references accounts.merchant,
        id text collate "C" not null,
        name text not null,
        city text,
        country char(2) not null,
        zone text not null,
        primary key (merchant_id, id)
      );
      create table accounts.terminal (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        tid text not null,
        location_id text collate "C" not null,
        application text,
        valid_from timestamptz(3) not null,
        valid_to timestamptz(3),
        primary key (merchant_id, id),
        foreign key (merchant_id, location_id) references accounts.location (merchant_id, id)
      );
      create index terminal_tid on accounts.terminal (tid, valid_from);
      create table accounts.provider_account (
        merchant_id text collate "C" not null references accounts.merchant,
        provider text not null,
        account text not null,
        location_id text collate "C",
        created_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, provider, account),
        foreign key (merchant_id, location_id) references accounts.location (merchant_id, id)
      );
      create index provider_account_route on accounts.provider_account (provider, account);
      create table accounts.membership (
        merchant_id text collate "C" not null,
        user_id text collate "C" not null,
        role text not null check (role in ('administrator', 'finance', 'viewer', 'adapter')),
        primary key (merchant_id, user_id)
      );
      create index membership_user on accounts.membership (user_id);
      ${["merchant", "location", "terminal", "provider_account", "membership"].map((name) => secured(`accounts.${name}`)).join("")}
      ${routable("accounts.terminal")}
      ${routable("accounts.provider_account")}
      ${routable("accounts.location")}
      ${routable("accounts.merchant")}
      create policy own_grants on accounts.membership for select to concord_app
        using (user_id = (select concord.acting_user()));
      grant insert, update on accounts.merchant, accounts.location, accounts.terminal, accounts.provider_account,
        accounts.membership to concord_app, concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `drop table accounts.membership, accounts.provider_account, accounts.terminal, accounts.location, accounts.merchant`,
    );
  }
}
