import type { MigrationInterface, QueryRunner } from "typeorm";
import { listed, WITH_FOUR_DECIMALS, WITH_THREE_DECIMALS, WITHOUT_DECIMALS } from "./vocabulary-lists.ts";

/**
 * What is written for people names amounts as they read them: "62.80", not 6280. An exact amount may be a part of a minor
 * unit, "0.255", and has as many decimals as it takes.
 */
export class DecimalText1764000000260 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function concord.currency_exponent(currency text) returns int language sql immutable parallel safe as $$
        select case when currency in (${listed(WITHOUT_DECIMALS)}) then 0
          when currency in (${listed(WITH_THREE_DECIMALS)}) then 3
          when currency in (${listed(WITH_FOUR_DECIMALS)}) then 4 else 2 end
      $$;
      create function concord.decimal_text(minor bigint, currency text) returns text
        language sql immutable parallel safe as $$
        select round(minor / 10::numeric ^ concord.currency_exponent(currency), concord.currency_exponent(currency))::text
      $$;
      create function concord.exact_decimal_text(minor numeric, currency text) returns text
        language sql immutable parallel safe as $$
        select round(exact, greatest(scale(trim_scale(exact)), concord.currency_exponent(currency)))::text
        from (values (minor / 10::numeric ^ concord.currency_exponent(currency))) v (exact)
      $$;
      grant execute on function concord.currency_exponent(text), concord.decimal_text(bigint, text),
        concord.exact_decimal_text(numeric, text) to concord_app, concord_worker, concord_check;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop function concord.exact_decimal_text(numeric, text);
      drop function concord.decimal_text(bigint, text);
      drop function concord.currency_exponent(text);
    `);
  }
}
