import type { MigrationInterface, QueryRunner } from "typeorm";

/** Which providers an export covered, and how far each could be trusted when it was written. */
export class ExportCoverage1764000000181 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("alter table transactions.export add column coverage jsonb not null default '[]'");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("alter table transactions.export drop column coverage");
  }
}
