import type { MigrationInterface, QueryRunner } from "typeorm";

/** The platform is administrated as merchants are, and is none: what is changed there is remembered by its key as well. */
export class PlatformChanges1764000000310 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("alter table accounts.account_change drop constraint account_change_merchant_id_fkey");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from accounts.account_change where merchant_id = 'platform';
      alter table accounts.account_change
        add constraint account_change_merchant_id_fkey foreign key (merchant_id) references accounts.merchant;
    `);
  }
}
