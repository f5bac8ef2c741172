import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

const TABLES = ["match", "rejected_pair", "decision", "discrepancy_comment"];

/**
 * What people decide. A match of theirs is one row over its claims; one that waits for a second person has no claim yet.
 * A decision keeps the idempotency key with its input and its answer. A claim may take a share of its line, with the
 * amounts that are its own; without them it takes the whole line. The unique index stays the guarantee: every claim of
 * a line that is free takes share 1.
 *
 * Only the worker may write here: a request takes that role for the statements of a decision (`decisions/as-worker.ts`).
 */
export class Decisions1764000000060 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reconciliation.match (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        state text not null check (state in ('PROPOSED', 'CONFIRMED', 'REJECTED', 'REVOKED')),
        method text not null check (method in ('MANUAL', 'FORCED')),
        line_ids text[] not null,
        transaction_ids text[] not null,
        currency char(3) not null,
        lines_minor bigint not null,
        transactions_minor bigint not null,
        actor_id text not null,
        reason text,
        made_at timestamptz(3) not null default clock_timestamp(),
        decided_by text,
        decided_at timestamptz(3),
        decision_reason text,
        primary key (merchant_id, id),
        check (cardinality(line_ids) = 1 or cardinality(transaction_ids) = 1),
        check (decided_by <> actor_id)
      );
      create index match_made on reconciliation.match (merchant_id, made_at, id);
      create table reconciliation.rejected_pair (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        line_id text collate "C" not null,
        transaction_id text collate "C" not null,
        rule_set_hash text,
        actor_id text not null,
        reason text not null,
        rejected_at timestamptz(3) not null default clock_timestamp(),
        lifted_at timestamptz(3),
        lifted_by text,
        lifted_because text,
        primary key (merchant_id, id),
        check ((lifted_at is null) = (lifted_by is null))
      );
      create unique index rejected_pair_single on reconciliation.rejected_pair (merchant_id, line_id, transaction_id)
        where lifted_at is null;
      create table reconciliation.decision (
        merchant_id text collate "C" not null,
        idempotency_key text not null,
        action text not null,
        input_hash text not null,
        object_id text collate "C" not null,
        actor_id text not null,
        answer jsonb not null,
        decided_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, idempotency_key)
      );
      create table reconciliation.discrepancy_comment (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        discrepancy_id text collate "C" not null,
        author_id text not null,
        text text not null,
        written_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, id),
        foreign key (merchant_id, discrepancy_id) references reconciliation.discrepancy (merchant_id, id)
      );
      create index discrepancy_comment_of on reconciliation.discrepancy_comment (merchant_id, discrepancy_id);
      ${TABLES.map((name) => secured(`reconciliation.${name}`)).join("")}
      grant insert, update on reconciliation.match, reconciliation.rejected_pair to concord_worker;
      grant insert on reconciliation.decision, reconciliation.discrepancy_comment to concord_worker;
      grant delete on transactions.alias to concord_worker;

      alter table reconciliation.claim
        alter column run_id drop not null,
        alter column rule_set_hash drop not null,
        add column match_id text collate "C",
        add column actor_id text,
        add column reason text,
        add column share smallint not null default 1,
        add column match_minor bigint,
        add column fee_minor bigint,
        add column net_minor bigint,
        add column released_by text,
        add constraint claim_run_check check ((method = 'AUTO') = (run_id is not null)),
        add check ((method = 'AUTO') = (match_id is null)),
        add check ((method = 'AUTO') = (actor_id is null)),
        add check (num_nulls(match_minor, fee_minor, net_minor) in (0, 3));
      drop index reconciliation.claim_single_line;
      create unique index claim_single_line on reconciliation.claim (merchant_id, line_id, share)
        where released_at is null;
      create index claim_match on reconciliation.claim (merchant_id, match_id) where match_id is not null;
      -- Claims come in the order of time, so this grows at one end only.
      create index claim_made on reconciliation.claim (merchant_id, made_at, id) where match_id is null;

      alter table reconciliation.discrepancy
        alter column run_id drop not null,
        add column assignee_id text,
        add column snoozed_until timestamptz(3),
        add column resolved_by text,
        add column resolution_reason text,
        add column version int not null default 1,
        drop constraint discrepancy_state_check,
        add constraint discrepancy_state_check check (state in ('OPEN', 'ASSIGNED', 'SNOOZED', 'RESOLVED')),
        add check ((state = 'SNOOZED') = (snoozed_until is not null)),
        add check (state <> 'ASSIGNED' or assignee_id is not null);
      ${VIEWS("and c.match_minor is null")}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${VIEWS("")}
      delete from reconciliation.discrepancy where run_id is null;
      alter table reconciliation.discrepancy
        drop column assignee_id, drop column snoozed_until, drop column resolved_by, drop column resolution_reason,
        drop column version,
        drop constraint discrepancy_state_check,
        add constraint discrepancy_state_check check (state in ('OPEN', 'RESOLVED')) not valid,
        alter column run_id set not null;
      delete from reconciliation.claim where method <> 'AUTO';
      drop index reconciliation.claim_made, reconciliation.claim_match, reconciliation.claim_single_line;
      alter table reconciliation.claim
        drop constraint claim_run_check, drop column match_id, drop column actor_id, drop column reason, drop column share, drop column match_minor,
        drop column fee_minor, drop column net_minor, drop column released_by,
        alter column rule_set_hash set not null,
        alter column run_id set not null;
      create unique index claim_single_line on reconciliation.claim (merchant_id, line_id) where released_at is null;
      revoke delete on transactions.alias from concord_worker;
      drop table ${TABLES.map((name) => `reconciliation.${name}`).join(", ")};
    `);
  }
}

/** How a provider's fee on a line divides over several transactions it does not say, so it is told of none of them. */
const VIEWS = (whole: string) => `
  create or replace view acquirers.settled_fee with (security_invoker = true) as
    select c.merchant_id, c.transaction_id, l.currency, l.interchange_minor, l.scheme_fee_minor, l.markup_minor
    from reconciliation.claim c
    join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
    where c.released_at is null and c.effect <> 'REFUND_REVERSAL' ${whole};
  create or replace view e_vouchers.settled_commission with (security_invoker = true) as
    select c.merchant_id, c.transaction_id, l.currency, l.commission_minor
    from reconciliation.claim c
    join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
    where c.released_at is null ${whole};`;
