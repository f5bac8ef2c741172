import { PLATFORM } from "../database/scope.ts";
import type { SqlInvariant } from "./invariant.ts";

type Reference = {
  readonly from: string;
  readonly column: string;
  readonly to: string;
  /** Column of `to` that is referred to; `id` unless told. */
  readonly key?: string;
  /** More conditions on the row `r` and what it refers to, `x`. */
  readonly and?: string;
  readonly when?: string;
};

const TRANSACTION = "transactions.transaction";
const EVENT = "transactions.transaction_event";
const LINE = "reconciliation.settlement_line";
const CLAIM = "reconciliation.claim";

/** A file may be the platform's while its rows are a merchant's. */
const FILE = { column: "file_id", to: "reconciliation.source_file" };

/** Rules that came with the program are the platform's. */
const RULES = { to: "reconciliation.rule_set", key: "hash" };

const REFERENCES: readonly Reference[] = [
  // What only adds to a transaction may come before anything that makes it.
  {
    from: EVENT,
    column: "transaction_id",
    to: TRANSACTION,
    when: "not (r.source in ('FILE', 'WEBHOOK') and r.kind in ('CAPTURE', 'CANCELLATION', 'REFUND_REVERSAL'))",
  },
  { from: EVENT, column: "claim_id", to: CLAIM },
  { from: EVENT, column: "supersedes_id", to: EVENT, and: "x.transaction_id = r.transaction_id" },
  { from: TRANSACTION, column: "deciding_event", to: EVENT, and: "x.transaction_id = r.id" },
  { from: TRANSACTION, column: "superseded_by", to: TRANSACTION },
  { from: TRANSACTION, column: "location_id", to: "accounts.location" },
  { from: TRANSACTION, column: "terminal_id", to: "accounts.terminal" },
  { from: "transactions.alias", column: "transaction_id", to: TRANSACTION },
  { from: LINE, column: "batch_id", to: "reconciliation.settlement_batch" },
  { from: LINE, column: "payout_id", to: "reconciliation.payout" },
  { from: "reconciliation.settlement_batch", column: "payout_id", to: "reconciliation.payout" },
  { from: CLAIM, column: "line_id", to: LINE },
  { from: CLAIM, column: "transaction_id", to: TRANSACTION },
  { from: CLAIM, column: "run_id", to: "reconciliation.run" },
  { from: CLAIM, column: "match_id", to: "reconciliation.match" },
  { from: "reconciliation.rejected_pair", column: "line_id", to: LINE },
  { from: "reconciliation.rejected_pair", column: "transaction_id", to: TRANSACTION },
  { from: "reconciliation.discrepancy_comment", column: "discrepancy_id", to: "reconciliation.discrepancy" },
  { from: "reconciliation.discrepancy", column: "line_id", to: LINE },
  { from: "reconciliation.discrepancy", column: "transaction_id", to: TRANSACTION },
  { from: "reconciliation.discrepancy", column: "run_id", to: "reconciliation.run" },
  { from: "reconciliation.run_partition", column: "run_id", to: "reconciliation.run" },
  { from: "reconciliation.run_cancellation", column: "run_id", to: "reconciliation.run" },
  { from: "reconciliation.run", column: "schedule_id", to: "reconciliation.schedule" },
  { from: "reconciliation.schedule", column: "last_run_id", to: "reconciliation.run" },
  ...["reconciliation.run", CLAIM].map((from) => ({ from, column: "rule_set_hash", ...RULES })),
  { from: "reconciliation.rule_activation", column: "hash", ...RULES },
  ...["ccv_pay", "e_vouchers", "acquirers"].flatMap((schema): Reference[] => [
    { from: `${schema}.detail`, column: "transaction_id", to: `${schema}.transaction` },
    { from: `${schema}.transaction`, column: "id", to: `${schema}.detail`, key: "transaction_id" },
  ]),
  ...[
    EVENT,
    LINE,
    "reconciliation.payout",
    "reconciliation.source_record",
    "reconciliation.bank_entry",
    "reconciliation.file_account",
  ].map((from) => ({ from, ...FILE })),
];

function dangling({ from, column, to, key = "id", and = "true", when = "true" }: Reference): string {
  const own = [FILE.to, RULES.to].includes(to)
    ? `x.merchant_id in (r.merchant_id, '${PLATFORM}')`
    : "x.merchant_id = r.merchant_id";
  return `
    select '${from} ' || r.merchant_id || ' ' || r.${column} as key, '${column} leads to nothing of this merchant in ${to}' as detail,
      r.merchant_id, r.${column} as wanted
    from ${from} r
    where r.${column} is not null and ${when}
      and not exists (select from ${to} x where ${own} and x.${key} = r.${column} and ${and})`;
}

/** Of what leads nowhere what leads elsewhere. */
function leadingElsewhere(reference: Reference): string {
  const { to, key = "id" } = reference;
  return `
    (with lost as materialized (${dangling(reference)})
    select key, detail from lost
    where exists (select from ${to} e where e.${key} = lost.wanted and e.merchant_id <> lost.merchant_id))`;
}

export const INTEGRITY: readonly SqlInvariant[] = [
  {
    name: "I03",
    severity: "P0",
    sentence: "Nothing leads to a row of another merchant.",
    among: "I04",
    sql: REFERENCES.map(leadingElsewhere).join(" union all "),
  },
  {
    name: "I04",
    severity: "P0",
    sentence: "Whatever names another row names one that is there.",
    sql: REFERENCES.map((reference) => `select key, detail from (${dangling(reference)}) lost`).join(" union all "),
  },
  {
    name: "ALIAS_IS_LIVE",
    severity: "P0",
    sentence: "An alias, and a superseded transaction, lead straight to one that is not superseded itself.",
    sql: `
      select a.merchant_id || ' ' || a.id as key, 'alias of ' || t.id || ', which is superseded' as detail
      from transactions.alias a
      join transactions.transaction t on t.merchant_id = a.merchant_id and t.id = a.transaction_id
      where t.superseded_by is not null
      union all
      select o.merchant_id || ' ' || o.id, 'superseded by ' || t.id || ', which is superseded'
      from transactions.transaction o
      join transactions.transaction t on t.merchant_id = o.merchant_id and t.id = o.superseded_by
      where t.superseded_by is not null`,
  },
  {
    name: "SUPERSEDED_HOLDS_NOTHING",
    severity: "P0",
    sentence: "A superseded transaction has no active claim and was only ever inferred.",
    sql: `
      select t.merchant_id || ' ' || t.id as key,
        case when c.id is null then 'was reported, not inferred' else 'still holds line ' || c.line_id end as detail
      from transactions.transaction t
      left join reconciliation.claim c
        on c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.released_at is null
      where t.superseded_by is not null and (c.id is not null or not t.provisional)`,
  },
];
