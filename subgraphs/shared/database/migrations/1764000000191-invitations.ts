import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * Invitations by e-mail address, each for one use: of its token only the hash is kept. Who holds a token finds the one
 * invitation by its id, before they belong to any merchant.
 */
export class Invitations1764000000191 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table accounts.invitation (
        merchant_id text collate "C" not null references accounts.merchant,
        id text collate "C" not null,
        email text not null check (email = lower(email)),
        role text not null check (role in ('administrator', 'finance', 'viewer', 'location_manager', 'member')),
        group_id text collate "C",
        locations text[],
        token_hash text not null,
        invited_by text collate "C" not null,
        invited_at timestamptz(3) not null default clock_timestamp(),
        expires_at timestamptz(3) not null,
        accepted_at timestamptz(3),
        accepted_by text collate "C",
        revoked_at timestamptz(3),
        version integer not null default 1,
        primary key (merchant_id, id),
        foreign key (merchant_id, group_id) references accounts.user_group,
        check ((role = 'member') = (group_id is not null)),
        check ((accepted_at is null) = (accepted_by is null)),
        check (accepted_at is null or revoked_at is null)
      );
      create unique index invitation_open on accounts.invitation (merchant_id, email)
        where accepted_at is null and revoked_at is null;
      create index invitation_id on accounts.invitation (id);
      ${secured("accounts.invitation")}
      create policy own_invitation on accounts.invitation for select to concord_app
        using ('invitation:' || id = (select concord.acting_user()));
      grant insert, update (token_hash, expires_at, accepted_at, accepted_by, revoked_at, version)
        on accounts.invitation to concord_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table accounts.invitation");
  }
}
