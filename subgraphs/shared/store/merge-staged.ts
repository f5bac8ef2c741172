import { recordChanges } from "../changes/record-changes.ts";
import type { Transaction } from "../database/scope.ts";
import type { FamilyModules } from "../family-module.ts";
import { addReportedLines } from "./add-lines.ts";
import { saysTheSame } from "./content-recipe.ts";
import { deriveStatuses } from "./derive-statuses.ts";
import { keepDuplicates } from "./known-lines.ts";
import { mergeGroups } from "./merge-groups.ts";
import { MERGE_TRANSACTIONS, mergeDetails, NEW_ROWS } from "./merge-transactions.ts";
import { noteSeen } from "./note-seen.ts";
import { releaseCorrected } from "./release-corrected.ts";

/** What became of the staged rows. Duplicates are kept as such here; collisions are for the caller to explain. */
export type MergeResult = {
  readonly accepted: bigint;
  readonly duplicate: bigint;
  readonly collisions: readonly { readonly lineNumber: bigint; readonly contentHash: string }[];
};

/** What the staged rows came with, and whose record that is: the merchant's, or the platform's. */
export type StagedSource = {
  readonly kind: "FILE" | "WEBHOOK";
  readonly merchantId: string;
  readonly id: string;
};

/**
 * Merges the last of what is staged into the ledger, and the sums of its lines into batches and payouts. Re-feeding changes
 * nothing: a fact we have is a duplicate if its content is the same and a collision if it is not. Must run under
 * `lockMerchants`.
 */
export async function mergeStaged(
  transaction: Transaction,
  source: StagedSource,
  families: FamilyModules,
): Promise<MergeResult> {
  await mergeReports(transaction, source, families);
  if (source.kind === "FILE") await mergeGroups(transaction, source.id);
  await transaction.query(REFRESH);
  return resultOf(transaction);
}

/**
 * Merges the reports that are staged, set by set, and empties `staged`; rows that only book are lines already. Must run
 * under `lockMerchants`.
 */
export async function mergeReports(
  transaction: Transaction,
  source: StagedSource,
  families: FamilyModules,
): Promise<void> {
  const [some] = await transaction.query("select from staged limit 1");
  if (!some) return;
  const isFile = source.kind === "FILE";
  await transaction.query("analyze staged (merchant_id, line_number, fact_key, transaction_id, original_id, creates)");
  for (const column of ["transaction_id", "original_id"]) await transaction.query(resolved(column));
  await transaction.query(FATES);
  await transaction.query("analyze fate");
  await releaseCorrected(transaction, NEW_ROWS);
  await transaction.query(MERGE_TRANSACTIONS);
  for (const { family, detailTable, detailColumns } of Object.values(families)) {
    await transaction.query(mergeDetails(detailTable, detailColumns), [family]);
  }
  await transaction.query(EVENTS, [source.kind, isFile ? source.id : null, isFile ? null : source.id]);
  if (isFile) await addReportedLines(transaction, source.id, NEW_ROWS);
  await transaction.query(SEEN, [source.kind]);
  await transaction.query(REFRESH_CHUNK);
  await transaction.query(TOUCHED);
  await recordChanges(transaction);
  await transaction.query(UNSETTLED);
  await deriveStatuses(transaction);
  if (isFile) await transaction.query(keepDuplicates("fate where fate = 'DUPLICATE'"), [source.merchantId, source.id]);
  await transaction.query(TOLD);
}

async function resultOf(transaction: Transaction): Promise<MergeResult> {
  const [count] = await transaction.query<{ accepted: bigint; duplicate: bigint }>(
    `select (coalesce(sum(rows) filter (where fate = 'NEW'), 0)
        + (select coalesce(sum(lines), 0) from booked where direct))::bigint as accepted,
      coalesce(sum(rows) filter (where fate = 'DUPLICATE'), 0)::bigint as duplicate
     from tally`,
  );
  const collisions = await transaction.query<{ line_number: bigint; content_hash: string }>(
    "select line_number, content_hash from collision order by line_number",
  );
  return {
    accepted: count?.accepted ?? 0n,
    duplicate: count?.duplicate ?? 0n,
    collisions: collisions.map((row) => ({ lineNumber: row.line_number, contentHash: row.content_hash })),
  };
}

/** What comes twice is new to nobody, and yet shows that the provider goes on to tell. */
const SEEN = noteSeen({
  merchant: "s.merchant_id",
  from: "staged s where s.reports",
  noticed: "case when $1 = 'WEBHOOK' then clock_timestamp() end",
});

/** A provider's reference may belong to a transaction that a terminal reported under a key of its own. */
function resolved(column: string): string {
  return `update staged s set ${column} = a.transaction_id from transactions.alias a
    where a.merchant_id = s.merchant_id and a.id = s.${column}`;
}

const LINE_SAME = saysTheSame("l.content_hash", "r.content_hash", [
  ["l.kind", "r.kind"],
  ["l.currency", "r.booking_currency"],
  ["l.gross_minor", "r.gross_minor"],
  ["l.net_minor", "r.net_minor"],
]);
const EVENT_SAME = saysTheSame("e.content_hash", "r.content_hash", [
  ["e.kind", "r.kind"],
  ["e.outcome", "r.outcome"],
  ["e.currency", "r.currency"],
  ["e.amount_minor", "r.amount_minor"],
]);

/**
 * A fact is known by its key. Beside it, a transaction keeps one amount and currency: a second report with another is no
 * update but a collision, unless the transaction was only inferred from a settlement so far.
 */
const FATES = `
  insert into fate
  with ranked as (
    select merchant_id, line_number, 'lin_' || fact_key as line_id, 'evt_' || fact_key as event_id, content_hash, kind,
      outcome, booking_currency, gross_minor, net_minor, family, transaction_id, creates, reports, books, amount_minor, currency,
      row_number() over fact as nth, first_value(content_hash) over fact as first_hash,
      first_value(case when creates then amount_minor end) over same as first_amount,
      first_value(case when creates then currency end) over same as first_currency
    from staged s
    window fact as (partition by merchant_id, fact_key order by line_number),
      same as (partition by merchant_id, transaction_id order by creates desc, line_number)
  ), known as (
    select r.*, coalesce(l.content_hash, e.content_hash) as known_hash, coalesce(l.file_id, e.file_id) as known_file,
      case when l.id is not null then ${LINE_SAME} else ${EVENT_SAME} end as is_same,
      coalesce(t.amount_minor, r.first_amount) as known_amount, coalesce(t.currency, r.first_currency) as known_currency
    from ranked r
    left join reconciliation.settlement_line l
      on r.books and l.merchant_id = r.merchant_id and l.id = r.line_id
    left join transactions.transaction_event e
      on r.reports and e.merchant_id = r.merchant_id and e.transaction_id = r.transaction_id and e.id = r.event_id
    left join transactions.transaction t
      on r.creates and t.merchant_id = r.merchant_id and t.family = r.family and t.id = r.transaction_id
        and not t.provisional
  )
  select merchant_id, line_number, content_hash, kind,
    case
      when is_same or known_hash is null and nth > 1 and first_hash = content_hash then 'DUPLICATE'
      when known_hash is not null or nth > 1 then 'COLLISION'
      when creates and (amount_minor, currency) is distinct from (known_amount, known_currency) then 'COLLISION'
      else 'NEW'
    end as fate, known_file
  from known`;

const EVENTS = `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty,
    precedence, outcome_rank, sequence, occurred_at, amount_minor, currency, reason, raw_status, content_hash, file_id,
    line_number, webhook_id, ingest_seq)
  select s.merchant_id, s.transaction_id, 'evt_' || s.fact_key, s.kind, $1, s.outcome, s.certainty, s.precedence,
    s.outcome_rank, s.sequence, s.occurred_at, s.amount_minor, s.currency, s.reason, s.raw_status, s.content_hash, $2,
    case when $2::text is not null then s.line_number end, $3, (select nextval('transactions.ingest_seq'))
  from ${NEW_ROWS}
  where s.reports`;

const REFRESH_CHUNK = "select concord.refresh_statistics(count(*)) from fate where fate = 'NEW'";

const REFRESH = `
  select concord.refresh_statistics((select coalesce(sum(rows), 0)::bigint from tally where fate = 'NEW')
    + (select coalesce(sum(lines), 0)::bigint from booked where direct))`;

const TOLD = `
  insert into tally select fate, kind, count(*) from fate where fate <> 'COLLISION' group by fate, kind;
  insert into known_from
    select known_file, count(*) from fate where fate = 'DUPLICATE' and known_file is not null group by known_file;
  insert into collision select line_number, content_hash from fate where fate = 'COLLISION';
  insert into reopened select distinct merchant_id from corrected;
  drop table touched, corrected;
  truncate staged, fate`;

/**
 * Takes out of `touched` what is right as MERGE_TRANSACTIONS made it: told of by one event, which decides, belonging to
 * nothing and with nothing that belongs to it, and disputed by nobody. To derive costs three times as much as to see that.
 */
const UNSETTLED = `
  create temporary table unsettled on commit drop as
  select w.* from touched w
  cross join lateral (
    select t.original_id, t.deciding_event, t.status_rule from transactions.transaction t
    where t.merchant_id = w.merchant_id and t.family = w.family and t.id = w.id offset 0
  ) t
  cross join lateral (
    select count(*) as times, min(e.id) as id, min(e.precedence) as rule from transactions.transaction_event e
    where e.merchant_id = w.merchant_id and e.transaction_id = w.id
  ) e
  cross join lateral (
    select count(*) as times from transactions.transaction c
    where c.merchant_id = w.merchant_id and c.original_id = w.id
  ) child
  where (t.original_id is null and e.times = 1 and child.times = 0
    and (w.merchant_id, w.family, w.id) not in (select merchant_id, family, sale_id from transactions.dispute_notice)
    and (t.deciding_event = e.id or e.rule is null and t.status_rule = 7)) is not true;
  truncate touched;
  insert into touched select * from unsettled;
  drop table unsettled`;

/** Every transaction whose set of evidence may have changed: those named, and the sales that their children go back to. */
const TOUCHED = `
  create temporary table touched on commit drop as
  select s.merchant_id, s.family, s.transaction_id as id from ${NEW_ROWS}
  where s.reports and s.transaction_id is not null
  union
  select s.merchant_id, s.family, s.original_id from ${NEW_ROWS}
  where s.creates and s.original_id is not null`;
