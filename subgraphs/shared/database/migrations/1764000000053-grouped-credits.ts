import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * One bank entry may pay several payouts, and one payout may come in several entries, so what is single is no longer the
 * row: each credit says how much of its entry it takes, and the trigger holds their sums to the entry and to the payout.
 * It waits for the merchant's lock, so that two that insert at once cannot each see only their own.
 */
export class GroupedCredits1764000000053 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table reconciliation.payout_credit add column allocated_minor bigint;
      update reconciliation.payout_credit c set allocated_minor = e.amount_minor
      from reconciliation.bank_entry e where e.merchant_id = c.merchant_id and e.id = c.bank_entry_id;
      alter table reconciliation.payout_credit alter column allocated_minor set not null;
      drop index reconciliation.payout_credit_single_entry;
      drop index reconciliation.payout_credit_single_payout;
      create unique index payout_credit_single_pair on reconciliation.payout_credit (merchant_id, bank_entry_id, payout_id)
        where released_at is null;
      create index payout_credit_payout on reconciliation.payout_credit (merchant_id, payout_id, way)
        where released_at is null;
      create function reconciliation.hold_credits() returns trigger language plpgsql as $$
        declare broken text;
        begin
          perform pg_advisory_xact_lock(hashtextextended(merchant_id, 4208))
            from (select distinct merchant_id from added order by 1) merchants;
          select c.bank_entry_id into broken
            from reconciliation.payout_credit c
            join reconciliation.bank_entry e on e.merchant_id = c.merchant_id and e.id = c.bank_entry_id
            where c.released_at is null
              and (c.merchant_id, c.bank_entry_id) in (select a.merchant_id, a.bank_entry_id from added a)
            group by c.merchant_id, c.bank_entry_id, e.amount_minor
            having abs(sum(c.allocated_minor)) > abs(e.amount_minor)
            limit 1;
          if broken is not null then
            raise exception 'bank entry % is allocated beyond its amount', broken using errcode = 'exclusion_violation';
          end if;
          select c.payout_id into broken
            from reconciliation.payout_credit c
            join reconciliation.payout p on p.merchant_id = c.merchant_id and p.id = c.payout_id
            where c.released_at is null
              and (c.merchant_id, c.payout_id, c.way) in (select a.merchant_id, a.payout_id, a.way from added a)
            group by c.merchant_id, c.payout_id, c.way, p.amount_minor
            having abs(sum(c.allocated_minor - c.difference_minor)) > abs(p.amount_minor)
            limit 1;
          if broken is not null then
            raise exception 'payout % is paid beyond its amount', broken using errcode = 'exclusion_violation';
          end if;
          return null;
        end $$;
      create trigger hold_credits after insert on reconciliation.payout_credit
        referencing new table as added for each statement execute function reconciliation.hold_credits();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger hold_credits on reconciliation.payout_credit;
      drop function reconciliation.hold_credits();
      drop index reconciliation.payout_credit_payout;
      drop index reconciliation.payout_credit_single_pair;
      create unique index payout_credit_single_entry on reconciliation.payout_credit (merchant_id, bank_entry_id)
        where released_at is null;
      create unique index payout_credit_single_payout on reconciliation.payout_credit (merchant_id, payout_id, way)
        where released_at is null;
      alter table reconciliation.payout_credit drop column allocated_minor;
    `);
  }
}
