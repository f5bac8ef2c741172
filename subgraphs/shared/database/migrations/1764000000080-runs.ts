import { createHash } from "node:crypto";
import type { MigrationInterface, QueryRunner } from "typeorm";
import { canonicalJson } from "../../canonical-json.ts";
import { BUILT_IN_RULES } from "./built-in-rules.ts";
import { secured } from "./row-security.ts";

const SECURED = ["rule_set", "rule_activation", "schedule", "run_cancellation", "trial"];

/**
 * Rules as data, schedules, cancelled runs, and what a run has to leave so that it can be told again: what it was given,
 * what it made of it, and by which program. A rule set is its content: the hash, which the database checks, is its
 * identity, and the platform's are everybody's. A trial is a question that is computed and rolled back: what other rules
 * would do, or what a run would do again.
 *
 * `learnt` of a claim has a bit for each column that the transaction has from this line alone (`matching/learnt.ts`);
 * without it nobody could say later what was known before.
 */
export class Runs1764000000080 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table reconciliation.rule_set (
        merchant_id text collate "C" not null,
        version int not null,
        hash text collate "C" not null,
        content text not null,
        note text not null,
        added_by text not null,
        added_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, version),
        unique (merchant_id, hash),
        check (hash = left(encode(sha256(convert_to(content, 'UTF8')), 'hex'), 16))
      );
      create table reconciliation.rule_activation (
        merchant_id text collate "C" not null,
        position int not null,
        hash text collate "C" not null,
        active_from timestamptz(3) not null,
        activated_by text not null,
        activated_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, position)
      );
      create table reconciliation.schedule (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        provider text,
        cron text not null,
        zone text not null,
        days int check (days between 1 and 3650),
        enabled boolean not null,
        next_due timestamptz(3),
        last_due timestamptz(3),
        last_run_id text collate "C",
        set_by text not null,
        set_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, id),
        check (enabled = (next_due is not null))
      );
      create index schedule_due on reconciliation.schedule (next_due) where enabled;
      create table reconciliation.run_cancellation (
        merchant_id text collate "C" not null,
        run_id text collate "C" not null,
        requested_by text not null,
        requested_at timestamptz(3) not null default clock_timestamp(),
        primary key (merchant_id, run_id)
      );
      create table reconciliation.trial (
        merchant_id text collate "C" not null,
        id text collate "C" not null,
        kind text not null check (kind in ('PREVIEW', 'REPLAY')),
        input jsonb not null,
        status text not null default 'QUEUED' check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
        problem text,
        result jsonb,
        steps_total int,
        steps_done int not null default 0,
        lease_epoch int not null default 0,
        leased_until timestamptz(3),
        requested_by text not null,
        requested_at timestamptz(3) not null default clock_timestamp(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        primary key (merchant_id, id)
      );
    `);
    // Before row level security, which holds the owner as well, since these rows are no merchant's.
    await db.query(SEED_RULES, [contentOf(BUILT_IN_RULES), hashOf(contentOf(BUILT_IN_RULES))]);
    await db.query(`
      ${SECURED.map((name) => secured(`reconciliation.${name}`)).join("")}
      ${["rule_set", "rule_activation"]
        .map(
          (name) =>
            `create policy built_in on reconciliation.${name} for select to concord_app, concord_worker using (merchant_id = 'platform');`,
        )
        .join("\n")}
      ${["schedule", "trial"]
        .map((name) => `create policy sweeping on reconciliation.${name} for select to concord_worker using (true);`)
        .join("\n")}
      grant insert on reconciliation.rule_set, reconciliation.rule_activation, reconciliation.run_cancellation,
        reconciliation.trial to concord_app, concord_worker;
      grant insert, update on reconciliation.schedule to concord_app;
      grant update on reconciliation.schedule, reconciliation.trial to concord_worker;

      alter table reconciliation.run
        add column period_from date,
        add column period_to date,
        add column schedule_id text collate "C",
        add column rule_set_version int,
        add column engine_version text,
        add column input_digest text,
        add column output_digest text,
        add column lines_total bigint,
        add column lines_done bigint not null default 0,
        add column failures int not null default 0,
        add check (period_from <= period_to),
        drop constraint run_status_check,
        add constraint run_status_check
          check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'));
      alter table reconciliation.run_partition
        add column began_at timestamptz not null default clock_timestamp(),
        add column watermark bigint not null default 0,
        add column lines_digest text not null default '',
        add column transactions_digest text not null default '',
        add column output_digest text not null default '';
      alter table reconciliation.claim add column learnt smallint not null default 0;
      alter table transactions.transaction_event
        add column ingest_seq bigint not null default nextval('transactions.ingest_seq');
      grant usage on sequence transactions.ingest_seq to concord_app;
      ${widened("delivery.outbox", "outbox_kind_check", "kind = 'RUN_TRIAL'")}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from delivery.outbox where kind = 'RUN_TRIAL';
      revoke usage on sequence transactions.ingest_seq from concord_app;
      alter table transactions.transaction_event drop column ingest_seq;
      alter table reconciliation.claim drop column learnt;
      alter table reconciliation.run_partition drop column began_at, drop column watermark, drop column lines_digest,
        drop column transactions_digest, drop column output_digest;
      alter table reconciliation.run
        drop column period_from, drop column period_to, drop column schedule_id, drop column rule_set_version,
        drop column engine_version, drop column input_digest, drop column output_digest, drop column lines_total,
        drop column lines_done, drop column failures,
        drop constraint run_status_check,
        add constraint run_status_check check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')) not valid;
      drop table ${SECURED.map((name) => `reconciliation.${name}`).join(", ")};
    `);
  }
}

const contentOf = canonicalJson;
const hashOf = (content: string) => createHash("sha256").update(content).digest("hex").slice(0, 16);

/** A list that other migrations lengthen too is lengthened as it stands. */
function widened(table: string, constraint: string, condition: string): string {
  return `
    do $$
    declare rule text := (select pg_get_expr(conbin, conrelid) from pg_constraint
      where conrelid = '${table}'::regclass and conname = '${constraint}');
    begin
      execute format('alter table ${table} drop constraint ${constraint}, add constraint ${constraint} check (%s or %s)',
        rule, ${`'${condition.replaceAll("'", "''")}'`});
    end $$;`;
}

const SEED_RULES = `
  with seeded as (
    insert into reconciliation.rule_set (merchant_id, version, hash, content, note, added_by)
    values ('platform', 1, $2, $1, 'built in', 'system:migration')
    returning hash
  )
  insert into reconciliation.rule_activation (merchant_id, position, hash, active_from, activated_by)
  select 'platform', 1, hash, timestamptz '2020-01-01 00:00Z', 'system:migration' from seeded`;
