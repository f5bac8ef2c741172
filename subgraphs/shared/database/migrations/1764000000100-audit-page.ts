import type { MigrationInterface, QueryRunner } from "typeorm";

/** The audit is read by time, and is written by position. */
export class AuditPage1764000000100 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("create index audit_page on delivery.audit_entry (merchant_id, at desc, id desc)");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop index delivery.audit_page");
  }
}
