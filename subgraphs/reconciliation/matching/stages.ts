import type { Transaction } from "../../shared/database/scope.ts";
import { pairInterchangeable } from "./interchangeable.ts";
import { type KeyedStage, keyedStages, REFERENCES_LEAD_NOWHERE } from "./keyed-stages.ts";
import { isRejected } from "./rejected.ts";
import type { Rules } from "./rules.ts";
import { matchScored } from "./scored.ts";
import { proposeWithinTolerance } from "./tolerance.ts";

/**
 * Fills `pair` with what belongs together, strongest key first. By a key, a pair is taken only when each side has no
 * other candidate in its stage; what is left is paired where it makes no difference, or where the evidence as a whole
 * leaves no doubt. Two possible partners are an outcome to report, never a guess to make.
 */
export async function matchStages(transaction: Transaction, rules: Rules): Promise<void> {
  await transaction.query(WRONG_WAY);
  await transaction.query("analyze mismatch");
  await transaction.query(byReference(REFERRED));
  // A table that the planner believes empty is looked through once a line: the whole would be quadratic.
  await transaction.query("analyze pair");
  await transaction.query(REFERENCE_MISMATCHES);
  await transaction.query("analyze mismatch");
  for (const stage of keyedStages(rules)) {
    await transaction.query(candidatesOf(stage));
    await transaction.query("analyze candidate");
    await transaction.query(acceptMutuallyUnique(stage.name));
    await transaction.query("analyze pair");
  }
  if (rules.stages.INTERCHANGEABLE) await pairInterchangeable(transaction);
  if (rules.stages.SCORED) await matchScored(transaction, rules.scored);
  await proposeWithinTolerance(transaction, rules);
  await transaction.query("analyze pair");
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
  where l.inferred_claim is null and not ${isRejected("l.id", "t.id")}`;

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

/**
 * Two references of one provider that differ are two transactions, however alike the rest is; unless neither of them
 * leads anywhere and the key is one that a network gives to a single payment: then one of the two was damaged.
 */
const REFERENCE_UNKNOWN = "(t.psp_reference is null or l.reference is null)";
function candidatesOf({ name, keys, outweighsReference }: KeyedStage): string {
  const reference = outweighsReference ? `(${REFERENCE_UNKNOWN} or ${REFERENCES_LEAD_NOWHERE})` : REFERENCE_UNKNOWN;
  return `
  insert into candidate
  select l.id, t.id, '${name}'
  from open_line l
  join open_transaction t
    on ${keys} and t.type = l.type and t.family = l.family and t.amount_minor = l.match_minor
      and t.currency = l.match_currency and ${reference}
  where not exists (select from pair p where p.line_id = l.id)
    and not exists (select from pair p where p.transaction_id = t.id)
    and not exists (select from mismatch m where m.line_id = l.id)
    and not ${isRejected("l.id", "t.id")}`;
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
