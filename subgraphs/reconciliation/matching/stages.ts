import type { Transaction } from "../../shared/database/scope.ts";
import { RULES } from "./rules.ts";

/**
 * Fills `pair` with what belongs together, strongest key first. A pair is taken only when each side has no other
 * candidate in its stage: two possible partners are an outcome to report, never a guess to make.
 */
export async function matchStages(transaction: Transaction): Promise<void> {
  await transaction.query(WRONG_WAY);
  await transaction.query(byReference(REFERRED));
  await transaction.query(REFERENCE_MISMATCHES);
  await transaction.query("analyze pair");
  for (const { stage, keys } of WEAKER_STAGES) {
    await transaction.query(candidatesOf(stage, keys));
    await transaction.query(acceptMutuallyUnique(stage));
    await transaction.query("analyze pair");
  }
}

/**
 * Takes refunds back that came back as money. The refund itself may be inferred, even by this run: what a reversal
 * undoes is the settlement of the refund, whoever reported that.
 */
export async function matchReversals(transaction: Transaction): Promise<void> {
  await transaction.query(byReference(`${REFERRED_TO} and t.provisional and l.effect = 'REFUND_REVERSAL'`));
}

const REFERRED_TO = `
  open_line l
  join transactions.transaction t
    on t.merchant_id = l.merchant_id and t.family = l.family and t.id = l.resolved_id and t.type = l.type
      and t.superseded_by is null
  left join reconciliation.claim c
    on c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.effect = l.effect and c.released_at is null
  where l.inferred_claim is null`;

/** The provider's own reference names the transaction; amount and currency must agree with it. */
const REFERRED = `${REFERRED_TO} and not t.provisional`;

/** A refund that brings money, or a sale that takes it, is no evidence of either; a person has to see it. */
const WRONG_WAY = `
  insert into mismatch
  select l.id, null, l.family, 'AMOUNT_MISMATCH',
    format('a %s line moves %s %s (minor units), which is the wrong way', lower(l.kind), l.gross_minor, l.currency)
  from open_line l
  where l.inferred_claim is null
    and case when l.effect in ('SALE', 'CHARGEBACK_REVERSAL', 'REFUND_REVERSAL') then l.gross_minor < 0
      else l.gross_minor > 0 end`;

const SAME_MONEY = "l.match_currency = t.currency and l.match_minor in (t.amount_minor, t.captured_minor)";

function byReference(referred: string): string {
  return `
  insert into pair
  select line_id, transaction_id, family, 'REFERENCE', base_status
  from (
    select l.id as line_id, t.id as transaction_id, t.family, t.base_status,
      count(*) over (partition by t.id, l.effect) as lines
    from ${referred} and c.id is null and ${SAME_MONEY}
      and not exists (select from mismatch m where m.line_id = l.id)
  ) referred
  where lines = 1`;
}

const REFERENCE_MISMATCHES = `
  insert into mismatch
  select l.id, t.id, t.family,
    case when c.id is not null or ${SAME_MONEY} then 'DUPLICATE_SETTLEMENT'
      when l.match_currency <> t.currency then 'CURRENCY_MISMATCH' else 'AMOUNT_MISMATCH' end,
    format('line books %s %s (minor units) for a transaction of %s %s', l.match_minor, l.match_currency, t.amount_minor,
      t.currency)
  from ${REFERRED} and not exists (select from pair p where p.line_id = l.id)
    and not exists (select from mismatch m where m.line_id = l.id)`;

/** Keys that point to a transaction only together with type, amount and currency. */
const WEAKER_STAGES = [
  { stage: "ARN", keys: "l.arn = t.arn" },
  {
    stage: "AUTHORISATION",
    keys: `l.authorisation_code = t.authorisation_code and (l.last4 = t.last4 or l.last4 is null)
      and t.occurred_at between l.occurred_at - interval '${RULES.authorisationWindowHours} hours'
        and l.occurred_at + interval '${RULES.authorisationWindowHours} hours'`,
  },
] as const;

/** Two references of one provider that differ are two transactions, however alike the rest is. */
function candidatesOf(stage: string, keys: string): string {
  return `
  insert into candidate
  select l.id, t.id, '${stage}'
  from open_line l
  join open_transaction t
    on ${keys} and t.type = l.type and t.family = l.family and t.amount_minor = l.match_minor
      and t.currency = l.match_currency and (t.psp_reference is null or l.reference is null)
  where not exists (select from pair p where p.line_id = l.id)
    and not exists (select from pair p where p.transaction_id = t.id)
    and not exists (select from mismatch m where m.line_id = l.id)`;
}

function acceptMutuallyUnique(stage: string): string {
  return `
  insert into pair
  select line_id, transaction_id, family, '${stage}', base_status
  from (
    select c.line_id, c.transaction_id, t.family, t.base_status,
      count(*) over (partition by c.line_id) as transactions, count(*) over (partition by c.transaction_id) as lines
    from candidate c join open_transaction t on t.id = c.transaction_id
    where c.stage = '${stage}'
  ) offered
  where transactions = 1 and lines = 1`;
}
