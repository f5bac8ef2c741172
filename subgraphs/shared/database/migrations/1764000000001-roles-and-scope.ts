import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Roles that own nothing, and the scope that every policy asks for. Roles belong to the whole cluster, so another
 * database of it may have made them already.
 */
export class RolesAndScope1764000000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const role of ["concord_app", "concord_worker", "concord_check"]) {
      await db.query(`
        do $$ begin
          create role ${role} nologin nobypassrls;
        exception when duplicate_object or unique_violation then null;
        end $$;
      `);
      await db.query(`
        do $$ begin
          execute format('grant ${role} to %I', current_user);
        exception when others then
          if not pg_has_role(current_user, '${role}', 'member') then raise; end if;
        end $$;
      `);
    }
    await db.query(`
      do $$ begin
        execute format('grant temporary on database %I to concord_worker', current_database());
      end $$;
      create schema if not exists concord;
      create function concord.merchants() returns text[] language plpgsql stable parallel safe as $$
      declare scope text := current_setting('app.merchants', true);
      begin
        if scope is null or scope = '' then
          raise exception 'no merchant scope is set in this transaction' using errcode = 'insufficient_privilege';
        end if;
        return string_to_array(scope, ',');
      end $$;
      create function concord.acting_user() returns text language plpgsql stable parallel safe as $$
      declare acting text := current_setting('app.user', true);
      begin
        if acting is null or acting = '' then
          raise exception 'no user is set in this transaction' using errcode = 'insufficient_privilege';
        end if;
        return acting;
      end $$;
      create function concord.stable_id(prefix text, variadic parts text[]) returns text
        language sql immutable parallel safe as $$
        select prefix || '_' || left(translate(encode(sha256(convert_to(array_to_string(parts, chr(31)), 'UTF8')),
          'base64'), '+/', '-_'), 20)
      $$;
      create schema accounts;
      create schema transactions;
      create schema ccv_pay;
      create schema e_vouchers;
      create schema acquirers;
      create schema reconciliation;
      create schema delivery;
      grant usage on schema concord, accounts, transactions, ccv_pay, e_vouchers, acquirers, reconciliation, delivery
        to concord_app, concord_worker, concord_check;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop schema delivery, reconciliation, acquirers, e_vouchers, ccv_pay, transactions, accounts;
      drop function concord.stable_id(text, text[]);
      drop function concord.merchants();
      drop function concord.acting_user();
    `);
  }
}
