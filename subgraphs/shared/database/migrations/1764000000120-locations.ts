import type { MigrationInterface, QueryRunner } from "typeorm";
import { AT_LOCATION, located, OF_TRANSACTION } from "./location-security.ts";

/** Tables that a limited person sees a part of; every other one with a merchant is closed to them. */
const OPEN: Readonly<Record<string, string>> = {
  "transactions.transaction": AT_LOCATION("location_id"),
  "ccv_pay.transaction": AT_LOCATION("location_id"),
  "e_vouchers.transaction": AT_LOCATION("location_id"),
  "acquirers.transaction": AT_LOCATION("location_id"),
  "transactions.transaction_event": OF_TRANSACTION,
  "transactions.alias": OF_TRANSACTION,
  "ccv_pay.detail": OF_TRANSACTION,
  "e_vouchers.detail": OF_TRANSACTION,
  "acquirers.detail": OF_TRANSACTION,
  "reconciliation.claim": OF_TRANSACTION,
  "reconciliation.settlement_line": "concord.sees_line(merchant_id, id)",
  "reconciliation.discrepancy": OF_TRANSACTION,
  "reconciliation.discrepancy_comment": "concord.sees_discrepancy(merchant_id, discrepancy_id)",
  // Without a transaction it says that much has changed, and to ask again.
  "delivery.transaction_change": `transaction_id is null or ${OF_TRANSACTION}`,
  "accounts.location": AT_LOCATION("id"),
  "accounts.terminal": AT_LOCATION("location_id"),
  "accounts.membership": "user_id = (select concord.acting_user())",
};

/** Of a merchant itself there is a name and a time zone, and who sees a location sees whose it is. */
const EXEMPT = ["accounts.merchant"];

/**
 * Limits of a person to some locations of a merchant. The scope carries them as `{"mer_1": ["loc_a"]}`: ids of locations
 * are unique within a merchant only, and in this form no id can pass for another. A row that hangs on a transaction is
 * asked for through it, under the same policies; its family, and with it the partition, is told by its id. The functions
 * that ask call themselves cheap, or the planner would charge everybody for them.
 */
export class Locations1764000000120 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table accounts.membership add column locations text[];
      create function concord.limits() returns jsonb language sql stable parallel safe as $$
        select nullif(current_setting('app.limits', true), '')::jsonb
      $$;
      create function concord.unlimited() returns boolean language sql stable parallel safe as $$
        select case when coalesce(current_setting('app.limits', true), '') = '' then true end
      $$;
      create function concord.family_of(id text) returns text language sql immutable parallel safe as $$
        select case left(id, 3) when 'ccv' then 'CCV_PAY' when 'evo' then 'E_VOUCHER' when 'acq' then 'ACQUIRER' end
      $$;
      create function concord.sees_transaction(of_merchant text, by_id text) returns boolean
        language plpgsql stable parallel safe cost 1 as $$
        begin
          return exists (
            select from transactions.transaction t
            where t.merchant_id = of_merchant and t.id = by_id and t.family = concord.family_of(by_id));
        end $$;
      -- A line that is divided would tell what others took at their locations.
      create function concord.sees_line(of_merchant text, by_id text) returns boolean
        language plpgsql stable parallel safe cost 1 as $$
        begin
          return exists (
            select from reconciliation.claim c
            where c.merchant_id = of_merchant and c.line_id = by_id and c.released_at is null
              and c.match_minor is null);
        end $$;
      create function concord.sees_discrepancy(of_merchant text, by_id text) returns boolean
        language plpgsql stable parallel safe cost 1 as $$
        begin
          return exists (
            select from reconciliation.discrepancy d where d.merchant_id = of_merchant and d.id = by_id);
        end $$;
    `);
    for (const table of await tablesWithMerchant(db)) {
      if (!EXEMPT.includes(table)) await db.query(located(table, OPEN[table]));
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of await tablesWithMerchant(db)) {
      await db.query(`drop policy if exists location_scope on ${table}`);
    }
    await db.query(`
      drop function concord.sees_discrepancy(text, text);
      drop function concord.sees_line(text, text);
      drop function concord.sees_transaction(text, text);
      drop function concord.family_of(text);
      drop function concord.unlimited();
      drop function concord.limits();
      alter table accounts.membership drop column locations;
    `);
  }
}

/** As they are by now: another's migration may have come before this one or come after it. */
async function tablesWithMerchant(db: QueryRunner): Promise<readonly string[]> {
  const rows: { readonly name: string }[] = await db.query(`
    select n.nspname || '.' || c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relrowsecurity and exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merchant_id' and not a.attisdropped)
    order by 1`);
  return rows.map(({ name }) => name);
}
