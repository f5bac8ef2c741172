import type { MigrationInterface, QueryRunner } from "typeorm";

/** A machine that sends files for one provider may send no other's: its membership says which, and so do its files. */
export class ProviderIdentity1764000000040 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table accounts.membership add column provider text;
      alter table reconciliation.source_file add column only_provider text;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table reconciliation.source_file drop column only_provider;
      alter table accounts.membership drop column provider;
    `);
  }
}
