import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What a member is called, as their tokens say; with the membership it goes. The audit keeps ids alone and looks names up
 * when it is read, so that no name is bound into its chain.
 */
export class MemberNames1764000000270 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("alter table accounts.membership add column name text check (length(name) between 1 and 100)");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("alter table accounts.membership drop column name");
  }
}
