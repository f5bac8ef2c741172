import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What a run over a million lines needs. Captures are the one kind of event that a claim asks for before it decides a
 * status; they are few, so that their index costs little. A settled transaction is written once and as wide as before: half
 * a page is left for it, or every third would have to be entered into all indexes again. `count_claims` is
 * `refresh_statistics` for claims alone and the columns that they are joined by.
 */
export class BulkClaims1764000000090 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index transaction_event_capture on transactions.transaction_event (merchant_id, transaction_id)
        where kind = 'CAPTURE';
      ${PARTITIONS.map((table) => `alter table ${table} set (fillfactor = 50);`).join("")}
      create function concord.count_claims(added bigint) returns void
        language plpgsql security definer set search_path = pg_catalog set default_statistics_target = 10 as $$
        begin
          if exists (select from pg_class where oid = 'reconciliation.claim'::regclass and reltuples < added * 10) then
            analyze reconciliation.claim (merchant_id, line_id, transaction_id, effect, stage, released_at);
          end if;
        end $$;
      revoke all on function concord.count_claims(bigint) from public;
      grant execute on function concord.count_claims(bigint) to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop function concord.count_claims(bigint);
      ${PARTITIONS.map((table) => `alter table ${table} set (fillfactor = 60);`).join("")}
      drop index transactions.transaction_event_capture;
    `);
  }
}

const PARTITIONS = ["ccv_pay.transaction", "e_vouchers.transaction", "acquirers.transaction"];
