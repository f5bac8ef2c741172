import type { MigrationInterface, QueryRunner } from "typeorm";

/** Several small partitions are matched in one pass: `app.partition` names all of them, each between two commas. */
export class ShareOfPartitions1764000000380 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger stay_in_partition on transactions.transaction;
      create trigger stay_in_partition before update on transactions.transaction for each row
        when (current_setting('app.partition', true) <> ''
          and strpos(current_setting('app.partition', true), ',' || new.provider || ' ' || new.currency || ',') = 0)
        execute function transactions.stay_in_partition();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger stay_in_partition on transactions.transaction;
      create trigger stay_in_partition before update on transactions.transaction for each row
        when (current_setting('app.partition', true) <> ''
          and current_setting('app.partition', true) <> new.provider || ' ' || new.currency)
        execute function transactions.stay_in_partition();
    `);
  }
}
