import type { MigrationInterface, QueryRunner } from "typeorm";

/** An order in the outbox remembers the trace that it was given in, so that its job can point back to it. */
export class TraceContext1764000000050 implements MigrationInterface {
  public async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery.outbox
        add column trace text default nullif(current_setting('app.trace', true), '')
          check (trace ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$')`);
  }

  public async down(runner: QueryRunner): Promise<void> {
    await runner.query("alter table delivery.outbox drop column trace");
  }
}
