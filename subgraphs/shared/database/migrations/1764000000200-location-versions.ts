import type { MigrationInterface, QueryRunner } from "typeorm";

/** Locations that people change and close. One that is closed stays, since what was taken there does. */
export class LocationVersions1764000000200 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table accounts.location
        add column version integer not null default 1,
        add column closed_at timestamptz(3);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("alter table accounts.location drop column version, drop column closed_at");
  }
}
