import { Field, ID } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { MoneyType, moneyOrNull } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import { type Evidence, evidenceOf, Weighed } from "./evidence.ts";
import {
  type Cardinality,
  CardinalityEnum,
  type ClaimMethod,
  ClaimMethodEnum,
  cardinalityOf,
  type MatchState,
  MatchStateEnum,
} from "./match-words.ts";

@Output("MatchLeg", "One line and one transaction of a match.")
export class MatchLeg {
  readonly lineId!: string;
  readonly transactionId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The claim, for `unmatch`; null where the match was never confirmed.",
  })
  claimId!: string | null;

  @Field(() => MoneyType, { description: "How much of the line is the transaction's money, as a positive amount." })
  amount!: Money;

  @Field(() => Boolean, { description: "Whether it counts." })
  active!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was taken back; null while it counts." })
  releasedAt!: Date | null;

  @Field(() => ID, { nullable: true, description: "Who took it back; null where no person did." })
  releasedBy!: string | null;

  @Field(() => String, { nullable: true, description: "Why it was taken back." })
  releasedBecause!: string | null;
}

@Output("Match", "That settlement lines are the money of transactions: found by a run, or decided by a person.")
export class Match extends Weighed {
  readonly __typename!: "Match";

  @Field(() => ID, { description: "Stable id, `mat_…`." })
  id!: string;

  @Field(() => ID, { description: "The merchant." })
  merchantId!: string;

  @Field(() => MatchStateEnum, { description: "Whether it counts." })
  state!: MatchState;

  @Field(() => ClaimMethodEnum, { description: "Who brought them together." })
  method!: ClaimMethod;

  @Field(() => String, { description: "The stage of matching that found it; `PERSON` where a person decided." })
  stage!: string;

  @Field(() => CardinalityEnum, { description: "How many lines stand for how many transactions." })
  cardinality!: Cardinality;

  @Field(() => ID, { nullable: true, description: "The run that made it; null where a person did." })
  runId!: string | null;

  @Field(() => ID, { nullable: true, description: "The person who matched or proposed it; null for a run." })
  actorId!: string | null;

  @Field(() => String, { nullable: true, description: "The person's reason, if one was given." })
  reason!: string | null;

  @Field(() => MoneyType, {
    nullable: true,
    description: "Lines minus transactions when it was made; not zero only where it was forced. Null for a run.",
  })
  difference!: Money | null;

  @Field(() => DateTimeScalar, { description: "When it was made or proposed." })
  madeAt!: Date;

  @Field(() => ID, { nullable: true, description: "The second person, where one agreed or refused." })
  decidedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the second person did." })
  decidedAt!: Date | null;

  @Field(() => String, { nullable: true, description: "The second person's reason, if one was given." })
  decisionReason!: string | null;
}

@Output("MatchConnection", "A page of matches, the latest first.")
export class MatchConnection extends connectionOf("Match", Match) {}

export type MatchRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly state: MatchState;
  readonly method: ClaimMethod;
  readonly stage: string;
  readonly run_id: string | null;
  readonly lines: number;
  readonly transactions: number;
  readonly currency: string | null;
  readonly difference_minor: bigint | null;
  readonly actor_id: string | null;
  readonly reason: string | null;
  readonly compared: Evidence;
  readonly made_at: Date;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly decision_reason: string | null;
};

export const MATCH_COLUMNS = `t.id, t.merchant_id, t.state, t.method, t.stage, t.run_id, t.lines, t.transactions,
  t.currency, t.difference_minor, t.actor_id, t.reason, t.compared, t.made_at, t.decided_by, t.decided_at,
  t.decision_reason`;

/**
 * A claim that a run made is a match of its own; a person's match is one over its claims, which are left out by
 * `t.part_of is null`. That condition must stand outside: with one of their own the planner would not look into these
 * for an order, and sort every claim of a merchant for a page.
 */
const OF_RUNS = `
  select c.merchant_id, c.id, case when c.released_at is null then 'CONFIRMED' else 'REVOKED' end as state, c.method,
    c.stage, c.run_id, 1 as lines, 1 as transactions, null::bpchar as currency, null::bigint as difference_minor,
    null::text as actor_id, null::text as reason, c.compared, c.made_at, null::text as decided_by,
    null::timestamptz as decided_at, null::text as decision_reason, c.match_id as part_of
  from reconciliation.claim c`;
const OF_PEOPLE = `
  select m.merchant_id, m.id, m.state, m.method, 'PERSON' as stage, null::text as run_id, cardinality(m.line_ids) as lines,
    cardinality(m.transaction_ids) as transactions, m.currency::bpchar, m.lines_minor - m.transactions_minor as difference_minor,
    m.actor_id, m.reason, '{}'::jsonb as compared, m.made_at, m.decided_by, m.decided_at, m.decision_reason,
    null::text as part_of
  from reconciliation.match m`;

export const MATCHES = `(${OF_RUNS} union all ${OF_PEOPLE}) t`;
export const MATCHES_OF_RUNS = `(${OF_RUNS}) t`;
export const MATCHES_OF_PEOPLE = `(${OF_PEOPLE}) t`;

export function matchOf(row: MatchRow): Match {
  return {
    __typename: "Match",
    id: row.id,
    merchantId: row.merchant_id,
    state: row.state,
    method: row.method,
    stage: row.stage,
    cardinality: cardinalityOf(row.lines, row.transactions),
    runId: row.run_id,
    actorId: row.actor_id,
    reason: row.reason,
    difference: moneyOrNull(row.difference_minor, row.currency),
    ...evidenceOf(row.compared),
    madeAt: row.made_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    decisionReason: row.decision_reason,
  };
}
