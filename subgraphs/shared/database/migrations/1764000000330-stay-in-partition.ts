import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Partitions of a run that are matched side by side, each in a transaction of its own, must have no transaction in common:
 * whoever says in `app.partition` which provider and currency it is at may change no other's. That is held here and not in
 * the statements, of which one would be forgotten. What a partition adds it makes of its own lines.
 */
export class StayInPartition1764000000330 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function transactions.stay_in_partition() returns trigger language plpgsql as $$
        begin
          raise exception 'transaction % of % in % is not of the partition %', new.id, new.provider, new.currency,
            current_setting('app.partition');
        end $$;
      create trigger stay_in_partition before update on transactions.transaction for each row
        when (current_setting('app.partition', true) <> ''
          and current_setting('app.partition', true) <> new.provider || ' ' || new.currency)
        execute function transactions.stay_in_partition();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger stay_in_partition on transactions.transaction;
      drop function transactions.stay_in_partition();
    `);
  }
}
