import type { MigrationInterface, QueryRunner } from "typeorm";
import { AT_LOCATION, located } from "./location-security.ts";
import { secured } from "./row-security.ts";

/**
 * How each transaction stood before it was changed: the whole row, from when (`changed_at`) until when (`until`), so that a
 * list can be asked for as it was. The table of transactions says of each row since when it has stood as it does; what it
 * said at an instant is then its own rows that have stood since, and the former ones that stood at it, neither of which
 * needs the other to be looked at. `concord.moment()` is one instant for all that a transaction writes: of what nobody saw
 * between two of its statements nothing is kept. It is taken with the first row that is written, under the merchant's
 * lock, so that the times of a row only rise. Triggers and not the statements, of which one would be forgotten. The index
 * is the one that pages are read by; another, by id, would be most of what a change costs.
 */
export class Former1764000000210 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function concord.moment() returns timestamptz language plpgsql as $$
        declare taken text := current_setting('app.moment', true);
        begin
          if coalesce(taken, '') = '' then
            taken := set_config('app.moment', clock_timestamp()::text, true);
          end if;
          return taken::timestamptz;
        end $$;
      -- Of what is there already it is not known how it stood before.
      alter table transactions.transaction add column changed_at timestamptz not null default now();
      alter table transactions.transaction alter column changed_at set default ${MOMENT};
      create table transactions.former (
        until timestamptz not null,
        like transactions.transaction,
        primary key (merchant_id, occurred_at, id, until)
      );
      create function transactions.kept_since() returns timestamptz language sql stable parallel safe as
        $since$ select ${await nowIn(db)}::timestamptz $since$;
      ${secured("transactions.former")}
      ${located("transactions.former", AT_LOCATION("location_id"))}
      grant insert on transactions.former to concord_worker;

      create function transactions.stamp_change() returns trigger language plpgsql as $$
        begin
          new.changed_at := greatest(${MOMENT}, old.changed_at);
          return new;
        end $$;
      create function transactions.keep_former() returns trigger language plpgsql as $$
        declare moment timestamptz := concord.moment();
        begin
          insert into transactions.former select moment, o.* from old_rows o where o.changed_at < moment;
          return null;
        end $$;
      create trigger stamp_change before update on transactions.transaction
        for each row execute function transactions.stamp_change();
      create trigger keep_former after update on transactions.transaction
        referencing old table as old_rows for each statement execute function transactions.keep_former();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger keep_former on transactions.transaction;
      drop trigger stamp_change on transactions.transaction;
      drop function transactions.keep_former(), transactions.stamp_change(), transactions.kept_since();
      drop table transactions.former;
      alter table transactions.transaction drop column changed_at;
      drop function concord.moment();
    `);
  }
}

/** Of each row but the first without a call. */
const MOMENT = "coalesce(nullif(current_setting('app.moment', true), '')::timestamptz, concord.moment())";

/** As a literal: a restored copy of the database began when the original did. */
async function nowIn(db: QueryRunner): Promise<string> {
  const [row]: { readonly now: string }[] = await db.query("select quote_literal(now()::text) as now");
  return row?.now ?? "now()";
}
