import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Triggers that cost less where there is nothing for them to do, and do the same where there is. An update marks the hours
 * of the rows as they were, and those as they are only of the few that moved: to keep and group both for each of a hundred
 * thousand that did not was a tenth of what reconciling cost. A statement that writes `changed_at` itself is not stamped row
 * by row; who forgets is, as before. And a merchant whom nobody's system listens to pays for no notice of a discrepancy,
 * which was dearer than the discrepancy. A row that moved marks its hour once in a transaction; no other transaction sees
 * that mark, so none can be taking it.
 */
export class QuietTriggers1764000000320 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger hours_of_changed on transactions.transaction;
      ${marker("select merchant_id, occurred_at, location_id from old_rows")}
      create trigger hours_of_changed after update on transactions.transaction
        referencing old table as old_rows for each statement execute function concord.mark_hours();
      create function concord.mark_moved_hour() returns trigger language plpgsql as $$
        begin
          insert into transactions.stale_hour (merchant_id, hour, location_id, mark)
          values (new.merchant_id, date_bin('1 hour', new.occurred_at, 'epoch'), coalesce(new.location_id, ''),
            md5('moved ' || pg_current_xact_id())::uuid)
          on conflict do nothing;
          return null;
        end $$;
      create trigger hour_of_moved after update on transactions.transaction for each row
        when ((old.merchant_id, old.occurred_at, old.location_id)
          is distinct from (new.merchant_id, new.occurred_at, new.location_id))
        execute function concord.mark_moved_hour();

      drop trigger stamp_change on transactions.transaction;
      create trigger stamp_change before update on transactions.transaction for each row
        when (new.changed_at is not distinct from old.changed_at) execute function transactions.stamp_change();

      ${tellDiscrepancy(`
          if not exists (
            select from delivery.webhook_endpoint e
            where e.merchant_id = new.merchant_id and e.removed_at is null and 'DISCREPANCY_OPENED' = any (e.events))
          then
            return null;
          end if;`)}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${tellDiscrepancy("")}
      drop trigger stamp_change on transactions.transaction;
      create trigger stamp_change before update on transactions.transaction
        for each row execute function transactions.stamp_change();
      drop trigger hour_of_moved on transactions.transaction;
      drop function concord.mark_moved_hour();
      drop trigger hours_of_changed on transactions.transaction;
      ${marker(`select merchant_id, occurred_at, location_id from new_rows
        union all select merchant_id, occurred_at, location_id from old_rows`)}
      create trigger hours_of_changed after update on transactions.transaction
        referencing old table as old_rows new table as new_rows for each statement execute function concord.mark_hours();
    `);
  }
}

/** A statement that changed nothing marks nothing. */
function marker(rows: string): string {
  return `
      create or replace function concord.mark_hours() returns trigger language plpgsql as $$
        declare this_mark uuid := gen_random_uuid();
        begin
          insert into transactions.stale_hour (merchant_id, hour, location_id, mark)
          select merchant_id, date_bin('1 hour', occurred_at, 'epoch'), coalesce(location_id, ''), this_mark
          from (${rows}) r group by 1, 2, 3;
          return null;
        end $$;`;
}

function tellDiscrepancy(unlessHeard: string): string {
  return `
      create or replace function delivery.tell_discrepancy() returns trigger language plpgsql as $$
        begin${unlessHeard}
          perform concord.tell(new.merchant_id, 'DISCREPANCY_OPENED', new.id, new.version, jsonb_build_object(
            'discrepancyId', new.id, 'type', new.type, 'transactionId', new.transaction_id,
            'amountAtRisk', jsonb_build_object('amountMinor', new.amount_at_risk_minor::text, 'currency', new.currency)));
          return null;
        end $$;`;
}
