import type { Transaction } from "../../shared/database/scope.ts";
import { inWords } from "../in-words.ts";
import { INTERCHANGEABLE } from "./interchangeable.ts";
import { type KeyedStage, keyedStages, REFERENCES_LEAD_NOWHERE } from "./keyed-stages.ts";
import { LEARNT_BITS } from "./learnt.ts";
import { COUNT_PAIRS } from "./open-work.ts";
import { IS_LED, pairOffered, SHARED_REFERENCES } from "./pair-offered.ts";
import { isRejected } from "./rejected.ts";
import type { Rules } from "./rules.ts";
import { SAME_MONEY, SETTLED_ALIKE, WRONG_WAY } from "./same-money.ts";
import { matchScored } from "./scored.ts";
import { findSettledTwice } from "./settled-twice.ts";
import { proposeWithinTolerance } from "./tolerance.ts";
import { isUnclaimed } from "./unclaimed.ts";

/**
 * Pairs the lines that name their transaction by the provider's reference; only those of their own partition where others are
 * matched at the same time.
 */
export async function matchReferences(transaction: Transaction, besideOthers: boolean): Promise<void> {
  await transaction.changeAll([references(besideOthers ? IN_PARTITION : "true"), DOUBLES_ARE_NONE, COUNT_PAIRS]);
}

/** Takes the lines that contradict what they name, or themselves, out of the loose ones. */
export async function findMismatches(transaction: Transaction): Promise<void> {
  await transaction.changeAll([
    CLAIMED_BY_THIS_RUN,
    WRONG_WAY_MISMATCHES,
    REFERENCE_MISMATCHES,
    OF_ANOTHER_TYPE,
    "analyze mismatch",
    "delete from loose_line l using mismatch m where m.line_id = l.id",
  ]);
}

/**
 * Pairs what no reference has, strongest key first. By a key, a pair is taken only when each side has no
 * other candidate in its stage; what is left is paired where it makes no difference, or where the evidence as a whole
 * leaves no doubt. Two possible partners are an outcome to report, never a guess to make, and so are two of one reference.
 */
export async function matchStages(transaction: Transaction, rules: Rules): Promise<void> {
  await transaction.changeAll([
    SHARED_REFERENCES,
    ...keyedStages(rules).flatMap((stage) => [
      candidatesOf(stage),
      "analyze candidate",
      pairOffered(mutuallyUnique(stage.name)),
    ]),
  ]);
  if (rules.stages.INTERCHANGEABLE) await transaction.query(pairOffered(INTERCHANGEABLE));
  if (rules.stages.SCORED) await matchScored(transaction, rules.scored);
  if (rules.stages.ARN) await findSettledTwice(transaction);
  await proposeWithinTolerance(transaction, rules);
}

/**
 * Takes refunds back that came back as money, where there are any. The refund itself may be inferred, even by this run: what
 * a reversal undoes is the settlement of the refund, whoever reported that.
 */
export async function matchReversals(transaction: Transaction, hasReversals: boolean): Promise<void> {
  await transaction.changeAll([...(hasReversals ? [REVERSALS] : []), COUNT_PAIRS]);
}

/**
 * Lines whose reference names a transaction of their type, amount and currency that no claim has yet, with what a claim
 * needs of it. One that was never settled has no claim, which its own row says.
 */
const referred = (lines: "open_line" | "unpaired_line", condition: string) => `
  select l.id as line_id, t.id as transaction_id, t.family, t.base_status, l.effect, ${LEARNT_BITS} as learnt,
    t.status_rule, t.original_id, t.business_date
  from ${lines} l
  join transactions.transaction t
    on t.merchant_id = l.merchant_id and t.family = l.family and t.id = l.resolved_id and t.type = l.type
      and t.superseded_by is null
  where l.inferred_claim is null and ${condition} and ${SAME_MONEY} and ${SETTLED_ALIKE}
    and ${isUnclaimed("l.effect")} and not ${isRejected("l.id", "t.id")}`;

const PAIRS_OF_REFERENCES = `
  insert into pair (line_id, transaction_id, family, stage, prior_base, effect, learnt, status_rule, original_id,
    business_date)`;

const REVERSALS = `
  with reversed as (
    ${PAIRS_OF_REFERENCES}
    select line_id, transaction_id, family, 'REFERENCE', base_status, effect, learnt, status_rule, original_id,
      business_date
    from (
      select *, count(*) over (partition by transaction_id) as lines from (${referred(
        "unpaired_line",
        "t.provisional and l.effect = 'REFUND_REVERSAL' and (l.id in (select line_id from mismatch)) is not true",
      )}) r
    ) named
    where lines = 1
    returning line_id
  )
  delete from unpaired_line l using reversed r where l.id = r.line_id`;

const WRONG_WAY_MISMATCHES = `
  insert into mismatch
  select l.id, null, l.family, 'AMOUNT_MISMATCH',
    format('a %s line moves %s %s, which is the wrong way', ${inWords("l.kind")}, concord.decimal_text(l.gross_minor, l.currency),
      l.currency)
  from loose_line l
  where l.inferred_claim is null and ${WRONG_WAY}`;

const IN_PARTITION = "t.provider = l.provider and t.currency = l.currency";
const references = (condition: string) => `${PAIRS_OF_REFERENCES}
  select line_id, transaction_id, family, 'REFERENCE', base_status, effect, learnt, status_rule, original_id, business_date
  from (${referred("open_line", `not t.provisional and not ${WRONG_WAY} and ${condition}`)}) r`;

/** Two lines of one effect that name one transaction: which of them is its own nothing tells. */
const DOUBLES_ARE_NONE = `
  delete from pair where (transaction_id, effect) in (
    select transaction_id, effect from pair group by transaction_id, effect having count(*) > 1)`;

/** Or the next run would say otherwise of the same lines. */
const CLAIMED_BY_THIS_RUN = `
  update loose_line l set claimed = true
  from pair p where p.transaction_id = l.named_id and p.effect = l.effect and not l.claimed`;

/**
 * `claimed`: the transaction that the line names has a claim of this effect already. Money in another currency is what it is
 * whether or not it has: a partition of that currency may settle it only after this one.
 */
const REFERENCE_MISMATCHES = `
  insert into mismatch
  select l.id, l.named_id, l.family,
    case when l.match_currency <> l.named_currency then 'CURRENCY_MISMATCH'
      when l.claimed or l.same_money then 'DUPLICATE_SETTLEMENT' else 'AMOUNT_MISMATCH' end,
    format('line books %s %s for a transaction of %s %s', concord.decimal_text(l.match_minor, l.match_currency),
      l.match_currency, concord.decimal_text(l.named_minor, l.named_currency), l.named_currency)
  from loose_line l
  where l.inferred_claim is null and l.named_id is not null and not ${WRONG_WAY}
    and not ${isRejected("l.id", "l.named_id")}`;

/**
 * A reference is one transaction's, which is of one type: a refund that comes under that of a sale is neither the sale nor a
 * refund that we could know again. Where nothing stands under it yet, it is what the first line says, sales before all else.
 */
const OF_ANOTHER_TYPE = `
  insert into mismatch
  select id, null, family, 'UNEXPECTED_SETTLEMENT',
    format('%s of %s %s comes under the reference of a %s', ${inWords("kind")},
      concord.decimal_text(match_minor, match_currency), match_currency, ${inWords("kept")})
  from (
    select l.*, coalesce(leads_to, first_value(type) over (
      partition by resolved_id order by inferred_claim is null, type <> 'SALE', id)) as kept
    from loose_line l where resolved_id is not null
  ) l
  where inferred_claim is null and type <> kept and (id in (select line_id from mismatch)) is not true`;

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
  from loose_line l
  join open_transaction t
    on ${keys} and t.provider = l.provider and t.type = l.type and t.family = l.family
      and t.amount_minor = l.match_minor and t.currency = l.match_currency and ${reference}
  where not ${IS_LED} and not ${isRejected("l.id", "t.id")}`;
}

function mutuallyUnique(stage: string): string {
  return `
  select line_id, transaction_id, family, '${stage}' as stage, base_status as prior_base, null::jsonb as evidence
  from (
    select c.line_id, c.transaction_id, t.family, t.base_status,
      count(*) over (partition by c.line_id) as transactions, count(*) over (partition by c.transaction_id) as lines
    from candidate c join open_transaction t on t.id = c.transaction_id
    where c.stage = '${stage}'
  ) offered
  where transactions = 1 and lines = 1`;
}
