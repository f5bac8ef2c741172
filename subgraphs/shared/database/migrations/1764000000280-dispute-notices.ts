import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";
import { listed } from "./vocabulary-lists.ts";

const STAGES = ["OPEN", "ANSWERED", "OVER"];

/**
 * What providers tell of disputes while no money moves: how far each is for who has to answer it, and until when. Notices
 * are kept as they came, so that it does not matter in which order; a notice may come before its sale, and names it by the
 * id that its reference gives. `disputed` has of each sale the soonest term that is still to be kept.
 */
export class DisputeNotices1764000000280 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.dispute_notice (
        merchant_id text collate "C" not null,
        family text not null,
        sale_id text collate "C" not null,
        reference text collate "C" not null,
        id text collate "C" not null,
        stage text not null check (stage in (${listed(STAGES)})),
        respond_by timestamptz(3),
        told_at timestamptz(3) not null,
        webhook_id text collate "C" not null,
        recorded_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, family, sale_id, reference, id)
      );
      alter table transactions.disputed add column respond_by timestamptz(3);
      ${secured("transactions.dispute_notice")}
      grant insert on transactions.dispute_notice to concord_worker;

      create view transactions.dispute with (security_invoker = true) as
      select n.merchant_id, n.family, coalesce(a.transaction_id, n.sale_id) as transaction_id, n.stage, n.respond_by
      from (
        select merchant_id, family, sale_id, reference,
          (array_agg(stage order by ${LAST_FIRST}))[1] as stage,
          (array_agg(respond_by order by ${LAST_FIRST}) filter (where respond_by is not null))[1] as respond_by
        from transactions.dispute_notice
        group by merchant_id, family, sale_id, reference
      ) n
      left join transactions.alias a on a.merchant_id = n.merchant_id and a.id = n.sale_id;
      grant select on transactions.dispute to concord_worker, concord_check;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop view transactions.dispute;
      alter table transactions.disputed drop column respond_by;
      drop table transactions.dispute_notice;
    `);
  }
}

/** Of two that were told in one moment the one that is further counts. */
const LAST_FIRST = `told_at desc, array_position(array[${listed(STAGES)}], stage) desc, id`;
