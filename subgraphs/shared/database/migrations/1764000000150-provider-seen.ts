import type { MigrationInterface, QueryRunner } from "typeorm";
import { AT_LOCATION, located } from "./location-security.ts";
import { secured } from "./row-security.ts";

/**
 * Which providers a merchant has payments of, at which location, from when to when, and when a provider last told of one
 * by itself: one small row that each chunk of an import touches, so that nobody reads the transactions to know. The owner
 * is held to the policies of transactions as well, and looks past them for as long as this takes.
 */
export class ProviderSeen1764000000150 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.provider_seen (
        merchant_id text collate "C" not null,
        provider text not null,
        location_id text collate "C" not null,
        family text not null,
        first_at timestamptz(3) not null,
        last_at timestamptz(3) not null,
        noticed_at timestamptz(3),
        primary key (merchant_id, provider, location_id, family)
      );
      alter table transactions.transaction no force row level security;
      insert into transactions.provider_seen (merchant_id, provider, location_id, family, first_at, last_at)
        select merchant_id, provider, coalesce(location_id, ''), family, min(occurred_at), max(occurred_at)
        from transactions.transaction group by 1, 2, 3, 4;
      alter table transactions.transaction force row level security;
      ${secured("transactions.provider_seen")}
      ${located("transactions.provider_seen", AT_LOCATION("location_id"))}
      grant insert, update on transactions.provider_seen to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table transactions.provider_seen");
  }
}
