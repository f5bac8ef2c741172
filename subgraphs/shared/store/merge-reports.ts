import { recordChanges } from "../changes/record-changes.ts";
import type { Transaction } from "../database/scope.ts";
import type { FamilyModules } from "../family-module.ts";
import { addFresh } from "./add-fresh.ts";
import { addReportedLines } from "./add-lines.ts";
import { saysTheSame } from "./content-recipe.ts";
import { deriveStatuses } from "./derive-statuses.ts";
import { keepDuplicates } from "./known-lines.ts";
import { FRESH_ROWS, MERGE_TRANSACTIONS, MERGED_ROWS, mergeDetails, NEW_ROWS } from "./merge-transactions.ts";
import { noteSeen } from "./note-seen.ts";
import { releaseCorrected } from "./release-corrected.ts";

/** What the staged rows came with, and whose record that is: the merchant's, or the platform's. */
export type StagedSource = {
  readonly kind: "FILE" | "WEBHOOK";
  readonly merchantId: string;
  readonly id: string;
};

/** Merges the reports that are staged, set by set, and empties `staged`. Must run under `lockMerchants`. */
export type ReportMerger = () => Promise<void>;

/**
 * Merges reports chunk by chunk; rows that only book are lines already. A file that was sent before is known from end to
 * end, so after a chunk that brought nothing the next one is not taken for new.
 */
export function createReportMerger(
  transaction: Transaction,
  source: StagedSource,
  families: FamilyModules,
): ReportMerger {
  const isFile = source.kind === "FILE";
  let mayBeFresh = true;
  return async () => {
    const [{ staged } = { staged: 0 }] = await transaction.query<{ staged: number }>(
      "select count(*)::int as staged from staged",
    );
    if (staged === 0) return;
    await transaction.query(
      "analyze staged (merchant_id, line_number, fact_key, transaction_id, original_id, creates)",
    );
    for (const column of ["transaction_id", "original_id"]) await transaction.query(resolved(column));
    const fresh = mayBeFresh ? await addFresh(transaction, families) : 0;
    if (fresh < staged) await transaction.query(FATES);
    await transaction.query("analyze fate");
    const [{ added } = { added: 0 }] = await transaction.query<{ added: number }>(ADDED);
    await transaction.query(SEEN, [source.kind]);
    if (added > fresh) await mergeTransactions(transaction, families);
    if (added > 0) {
      await transaction.query(EVENTS, [source.kind, isFile ? source.id : null, isFile ? null : source.id]);
      if (isFile) await addReportedLines(transaction, source.id, NEW_ROWS);
      await transaction.query(REFRESH_CHUNK, [added]);
      await transaction.query(TOUCHED);
      if (added > fresh) await transaction.query(NO_LONGER);
      await recordChanges(transaction, CHANGED);
      if (added > fresh) await settleStatuses(transaction);
      await transaction.query("drop table touched");
    }
    if (isFile && fresh < staged) await transaction.query(keepDuplicates(TWICE), [source.merchantId, source.id]);
    await transaction.query(TOLD);
    mayBeFresh = added > 0;
  };
}

/** Merges the new rows that are not fresh with what is known of their transactions. */
async function mergeTransactions(transaction: Transaction, families: FamilyModules): Promise<void> {
  await releaseCorrected(transaction, MERGED_ROWS);
  await transaction.query(MERGE_TRANSACTIONS);
  for (const { family, detailTable, detailColumns } of Object.values(families)) {
    await transaction.query(mergeDetails(detailTable, detailColumns), [family]);
  }
}

async function settleStatuses(transaction: Transaction): Promise<void> {
  await transaction.query(UNSETTLED);
  await deriveStatuses(transaction);
}

const TWICE = "fate where fate = 'DUPLICATE'";

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
    where not exists (select from fate f where f.line_number = s.line_number and f.merchant_id = s.merchant_id)
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
    left join lateral (
      select t.amount_minor, t.currency from transactions.transaction t
      where r.creates and l.id is null and e.id is null
        and t.merchant_id = r.merchant_id and t.family = r.family and t.id = r.transaction_id and not t.provisional offset 0
    ) t on true
  )
  select merchant_id, line_number, content_hash, kind,
    case
      when is_same or known_hash is null and nth > 1 and first_hash = content_hash then 'DUPLICATE'
      when known_hash is not null or nth > 1 then 'COLLISION'
      when creates and (amount_minor, currency) is distinct from (known_amount, known_currency) then 'COLLISION'
      else 'NEW'
    end as fate, known_file, false
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

const ADDED = "select count(*)::int as added from fate where fate = 'NEW'";

const REFRESH_CHUNK = "select concord.refresh_statistics($1)";

const TOLD = `
  insert into tally select fate, kind, count(*) from fate where fate <> 'COLLISION' group by fate, kind;
  insert into known_from
    select known_file, count(*) from fate where fate = 'DUPLICATE' and known_file is not null group by known_file;
  insert into collision select line_number, content_hash from fate where fate = 'COLLISION';
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
    where c.merchant_id = w.merchant_id and c.family = w.family and c.original_id = w.id
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
  select s.merchant_id, s.family, s.transaction_id as id from ${MERGED_ROWS}
  where s.reports and s.transaction_id is not null
  union
  select s.merchant_id, s.family, s.original_id from ${MERGED_ROWS}
  where s.creates and s.original_id is not null`;

/** And what a transaction went back to until another report said otherwise. */
const NO_LONGER = `
  insert into touched select merchant_id, family, id from gone_back_to except select merchant_id, family, id from touched;
  drop table gone_back_to`;

/** With those that are new altogether, of which nothing has to be derived. */
const CHANGED = `
  select merchant_id, id from touched union all select s.merchant_id, s.transaction_id from ${FRESH_ROWS}`;
