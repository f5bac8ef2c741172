import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * Which transactions changed, in the order of commit within a merchant: its writers take turns under `lockMerchants`. A
 * row without a transaction stands for so many that naming each would be dearer than asking for the list again.
 */
export class Changes1764000000008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create sequence delivery.change_position;
      create table delivery.transaction_change (
        merchant_id text collate "C" not null,
        position bigint not null default nextval('delivery.change_position'),
        transaction_id text collate "C",
        changed_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, position)
      );
      ${secured("delivery.transaction_change")}
      grant insert, delete on delivery.transaction_change to concord_worker;
      grant usage, select on sequence delivery.change_position to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table delivery.transaction_change;
      drop sequence delivery.change_position;
    `);
  }
}
