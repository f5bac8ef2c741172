import type { Transaction } from "../../shared/database/scope.ts";
import { type Assigned, type Edge, solve } from "./assignment.ts";
import { isDamaged } from "./damaged-reference.ts";
import { REFERENCES_LEAD_NOWHERE } from "./keyed-stages.ts";
import { IS_LED, pairOffered } from "./pair-offered.ts";
import { isRejected } from "./rejected.ts";
import type { Rules } from "./rules.ts";

type ScoredRules = Rules["scored"];

/**
 * Weighs what no single key decided: every pair that could be, by all the evidence for it, solved together so that one
 * purchase is not given to two lines. A pair is taken only with enough evidence of its own and enough distance to the
 * best assignment without it; the others are candidates that a person is shown.
 */
export async function matchScored(transaction: Transaction, rules: ScoredRules): Promise<void> {
  const edges = (await transaction.query<ScoredRow>(scored(rules))).flatMap((row) => edgeOf(row, rules));
  if (edges.length === 0) return;
  const solved = solve(edges, rules.largestComponent).flatMap(({ assigned = [] }) => assigned);
  const taken = solved.filter(({ points, margin }) => points >= rules.accept && margin >= rules.margin);
  await transaction.query(CANDIDATES, [...columnsOf(edges), edges.map(({ points }) => points)]);
  await transaction.query(pairOffered(TAKEN), [...columnsOf(taken), taken.map(evidenceOf)]);
}

type ScoredRow = {
  readonly line_id: string;
  readonly transaction_id: string;
  readonly points: number;
  readonly line_reference: string | null;
  readonly transaction_reference: string | null;
};

/** Two references that differ speak for two purchases, unless one is the other with a damage. */
function edgeOf(row: ScoredRow, { points, review }: ScoredRules): readonly Edge[] {
  const sum = row.points + pointsOfReferences(row.transaction_reference, row.line_reference, points);
  return sum < review ? [] : [{ line: row.line_id, transaction: row.transaction_id, points: sum }];
}

function pointsOfReferences(told: string | null, booked: string | null, points: ScoredRules["points"]): number {
  if (told === null || booked === null) return 0;
  return isDamaged(told, booked) ? points.damagedReference : points.otherReference;
}

function columnsOf(edges: readonly Edge[]): string[][] {
  return [edges.map(({ line }) => line), edges.map(({ transaction }) => transaction)];
}

function evidenceOf({ points, margin, runnerUp }: Assigned): string {
  return JSON.stringify({ points, margin, ...(runnerUp && { runnerUp }) });
}

/** Seconds between the two times of purchase. */
const APART = "abs(extract(epoch from l.occurred_at - t.occurred_at))";

/** Fields that name the pair; each finds candidates on its own, so that equal amounts alone never do. */
const BLOCKS = [
  ...["last4", "authorisation_code", "merchant_reference", "arn", "rrn"].map((field) => `l.${field} = t.${field}`),
  `l.terminal_id = t.terminal_id and ${APART} <= 300`,
];

/** Where both sides say something and say different things, it is another purchase. */
const AGREEING = ["last4", "authorisation_code", "arn", "rrn", "terminal_id"];

const pointsOf = (points: ScoredRules["points"]) => `
    case when l.arn = t.arn then ${points.arn} else 0 end
    + case when l.rrn = t.rrn then ${points.rrn} else 0 end
    + case when l.authorisation_code = t.authorisation_code then ${points.authorisationCode} else 0 end
    + case when l.merchant_reference = t.merchant_reference then ${points.merchantReference} else 0 end
    + case when l.last4 = t.last4 then ${points.last4} else 0 end
    + case when l.stan = t.stan then ${points.stan} else 0 end
    + case when l.terminal_id = t.terminal_id then ${points.terminal} else 0 end
    + case when l.brand = t.brand then ${points.brand} else 0 end
    + case when ${APART} <= 2 then ${points.withinTwoSeconds}
        when ${APART} <= 30 then ${points.withinHalfMinute}
        when ${APART} <= 300 then ${points.withinFiveMinutes}
        when ${APART} between 3570 and 3630 then ${points.oneHourOff}
        else 0 end`;

const scored = ({ points, windowHours }: ScoredRules) => `
  with possible as (${BLOCKS.map(
    (block) => `
    select l.id as line_id, t.id as transaction_id, l.reference as line_reference,
      t.psp_reference as transaction_reference, ${pointsOf(points)} as points
    from loose_line l
    join open_transaction t
      on ${block} and t.provider = l.provider and t.type = l.type and t.family = l.family
        and t.amount_minor = l.match_minor and t.currency = l.match_currency
    where (t.psp_reference is null or l.reference is null or ${REFERENCES_LEAD_NOWHERE})
      and (l.family <> 'E_VOUCHER' or l.payment_method = t.payment_method)
      and ${APART} <= ${windowHours * 3600}
      and not ${IS_LED} and not ${isRejected("l.id", "t.id")}
      and ${AGREEING.map((field) => `coalesce(l.${field} = t.${field}, true)`).join(" and ")}`,
  ).join(" union ")})
  select * from possible order by line_id, transaction_id`;

const CANDIDATES = `
  insert into candidate select line_id, transaction_id, 'SCORED', points
  from unnest($1::text[], $2::text[], $3::int[]) as e (line_id, transaction_id, points)`;

const TAKEN = `
  select e.line_id, e.transaction_id, t.family, 'SCORED' as stage, t.base_status as prior_base, e.evidence
  from unnest($1::text[], $2::text[], $3::jsonb[]) as e (line_id, transaction_id, evidence)
  join open_transaction t on t.id = e.transaction_id`;
