import type { Transaction } from "../../shared/database/scope.ts";
import { isOf, namesOf, type Share } from "./partitions.ts";
import { loadRejected } from "./rejected.ts";
import { furthestHours, type Rules } from "./rules.ts";
import { SAME_MONEY } from "./same-money.ts";
import { KINDS, onlyInferred, STILL_OPEN } from "./still-open.ts";
import { isUnclaimed } from "./unclaimed.ts";

/**
 * Puts the open lines of a share into a temporary table, beside the empty ones that matching fills. A line claimed by a
 * transaction that was only inferred from it is still open: a terminal may report the real one later.
 */
export async function loadOpenLines(
  transaction: Transaction,
  merchantId: string,
  share: Share,
  watermark: bigint,
): Promise<void> {
  await transaction.query(openLines(share), [merchantId, watermark, ...namesOf(share)]);
  await transaction.changeAll([
    "analyze open_line (id, family, type, effect, resolved_id, inferred_claim, batch_id)",
    ...EMPTY_TABLES,
  ]);
  await loadRejected(transaction, merchantId);
}

/**
 * Puts what no reference has paired into temporary tables, which is little beside the whole: lines that are open still,
 * with what they name, and the transactions that could be theirs. Answers how many lines.
 */
export async function loadLoose(transaction: Transaction, merchantId: string, rules: Rules): Promise<number> {
  const [loose = 0] = await transaction.changeAll([
    LOOSE_LINE,
    `analyze loose_line (${COMPARED}, match_minor, inferred_claim, named_id)`,
  ]);
  // Told as values, so that the planner knows how much of the table is asked for.
  const spans = await transaction.query<Span>(SPANS, [furthestHours(rules)]);
  const values = spans.flatMap(({ provider, currency, earliest, latest }) => [provider, currency, earliest, latest]);
  await transaction.query(openTransactions(spans), [merchantId, ...values]);
  await transaction.query(`analyze open_transaction (${COMPARED}, amount_minor)`);
  return loose;
}

/** Partitions with lines about transactions of others: they are matched neither side by side with these nor in one pass. */
export class ReachesFurther extends Error {
  constructor(readonly partitions: readonly string[]) {
    super(`lines of ${partitions.join(", ")} are about transactions of another partition`);
  }
}

/**
 * Throws where a line of the share is about a transaction of another partition, or was said to be: what becomes of it
 * depends on what becomes of that.
 */
export async function refuseToReachFurther(transaction: Transaction, merchantId: string, share: Share): Promise<void> {
  const providers = share.map(({ provider }) => provider);
  const reaching = await transaction.query<{ name: string }>(REACHING, [merchantId, providers]);
  if (reaching.length > 0) throw new ReachesFurther(reaching.map(({ name }) => name));
}

/**
 * The same tables for what a person decides: these lines, whether or not they are claimed already, and nothing paired.
 * Lines of a kind that is about no transaction are left out.
 */
export async function loadLines(transaction: Transaction, merchantId: string, ids: readonly string[]): Promise<void> {
  await transaction.query(THESE_LINES, [merchantId, ids]);
  await transaction.changeAll([
    "create temporary table open_transaction (id text, family text) on commit drop",
    ...EMPTY_TABLES,
    `create temporary view unpaired_line as ${UNPAIRED}`,
  ]);
}

/**
 * Puts the lines without a pair into a table; whoever pairs one of them from now on takes it out. Answers whether any is
 * of a refund that came back, and whether any has a transaction that was inferred from it.
 */
export async function loadUnpaired(
  transaction: Transaction,
): Promise<{ readonly hasReversals: boolean; readonly hasInferred: boolean }> {
  const [, , reversals = 0, inferred = 0] = await transaction.changeAll([
    UNPAIRED_LINE,
    "analyze unpaired_line (id, resolved_id, inferred_claim, effect)",
    "select from unpaired_line where effect = 'REFUND_REVERSAL' limit 1",
    "select from unpaired_line where inferred_claim is not null limit 1",
  ]);
  return { hasReversals: reversals > 0, hasInferred: inferred > 0 };
}

/**
 * A statement that pairs lines with transactions, which are loose no more, from the named queries \`before\` it; it changes
 * as many rows as lines are paired. To ask of each row whether it is paired would be an estimate that planners get wrong by
 * the size of the table.
 */
export const pairLoose = (pairs: string, before = "") => `
  with ${before}paired as (${pairs} returning line_id, transaction_id), of_transaction as (
    delete from open_transaction t using paired p where p.transaction_id = t.id
  )
  delete from loose_line l using paired p where p.line_id = l.id`;

const REACHING = `
  select provider || ' ' || currency as name from loose_line where elsewhere
  union
  select s.provider || ' ' || s.currency from (select distinct provider, currency from open_line) s
  where s.provider in (
    select d.provider from reconciliation.discrepancy d
    where d.merchant_id = $1 and d.type = 'CURRENCY_MISMATCH' and d.state <> 'RESOLVED' and d.provider = any ($2::text[]))
  union
  select o.provider || ' ' || o.currency
  from (select distinct provider, currency from loose_line where not leads) o
  -- By the batches, each of one currency: most providers have no other, and then no line is looked at.
  join reconciliation.settlement_batch b on b.merchant_id = $1 and b.provider = o.provider and b.currency <> o.currency
  join reconciliation.settlement_line s on s.merchant_id = b.merchant_id and s.batch_id = b.id and s.expected_id is not null
  -- Not as a join, for which a planner that expects one line would go through all loose ones for each there is.
  where ((s.expected_id, o.provider, o.currency) in (
    select resolved_id, provider, currency from loose_line where not leads and resolved_id is not null)) is true
  order by name`;

type Span = {
  readonly provider: string;
  readonly currency: string;
  readonly earliest: string | null;
  readonly latest: string | null;
};
const SPANS = `
  select provider, currency, (min(occurred_at) - make_interval(hours => $1))::text as earliest,
    (max(occurred_at) + make_interval(hours => $1))::text as latest
  from loose_line group by provider, currency`;

/** What the stages compare: to sample every column of a table made a moment ago takes longer than most of what it serves. */
const COMPARED = `id, provider, family, type, occurred_at, terminal_id, payment_method, last4, authorisation_code, merchant_reference,
  arn, rrn, stan`;

/** What matching compares and a claim keeps; the whole line is twice as wide. */
const LINE_COLUMNS = [
  ..."merchant_id id family provider account kind batch_id payout_id booking_date occurred_at currency".split(" "),
  ..."gross_minor fee_minor net_minor reference merchant_reference authorisation_code last4 arn rrn stan ticket".split(
    " ",
  ),
  ..."brand payment_method terminal_id raw_status content_hash file_id line_number".split(" "),
];

/** Lines `l` with what they are matched by, and those of their claims `c` that are asked for. */
const lines = (claimed: string) => `
  select ${LINE_COLUMNS.map((column) => `l.${column}`).join(", ")}, k.type, k.effect, coalesce(l.processing_currency, l.currency) as match_currency,
    abs(coalesce(l.processing_minor, l.gross_minor)) as match_minor,
    coalesce(a.transaction_id, l.expected_id) as resolved_id, c.id as inferred_claim, c.transaction_id as inferred_transaction
  from reconciliation.settlement_line l
  join ${KINDS} on k.kind = l.kind
  left join reconciliation.claim c
    on c.merchant_id = l.merchant_id and c.line_id = l.id and c.released_at is null and ${claimed}
  left join transactions.alias a on a.merchant_id = l.merchant_id and a.id = l.expected_id`;

const openLines = (share: Share) => `
  create temporary table open_line on commit drop as ${lines("true")}
  where l.merchant_id = $1 and l.ingest_seq <= $2 and ${isOf(share, "l", 3)} and ${STILL_OPEN}`;

const THESE_LINES = `
  create temporary table open_line on commit drop as ${lines(onlyInferred("l"))}
  where l.merchant_id = $1 and l.id = any($2::text[])`;

/** What is compared of a transaction, beside its provider. */
export const TRANSACTION_COLUMNS = [
  ..."merchant_id family id type base_status status_origin currency amount_minor psp_reference original_id".split(" "),
  ..."merchant_reference arn rrn stan ticket authorisation_code last4 payment_method brand entry_mode".split(" "),
  ..."location_id terminal_id occurred_at".split(" "),
];

/**
 * Transactions that a line without their reference may belong to: reported by someone, not yet settled, and with an
 * outcome that money does not contradict. `referred`: a line names it, so that its reference was not damaged.
 */
const openTransactions = (spans: readonly Span[]) => `
  create temporary table open_transaction on commit drop as
  select ${TRANSACTION_COLUMNS.map((column) => `t.${column}`).join(", ")}, t.provider,
    -- Not as a join: of what no pair holds the planner expects one row, and would go through all lines for each there is.
    t.id in (select resolved_id from loose_line where resolved_id is not null) as referred
  from (
    -- Apart from what is asked of claims, whose price would make any way to these rows look as good as another.
    select settlement_state, provider, ${TRANSACTION_COLUMNS.join(", ")} from transactions.transaction
    where merchant_id = $1 and not provisional and superseded_by is null
      and (${spans.map((_, index) => withinSpan(2 + 4 * index)).join(" or ") || "false"})
      and (base_status in ('PROCESSING', 'SUCCESS', 'MANUAL_INTERVENTION')
        or base_status = 'FAILED' and certainty = 'INDETERMINATE')
    offset 0
  ) t
  where ${isUnclaimed("t.type")} and not exists (select from pair p where p.transaction_id = t.id)`;

/** Provider, currency, earliest and latest are parameters from a number on. */
const withinSpan = (first: number) => `
      (provider = $${first} and occurred_at between $${first + 2}::timestamptz and $${first + 3}::timestamptz
        and (settlement_state = 'UNSETTLED' or type = 'REFUND' and settled_currency = $${first + 1})
        and currency = any (array(
          select distinct match_currency from loose_line where provider = $${first} and currency = $${first + 1})))`;

const NAMED = "t.type = l.type and t.superseded_by is null and not t.provisional";

/**
 * `leads`: the line's reference names a transaction that someone reported; `leads_to`: the type of what stands under it, though
 * it were inferred; `elsewhere`: it or the line's money is of another partition. `named_…` is that transaction where it was
 * reported, is of the line's type and stands; `claimed` and `same_money` are told of it.
 */
const LOOSE_LINE = `
  create temporary table loose_line on commit drop as
  select l.*, t.id is not null and not t.provisional as leads, case when t.superseded_by is null then t.type end as leads_to,
    l.match_currency <> l.currency or coalesce((t.provider, t.currency) <> (l.provider, l.currency), false) as elsewhere,
    case when ${NAMED} then t.id end as named_id, case when ${NAMED} then t.currency end as named_currency,
    case when ${NAMED} then t.amount_minor end as named_minor,
    ${SAME_MONEY} as same_money, not ${isUnclaimed("l.effect")} as claimed
  from (select * from open_line l where not exists (select from pair p where p.line_id = l.id)) l
  left join lateral (
    select * from transactions.transaction t
    where t.merchant_id = l.merchant_id and t.family = l.family and t.id = l.resolved_id offset 0
  ) t on true`;

const UNPAIRED = "select * from open_line l where not exists (select from pair p where p.line_id = l.id)";
const UNPAIRED_LINE = `
  create temporary table unpaired_line on commit drop as
  select * from open_line where id in (select id from loose_line union all select line_id from mismatch)`;

/** Takes a sample of the pairs: a table that the planner believes empty is looked through once for each line. */
export const COUNT_PAIRS = "analyze pair (line_id, transaction_id, family, stage, learnt)";

/**
 * A pair is a line that belongs to a transaction: `stage` says by what, `prior_base` what the transaction's base status
 * was, `part` and `share` which of several they are of each other, with the amounts of a share. Whoever had the transaction's
 * row at hand leaves what a claim needs of it, from `learnt` on; else it is looked up.
 */
const EMPTY_TABLES = [
  `create temporary table pair (line_id text collate "C", transaction_id text collate "C", family text, stage text, prior_base text,
    part smallint not null default 1, evidence jsonb, share smallint not null default 1, match_minor bigint,
    fee_minor bigint, net_minor bigint, effect text, learnt smallint, status_rule smallint, original_id text collate "C",
    business_date date) on commit drop`,
  `create temporary table candidate (line_id text collate "C", transaction_id text collate "C", stage text,
    points int) on commit drop`,
  `create temporary table mismatch (line_id text collate "C", transaction_id text collate "C", family text, type text,
    explanation text) on commit drop`,
];
