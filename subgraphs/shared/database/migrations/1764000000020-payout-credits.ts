import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * That a bank entry is the money of a payout, or the bank's taking it back. Single by two partial unique indexes, as
 * claims are: one payout an entry, one entry a payout and way.
 */
export class PayoutCredits1764000000020 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reconciliation.payout_credit (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        payout_id text collate "C" not null,
        bank_entry_id text collate "C" not null,
        way text not null check (way in ('PAID', 'RETURNED')),
        stage text not null,
        difference_minor bigint not null,
        run_id text collate "C" not null,
        made_at timestamptz(3) not null default clock_timestamp(),
        released_at timestamptz(3),
        released_because text,
        primary key (merchant_id, id)
      );
      create unique index payout_credit_single_entry on reconciliation.payout_credit (merchant_id, bank_entry_id)
        where released_at is null;
      create unique index payout_credit_single_payout on reconciliation.payout_credit (merchant_id, payout_id, way)
        where released_at is null;
      ${secured("reconciliation.payout_credit")}
      grant insert, update on reconciliation.payout_credit to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table reconciliation.payout_credit");
  }
}
