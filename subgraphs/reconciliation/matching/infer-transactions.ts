import type { Transaction } from "../../shared/database/scope.ts";
import type { FamilyModule, FamilyModules } from "../../shared/family-module.ts";
import { noteSeen } from "../../shared/store/note-seen.ts";
import { isInDoubt } from "./in-doubt.ts";
import { isRejected } from "./rejected.ts";

/**
 * Makes transactions of the lines that nobody reported: online payments whose only file is the settlement, refunds and
 * chargebacks. They are provisional: if a terminal reports the same purchase later, its transaction takes the line over.
 * Adds them to `pair`, so that they are claimed like any other.
 */
export async function inferTransactions(
  transaction: Transaction,
  merchantId: string,
  families: FamilyModules,
): Promise<void> {
  const [, , leftOver] = await transaction.changeAll([
    FOREIGN_PARTS,
    LED_AWAY,
    LEFT_OVER,
    "analyze left_over (id, resolved_id, family)",
  ]);
  if (leftOver === 0) return;
  await transaction.changeAll([INFER, ...Object.values(families).map(detailsOf), PAIR], [merchantId]);
}

/** Notes where transactions were inferred: in rows that every partition adds to. */
export async function noteInferred(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query(SEEN, [merchantId]);
}

/** The parts of one purchase are in one currency, and are settled in one; amounts of two are never added up. */
const FOREIGN_PARTS = `
  insert into mismatch
  select p.id, p.resolved_id, p.family, 'CURRENCY_MISMATCH',
    case when p.match_currency <> p.kept
      then format('line books %s %s for a transaction in %s', concord.decimal_text(p.match_minor, p.match_currency),
        p.match_currency, p.kept)
      else format('line books %s %s for a transaction that is settled in %s',
        concord.decimal_text(p.gross_minor, p.currency), p.currency, p.settled_currency) end
  from (
    select l.*, t.settled_currency,
      coalesce(t.currency, first_value(l.match_currency) over (partition by l.resolved_id order by l.id)) as kept
    from unpaired_line l
    left join transactions.transaction t
      on t.merchant_id = l.merchant_id and t.family = l.family and t.id = l.resolved_id and t.superseded_by is null
    where l.inferred_claim is null and l.effect <> 'REFUND_REVERSAL'
      and not ${isInDoubt("l.id")}
  ) p
  where p.match_currency <> p.kept or p.currency <> p.settled_currency`;

/** What another line found its reference to be, it is too; and that is settled by the other. */
const LED_AWAY = `
  insert into mismatch
  select l.id, a.transaction_id, l.family, 'DUPLICATE_SETTLEMENT',
    format('line books %s %s under a reference that another line leads to a transaction it settles',
      concord.decimal_text(l.match_minor, l.match_currency), l.match_currency)
  from unpaired_line l
  join (
    select o.resolved_id, min(p.transaction_id) as transaction_id
    from pair p join open_line o on o.id = p.line_id
    where p.stage <> 'REFERENCE' and o.resolved_id <> p.transaction_id and p.match_minor is null
    group by o.resolved_id
  ) a on a.resolved_id = l.resolved_id
  where l.inferred_claim is null and not ${isInDoubt("l.id")}`;

/**
 * A line is left over only if no transaction could be its own. One that has candidates waits for a person or for better
 * evidence; a reversed refund has nothing to be a reversal of, and a capture without a reference no name. One that a person
 * took from its own reference waits too: what is inferred under that reference would be the transaction that it was taken
 * from.
 */
const LEFT_OVER = `
  create temporary table left_over on commit drop as
  select s.*, l.type, l.match_currency, l.match_minor, l.resolved_id, l.effect
  from unpaired_line l
  join reconciliation.settlement_line s on s.merchant_id = l.merchant_id and s.id = l.id
  where l.inferred_claim is null and l.effect <> 'REFUND_REVERSAL' and l.resolved_id is not null
    and not ${isInDoubt("l.id")} and not ${isRejected("l.id", "l.resolved_id")}`;

/** What a line says of the purchase that is inferred from it. */
const OF_THE_LINE = [
  ..."occurred_at business_date payment_type payment_method brand entry_mode transaction_number provider_reference".split(
    " ",
  ),
  ..."psp_reference original_reference original_id merchant_reference authorisation_code last4 arn rrn stan ticket".split(
    " ",
  ),
  ..."location_id terminal_id tid".split(" "),
];

/**
 * Several lines of one reference are the parts of one purchase, captured in steps. One that gave way before comes back
 * as its lines alone have it.
 */
const INFER = `
  insert into transactions.transaction as t (merchant_id, family, id, provider, account, type, base_status, status,
    status_rule, certainty, status_origin, occurred_at, business_date, currency, amount_minor, reconciliation_state,
    payment_type, payment_method, brand, entry_mode, transaction_number, provider_reference, psp_reference,
    original_reference, original_id, merchant_reference, authorisation_code, last4, arn, rrn, stan, ticket, location_id,
    terminal_id, tid, provisional)
  select distinct on (l.resolved_id) $1, l.family, l.resolved_id, l.provider, l.account, l.type, 'PROCESSING',
    'PROCESSING', 7, 'INDETERMINATE', 'AUTOMATIC', l.occurred_at, l.business_date, l.match_currency,
    sum(l.match_minor) over (partition by l.resolved_id), 'EXPECTED', l.payment_type, l.payment_method, l.brand,
    l.entry_mode, coalesce(l.reference, l.id), coalesce(l.reference, l.id), l.reference, l.original_reference,
    coalesce(a.transaction_id, l.original_id), l.merchant_reference, l.authorisation_code, l.last4, l.arn, l.rrn,
    l.stan, l.ticket, l.location_id, l.terminal_id, l.tid, true
  from left_over l
  left join transactions.alias a on a.merchant_id = l.merchant_id and a.id = l.original_id
  order by l.resolved_id, l.id
  on conflict (merchant_id, family, id) do update set superseded_by = null,
    amount_minor = excluded.amount_minor + case when t.superseded_by is null then t.amount_minor else 0 end,
    ${OF_THE_LINE.map(
      (column) => `${column} = case when t.superseded_by is null then t.${column} else excluded.${column} end`,
    ).join(", ")}
  where t.provisional`;

const SEEN = noteSeen({ merchant: "$1", from: "left_over s", noticed: "null::timestamptz" });

function detailsOf({ family, detailTable, detailsOfLine }: FamilyModule): string {
  const columns = Object.entries(detailsOfLine);
  return `
    insert into ${detailTable} (merchant_id, transaction_id, ${columns.map(([column]) => column).join(", ")})
    select distinct on (l.resolved_id) $1, l.resolved_id, ${columns.map(([, expression]) => expression).join(", ")}
    from left_over l
    where l.family = '${family}'
    order by l.resolved_id, l.id
    on conflict do nothing`;
}

const PAIR = `
  with inferred as (
  insert into pair (line_id, transaction_id, family, stage, prior_base, part)
  select l.id, l.resolved_id, l.family, 'SETTLEMENT_ONLY', 'PROCESSING',
    coalesce(claimed.parts, 0) + row_number() over (partition by l.resolved_id, l.effect order by l.id)
  from left_over l
  left join lateral (
    select max(c.part) as parts from reconciliation.claim c
    where c.merchant_id = l.merchant_id and c.transaction_id = l.resolved_id and c.effect = l.effect
      and c.released_at is null
  ) claimed on true
  returning line_id)
  delete from unpaired_line l using inferred i where l.id = i.line_id`;
