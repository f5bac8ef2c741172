import type { MigrationInterface, QueryRunner } from "typeorm";
import { located } from "./location-security.ts";
import { secured } from "./row-security.ts";

/**
 * Views of the transaction list that people keep by name. One is its owner's; shared, everybody of the merchant reads it,
 * who is limited to some locations too: it is a filter and holds no money, and what it finds is what its reader may see.
 */
export class SavedViews1764000000220 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.saved_view (
        merchant_id text collate "C" not null references accounts.merchant,
        id text collate "C" not null,
        owner_id text not null,
        owner_name text not null,
        name text not null check (char_length(name) between 1 and 100),
        is_shared boolean not null,
        filter jsonb not null,
        sort jsonb,
        columns text[] not null,
        version int not null default 1,
        changed_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, id)
      );
      create unique index saved_view_name on transactions.saved_view (merchant_id, owner_id, lower(name));
      create table transactions.saved_view_change (
        merchant_id text collate "C" not null references accounts.merchant,
        actor_id text not null,
        idempotency_key text not null,
        input_hash text not null,
        answer jsonb not null,
        changed_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, actor_id, idempotency_key)
      );
      ${["saved_view", "saved_view_change"].map((name) => secured(`transactions.${name}`)).join("")}
      ${["saved_view", "saved_view_change"].map((name) => located(`transactions.${name}`, "true")).join("")}
      create policy shared_or_own on transactions.saved_view as restrictive to concord_app
        using (is_shared or owner_id = (select concord.acting_user()));
      create policy made_own on transactions.saved_view as restrictive for insert to concord_app
        with check (owner_id = (select concord.acting_user()));
      create policy changed_own on transactions.saved_view as restrictive for update to concord_app
        using (owner_id = (select concord.acting_user()));
      create policy own_change on transactions.saved_view_change as restrictive to concord_app
        using (actor_id = (select concord.acting_user()));
      grant insert, update, delete on transactions.saved_view to concord_app;
      grant insert on transactions.saved_view_change to concord_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table transactions.saved_view_change, transactions.saved_view;");
  }
}
