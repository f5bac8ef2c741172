import type { MigrationInterface, QueryRunner } from "typeorm";
import { routable, secured } from "./row-security.ts";

/**
 * Which call an act belonged to and where that came from; an audit that even its owner cannot change in passing; and
 * leave for the platform's people to look at a merchant's books for some hours, which ends by what stands in it.
 */
export class AuditAndSupport1764000000130 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table delivery.audit_entry add column request_id text, add column address text;
      create function delivery.refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'the audit is only ever added to' using errcode = 'insufficient_privilege';
      end $$;
      create trigger append_only before update or delete or truncate on delivery.audit_entry
        for each statement execute function delivery.refuse_change();
      create table accounts.support_access (
        merchant_id text collate "C" not null references accounts.merchant,
        id text collate "C" not null,
        user_id text collate "C" not null,
        reason text not null check (reason <> ''),
        granted_by text not null,
        granted_at timestamptz(3) not null default clock_timestamp(),
        until timestamptz(3) not null,
        ended_at timestamptz(3),
        primary key (merchant_id, id),
        check (until > granted_at and until <= granted_at + interval '8 hours')
      );
      create index support_access_user on accounts.support_access (user_id, until);
      create index support_access_open on accounts.support_access (until) where ended_at is null;
      ${secured("accounts.support_access")}
      ${routable("accounts.support_access")}
      create policy own_grants on accounts.support_access for select to concord_app
        using (user_id = (select concord.acting_user()));
      grant insert, update (ended_at) on accounts.support_access to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table accounts.support_access;
      drop trigger append_only on delivery.audit_entry;
      drop function delivery.refuse_change();
      alter table delivery.audit_entry drop column address, drop column request_id;
    `);
  }
}
