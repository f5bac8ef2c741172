import type { MigrationInterface, QueryRunner } from "typeorm";
import { AT_LOCATION, located } from "./location-security.ts";
import { secured } from "./row-security.ts";

/**
 * Sums of transactions by hour (UTC, so that they add up to the days of any zone whose clock is whole hours off) and by
 * what is asked of them most. A statement that writes transactions marks their hours as stale, in its own transaction and
 * whatever code it comes from; `foldHours` sums those hours anew later. Until then whoever reads takes the rows of a stale
 * hour in place of its sums, so the answer is right at every moment, and no writer waits for a sum that another one
 * changes. A mark is only ever added and taken away whole: to mark an hour again must not touch a mark that is being taken.
 */
export class HourSums1764000000170 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table transactions.stale_hour (
        merchant_id text collate "C" not null,
        hour timestamptz(3) not null,
        location_id text collate "C" not null default '',
        mark uuid not null,
        primary key (merchant_id, hour, location_id, mark)
      );
      create table transactions.hour_sum (
        merchant_id text collate "C" not null,
        hour timestamptz(3) not null,
        nth int not null,
        family text not null,
        provider text not null,
        location_id text collate "C",
        terminal_id text collate "C",
        payment_type text not null,
        payment_method text not null,
        brand text,
        issuer text,
        purse text,
        type text not null,
        base_status text not null,
        status text not null,
        status_origin text not null,
        reason text,
        currency char(3) not null,
        settled_currency char(3),
        count bigint not null,
        amount_minor numeric not null,
        captured_minor numeric not null,
        settled_fee_minor numeric not null,
        settled_net_minor numeric not null,
        primary key (merchant_id, hour, nth)
      );
      -- What is there already is summed like what comes; the owner sees it only where row security does not hold the owner.
      alter table transactions.transaction no force row level security;
      insert into transactions.stale_hour (merchant_id, hour, location_id, mark)
      select merchant_id, date_bin('1 hour', occurred_at, 'epoch'), coalesce(location_id, ''), gen_random_uuid()
      from transactions.transaction group by 1, 2, 3;
      alter table transactions.transaction force row level security;
      ${secured("transactions.stale_hour")}
      ${secured("transactions.hour_sum")}
      -- Who did not see that an hour is stale would be told old sums, so each location has its own marks.
      ${located("transactions.stale_hour", AT_LOCATION("location_id"))}
      ${located("transactions.hour_sum", AT_LOCATION("location_id"))}
      create policy routing on transactions.stale_hour for select to concord_worker using (true);
      grant insert, delete on transactions.stale_hour, transactions.hour_sum to concord_worker;

      ${marker("mark_new_hours", `select merchant_id, occurred_at, location_id from new_rows`)}
      ${marker("mark_hours", `select merchant_id, occurred_at, location_id from new_rows union all select merchant_id, occurred_at, location_id from old_rows`)}
      ${marker("mark_old_hours", `select merchant_id, occurred_at, location_id from old_rows`)}
      ${marker(
        "mark_hours_of_details",
        `select t.merchant_id, t.occurred_at, t.location_id from new_rows d
         join e_vouchers.transaction t on t.merchant_id = d.merchant_id and t.family = 'E_VOUCHER' and t.id = d.transaction_id`,
      )}
      create trigger hours_of_new after insert on transactions.transaction
        referencing new table as new_rows for each statement execute function concord.mark_new_hours();
      create trigger hours_of_changed after update on transactions.transaction
        referencing old table as old_rows new table as new_rows for each statement execute function concord.mark_hours();
      create trigger hours_of_gone after delete on transactions.transaction
        referencing old table as old_rows for each statement execute function concord.mark_old_hours();
      create trigger hours_of_new after insert on e_vouchers.detail
        referencing new table as new_rows for each statement execute function concord.mark_hours_of_details();
      create trigger hours_of_changed after update on e_vouchers.detail
        referencing new table as new_rows for each statement execute function concord.mark_hours_of_details();

    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger hours_of_changed on e_vouchers.detail;
      drop trigger hours_of_new on e_vouchers.detail;
      drop trigger hours_of_gone on transactions.transaction;
      drop trigger hours_of_changed on transactions.transaction;
      drop trigger hours_of_new on transactions.transaction;
      drop function concord.mark_hours_of_details(), concord.mark_old_hours(), concord.mark_hours(), concord.mark_new_hours();
      drop table transactions.hour_sum, transactions.stale_hour;
    `);
  }
}

/** A statement that changed nothing marks nothing. */
function marker(name: string, rows: string): string {
  return `
    create function concord.${name}() returns trigger language plpgsql as $$
      declare this_mark uuid := gen_random_uuid();
      begin
        insert into transactions.stale_hour (merchant_id, hour, location_id, mark)
        select merchant_id, date_bin('1 hour', occurred_at, 'epoch'), coalesce(location_id, ''), this_mark
        from (${rows}) r group by 1, 2, 3;
        return null;
      end $$;`;
}
