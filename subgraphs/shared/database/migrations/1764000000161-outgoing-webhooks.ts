import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/**
 * What the merchant's own systems are told. A notice is written by a trigger, in the transaction of what it tells of, for
 * each endpoint that wants it: it is its own outbox, and nothing is told that did not happen or forgotten that did.
 * Merchants without an endpoint pay one comparison a row: `lockMerchants`, which every writer of money passes, says with
 * `begin_telling` whether there is anyone to tell. The secret is for the worker alone to read.
 */
export class OutgoingWebhooks1764000000161 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table delivery.webhook_endpoint (
        merchant_id text collate "C" not null references accounts.merchant,
        id text collate "C" not null,
        url text not null,
        events text[] not null,
        secret text not null,
        version int not null default 1,
        created_by text not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        failing_since timestamptz(3),
        disabled_at timestamptz(3),
        disabled_because text,
        removed_at timestamptz(3),
        primary key (merchant_id, id)
      );
      create table delivery.notice (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        endpoint_id text collate "C" not null,
        type text not null,
        subject_id text collate "C" not null,
        ordinal bigint not null default 0,
        data jsonb not null,
        written_by xid8 not null default pg_current_xact_id(),
        created_at timestamptz(3) not null default clock_timestamp(),
        state text not null default 'WAITING' check (state in ('WAITING', 'DELIVERED', 'GIVEN_UP')),
        attempts int not null default 0,
        due_at timestamptz(3) not null default clock_timestamp(),
        leased_until timestamptz(3),
        last_attempt_at timestamptz(3),
        last_status int,
        last_problem text,
        primary key (merchant_id, id),
        foreign key (merchant_id, endpoint_id) references delivery.webhook_endpoint (merchant_id, id)
      );
      create index notice_due on delivery.notice (due_at) where state = 'WAITING';
      create index notice_subject on delivery.notice (merchant_id, endpoint_id, subject_id, ordinal)
        where state = 'WAITING';
      create index notice_page on delivery.notice (merchant_id, created_at, id);
      create table delivery.webhook_change (
        merchant_id text collate "C" not null,
        idempotency_key text not null,
        input_hash text not null,
        answer jsonb not null,
        changed_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, idempotency_key)
      );
      ${["webhook_endpoint", "notice", "webhook_change"].map((name) => secured(`delivery.${name}`)).join("")}
      create policy delivering on delivery.webhook_endpoint to concord_worker using (true) with check (true);
      create policy delivering on delivery.notice to concord_worker using (true) with check (true);
      revoke select on delivery.webhook_endpoint from concord_app, concord_check;
      grant select (merchant_id, id, url, events, version, created_by, created_at, failing_since, disabled_at,
        disabled_because, removed_at) on delivery.webhook_endpoint to concord_app, concord_check;
      grant insert, update on delivery.webhook_endpoint to concord_app, concord_worker;
      grant insert on delivery.webhook_change, delivery.notice to concord_app;
      grant insert, update, delete on delivery.notice to concord_worker;

      create function concord.begin_telling(of_merchant text) returns text language sql as $$
        select set_config('app.tells', 'on', true) where exists (
          select from delivery.webhook_endpoint e where e.merchant_id = of_merchant and e.removed_at is null)
      $$;
      create function concord.tell(of_merchant text, of_type text, of_subject text, nth bigint, what jsonb)
        returns void language sql as $$
        -- A status that lasted within one transaction nobody has seen: what is told goes from the one before to the last.
        with unseen as (
          delete from delivery.notice n using delivery.webhook_endpoint e
          where e.merchant_id = of_merchant and n.merchant_id = of_merchant and n.endpoint_id = e.id
            and n.subject_id = of_subject and n.state = 'WAITING' and n.written_by = pg_current_xact_id()
          returning n.endpoint_id, n.data
        )
        insert into delivery.notice (merchant_id, id, endpoint_id, type, subject_id, ordinal, data)
        select of_merchant, concord.stable_id('not', e.id, of_type, of_subject, nth::text), e.id, of_type, of_subject, nth,
          what || coalesce((
            select jsonb_build_object('previousStatus', u.data -> 'previousStatus') from unseen u
            where u.endpoint_id = e.id and u.data ? 'previousStatus' limit 1), '{}')
        from delivery.webhook_endpoint e
        where e.merchant_id = of_merchant and e.removed_at is null and of_type = any (e.events)
        on conflict do nothing
      $$;
      create function delivery.tell_status() returns trigger language plpgsql as $$
        begin
          -- What waits for a person is seen by few, and told to no machine until somebody has decided.
          if new.superseded_by is null and new.base_status <> 'MANUAL_INTERVENTION' then
            perform concord.tell(new.merchant_id, 'TRANSACTION_STATUS_CHANGED', new.id, new.version, jsonb_build_object(
              'transactionId', new.id, 'type', new.type, 'status', new.status, 'statusOrigin', new.status_origin,
              'previousStatus', case when tg_op = 'UPDATE' then old.status end, 'version', new.version,
              'amount', jsonb_build_object('amountMinor', new.amount_minor::text, 'currency', new.currency)));
          end if;
          return null;
        end $$;
      create trigger tell_status_new after insert on transactions.transaction for each row
        when (current_setting('app.tells', true) = 'on') execute function delivery.tell_status();
      create trigger tell_status after update on transactions.transaction for each row
        when (old.status is distinct from new.status and current_setting('app.tells', true) = 'on')
        execute function delivery.tell_status();
      create function delivery.tell_discrepancy() returns trigger language plpgsql as $$
        begin
          perform concord.tell(new.merchant_id, 'DISCREPANCY_OPENED', new.id, new.version, jsonb_build_object(
            'discrepancyId', new.id, 'type', new.type, 'transactionId', new.transaction_id,
            'amountAtRisk', jsonb_build_object('amountMinor', new.amount_at_risk_minor::text, 'currency', new.currency)));
          return null;
        end $$;
      create trigger tell_discrepancy_new after insert on reconciliation.discrepancy for each row
        when (new.state <> 'RESOLVED') execute function delivery.tell_discrepancy();
      create trigger tell_discrepancy after update on reconciliation.discrepancy for each row
        when (old.state = 'RESOLVED' and new.state <> 'RESOLVED') execute function delivery.tell_discrepancy();
      create function delivery.tell_payout() returns trigger language plpgsql as $$
        begin
          perform concord.tell(p.merchant_id, 'PAYOUT_ARRIVED', p.id, 0, jsonb_build_object(
            'payoutId', p.id, 'provider', p.provider, 'reference', p.reference, 'bankEntryId', new.bank_entry_id,
            'amount', jsonb_build_object('amountMinor', p.amount_minor::text, 'currency', p.currency)))
          from reconciliation.payout p where p.merchant_id = new.merchant_id and p.id = new.payout_id;
          return null;
        end $$;
      create trigger tell_payout after insert on reconciliation.payout_credit for each row
        when (new.way = 'PAID' and new.released_at is null) execute function delivery.tell_payout();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger tell_payout on reconciliation.payout_credit;
      drop trigger tell_discrepancy on reconciliation.discrepancy;
      drop trigger tell_discrepancy_new on reconciliation.discrepancy;
      drop trigger tell_status on transactions.transaction;
      drop trigger tell_status_new on transactions.transaction;
      drop function delivery.tell_payout(), delivery.tell_discrepancy(), delivery.tell_status();
      drop function concord.tell(text, text, text, bigint, jsonb);
      drop function concord.begin_telling(text);
      drop table delivery.webhook_change, delivery.notice, delivery.webhook_endpoint;
    `);
  }
}
