import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The grants of a crowd in one statement. Whoever asks what users have, before any merchant is known, names them in
 * `app.users`, a JSON list beside the `app.user` that the transaction acts for; where that is not set, only that user's own
 * are seen, as before.
 */
export class GrantsOfMany1764000000350 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function concord.asked_users() returns text[] language plpgsql stable parallel safe as $$
        declare asked text := current_setting('app.users', true);
        begin
          if asked is null or asked = '' then
            return array[concord.acting_user()];
          end if;
          return array(select jsonb_array_elements_text(asked::jsonb));
        end $$;
      ${ownGrants("any((select concord.asked_users())::text[])")}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${ownGrants("(select concord.acting_user())")}
      drop function concord.asked_users();
    `);
  }
}

function ownGrants(user: string): string {
  return `
    alter policy own_grants on accounts.membership using (user_id = ${user});
    alter policy own_grants on accounts.support_access using (user_id = ${user});
    alter policy own_machine on accounts.machine using ('machine:' || id = ${user});
    alter policy own_group on accounts.user_group using (exists (
      select from accounts.membership m
      where m.merchant_id = user_group.merchant_id and m.group_id = user_group.id and m.user_id = ${user}));`;
}
