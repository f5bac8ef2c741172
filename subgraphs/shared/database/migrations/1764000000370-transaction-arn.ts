import type { MigrationInterface, QueryRunner } from "typeorm";

/** Settled transactions are looked up by the ARN of a line that names nothing else. */
export class TransactionArn1764000000370 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query("create index transaction_arn on transactions.transaction (merchant_id, arn) where arn is not null");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop index transactions.transaction_arn");
  }
}
