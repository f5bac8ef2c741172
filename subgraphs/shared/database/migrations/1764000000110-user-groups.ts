import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * User groups of a merchant's own, and memberships that can be put to sleep. A membership is in exactly one
 * group: a built-in one by its role, or by `group_id` one of the merchant's own.
 */
export class UserGroups1764000000110 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table accounts.user_group (
        merchant_id text collate "C" not null references accounts.merchant,
        id text collate "C" not null,
        name text not null check (name <> ''),
        menus text[] not null,
        actions text[] not null,
        version integer not null default 1,
        removed_at timestamptz(3),
        primary key (merchant_id, id)
      );
      create unique index user_group_name on accounts.user_group (merchant_id, lower(name)) where removed_at is null;
      alter table accounts.membership
        drop constraint membership_role_check,
        add constraint membership_role_check
          check (role in ('administrator', 'finance', 'viewer', 'location_manager', 'adapter', 'member')),
        add column group_id text collate "C",
        add column disabled_at timestamptz(3),
        add column version integer not null default 1,
        add constraint membership_one_group check ((role = 'member') = (group_id is not null)),
        add constraint membership_group foreign key (merchant_id, group_id) references accounts.user_group;
      create table accounts.account_change (
        merchant_id text collate "C" not null references accounts.merchant,
        idempotency_key text not null,
        input_hash text not null,
        answer jsonb not null,
        changed_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, idempotency_key)
      );
      ${["user_group", "account_change"].map((name) => secured(`accounts.${name}`)).join("")}
      create policy own_group on accounts.user_group for select to concord_app using (exists (
        select from accounts.membership m
        where m.merchant_id = user_group.merchant_id and m.group_id = user_group.id
          and m.user_id = (select concord.acting_user())));
      grant insert, update on accounts.user_group to concord_app;
      grant insert on accounts.account_change to concord_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from accounts.membership where role in ('member', 'location_manager');
      drop table accounts.account_change;
      alter table accounts.membership drop constraint membership_group;
      drop table accounts.user_group;
      alter table accounts.membership
        drop constraint membership_one_group, drop constraint membership_role_check,
        drop column group_id, drop column disabled_at, drop column version,
        add constraint membership_role_check check (role in ('administrator', 'finance', 'viewer', 'adapter'));
    `);
  }
}
