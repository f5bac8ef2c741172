import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Statistics that no writer waits for. To analyse a table is to hold a lock on it until the commit, so that imports and
 * runs of several merchants stood in line behind one another; whoever comes second now goes without, and asks again after
 * its next rows. `count_aliases` is `count_claims` for aliases: a planner that believes them few looks through all of them
 * for each line of a run.
 */
export class CountWithoutWaiting1764000000140 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ${refreshStatistics("(skip_locked)")}
      ${countRows("count_claims", { table: "reconciliation.claim", columns: CLAIM_COLUMNS, option: "(skip_locked)" })}
      ${countRows("count_aliases", { table: "transactions.alias", columns: "merchant_id, id", option: "(skip_locked)" })}
      revoke all on function concord.count_aliases(bigint) from public;
      grant execute on function concord.count_aliases(bigint) to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop function concord.count_aliases(bigint);
      ${countRows("count_claims", { table: "reconciliation.claim", columns: CLAIM_COLUMNS, option: "" })}
      ${refreshStatistics("")}
    `);
  }
}

const CLAIM_COLUMNS = "merchant_id, line_id, transaction_id, effect, stage, released_at";

function refreshStatistics(option: string): string {
  return `
      create or replace function concord.refresh_statistics(added bigint) returns void
        language plpgsql security definer set search_path = pg_catalog set default_statistics_target = 10
        set client_min_messages = error as $$
        declare grown regclass;
        begin
          for grown in
            select c.oid from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and c.reltuples < added * 10 and (n.nspname, c.relname) in (
              ('ccv_pay', 'transaction'), ('e_vouchers', 'transaction'), ('acquirers', 'transaction'),
              ('transactions', 'transaction_event'), ('reconciliation', 'settlement_line'), ('reconciliation', 'claim'))
          loop
            execute format('analyze ${option} %s', grown);
          end loop;
        end $$;`;
}

type Counted = { readonly table: string; readonly columns: string; readonly option: string };

function countRows(name: string, { table, columns, option }: Counted): string {
  return `
      create or replace function concord.${name}(added bigint) returns void
        language plpgsql security definer set search_path = pg_catalog set default_statistics_target = 10
        set client_min_messages = error as $$
        begin
          if exists (select from pg_class where oid = '${table}'::regclass and reltuples < added * 10) then
            analyze ${option} ${table} (${columns});
          end if;
        end $$;`;
}
