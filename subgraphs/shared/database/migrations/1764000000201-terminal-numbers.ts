import type { MigrationInterface, QueryRunner } from "typeorm";

const TABLES = ["transactions.transaction", "reconciliation.settlement_line"];

/**
 * The terminal's number as the provider wrote it, whoever held the terminal: what was taken before the terminal was linked
 * is found by it. Only rows that no terminal has are indexed, which a merchant that links its terminals has none of. Where
 * a row was taken is our mapping and not what its file says, and so it is all that is ever changed of a line.
 */
export class TerminalNumbers1764000000201 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ${TABLES.map((table) => `alter table ${table} add column tid text;`).join("\n")}
      ${TABLES.map(
        (table) => `create index ${table.split(".")[1]}_unlinked on ${table} (merchant_id, tid, occurred_at)
          where terminal_id is null and tid is not null;`,
      ).join("\n")}
      grant update (tid, terminal_id, location_id, business_date) on reconciliation.settlement_line to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      revoke update (tid, terminal_id, location_id, business_date) on reconciliation.settlement_line from concord_worker;
      ${TABLES.map((table) => `alter table ${table} drop column tid;`).join("\n")}
    `);
  }
}
