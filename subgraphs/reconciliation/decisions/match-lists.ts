import { Field, ID, InputType } from "type-graphql";
import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { batched, groupedByKey } from "../../shared/subgraph/batched.ts";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import {
  MATCH_COLUMNS,
  MATCHES,
  MATCHES_OF_PEOPLE,
  MATCHES_OF_RUNS,
  type Match,
  type MatchLeg,
  type MatchRow,
  matchOf,
} from "./match-type.ts";
import { type ClaimMethod, ClaimMethodEnum, type MatchState, MatchStateEnum } from "./match-words.ts";

@InputType("MatchFilter", { description: "Which matches; each field narrows the list." })
export class MatchFilter {
  @Field(() => [MatchStateEnum], { nullable: true, description: "In any of these states." })
  states?: readonly MatchState[] | null;

  @Field(() => [ClaimMethodEnum], { nullable: true, description: "Made in any of these ways." })
  methods?: readonly ClaimMethod[] | null;

  @Field(() => [String], { nullable: true, description: "Found by any of these stages." })
  stages?: readonly string[] | null;

  @Field(() => ID, { nullable: true, description: "Of this run." })
  runId?: string | null;

  @Field(() => ID, { nullable: true, description: "That hold this settlement line now, or that people made of it." })
  lineId?: string | null;

  @Field(() => ID, { nullable: true, description: "That hold this transaction now, or that people made of it." })
  transactionId?: string | null;
}

export function matchPage(context: RequestContext, filter: MatchFilter, page: PageRequest) {
  const where = conditions([context.require("reconciliation:view")])
    .add("t.state = any (?::text[])", filter.states)
    .add("t.method = any (?::text[])", filter.methods)
    .add("t.stage = any (?::text[])", filter.stages)
    .add("t.run_id = ?", filter.runId)
    .add(`t.id = any (array(${holding("line")}))`, filter.lineId)
    .add(`t.id = any (array(${holding("transaction")}))`, filter.transactionId);
  where.always("t.part_of is null");
  const sort = { column: "t.made_at", type: "timestamptz", direction: "DESC" } as const;
  const keyset = { list: "matches", from: madeBy(filter), columns: MATCH_COLUMNS, where, sort };
  return keysetPage(context, keyset, page, (row: MatchRow) => matchOf(row));
}

/** What the filter can find at all: a run proposes nothing to a second person, and people have stages of their own. */
function madeBy({ methods, states }: MatchFilter): string {
  const runs = (methods?.includes("AUTO") ?? true) && (states?.some((state) => RUN_STATES.includes(state)) ?? true);
  if (!runs) return MATCHES_OF_PEOPLE;
  return (methods?.some((method) => method !== "AUTO") ?? true) ? MATCHES : MATCHES_OF_RUNS;
}

const RUN_STATES: readonly MatchState[] = ["CONFIRMED", "REVOKED"];

/** Matches that hold it now, and all that people made of it; those of runs that were taken back have no index by it. */
const holding = (side: "line" | "transaction") => `
    select coalesce(c.match_id, c.id) from reconciliation.claim c
    where c.merchant_id = any($1::text[]) and c.${side}_id = ? and c.released_at is null
    union select m.id from reconciliation.match m where m.merchant_id = any($1::text[]) and ? = any(m.${side}_ids)`;

/** By its own id or by that of a claim that is part of it. */
export async function matchById(context: RequestContext, id: string): Promise<Match | null> {
  const parameters = [context.require("reconciliation:view"), id];
  const [row] = await context.query<MatchRow>(MATCH_BY_ID, parameters, "match-by-id");
  return row ? matchOf(row) : null;
}

/** The match as a decision has left it, inside that decision. */
export async function matchNow(transaction: Transaction, merchantId: string, id: string): Promise<Match | null> {
  const [row] = await transaction.query<MatchRow>(MATCH_BY_ID, [[merchantId], id], "match-by-id");
  return row ? matchOf(row) : null;
}

export const legsOfMatch = batched<readonly MatchLeg[]>(async (context, ids) => {
  const parameters = [context.require("reconciliation:view"), ids];
  const rows = await context.query<LegRow>(LEGS, parameters, "legs-of-matches");
  return groupedByKey(rows, (row) => row.match_id, legOf);
});

type LegRow = {
  readonly match_id: string;
  readonly claim_id: string | null;
  readonly line_id: string;
  readonly transaction_id: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly active: boolean;
  readonly released_at: Date | null;
  readonly released_by: string | null;
  readonly released_because: string | null;
};

function legOf(row: LegRow): MatchLeg {
  return {
    claimId: row.claim_id,
    lineId: row.line_id,
    transactionId: row.transaction_id,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    active: row.active,
    releasedAt: row.released_at,
    releasedBy: row.released_by,
    releasedBecause: row.released_because,
  };
}

const MATCH_BY_ID = `
  with asked as (
    select coalesce((select c.match_id from reconciliation.claim c
      where c.merchant_id = any($1::text[]) and c.id = $2 limit 1), $2) as id)
  select ${MATCH_COLUMNS} from ${MATCHES}
  where t.merchant_id = any($1::text[]) and t.id = (select id from asked) and t.part_of is null`;

const AMOUNT = "abs(coalesce(l.processing_minor, l.gross_minor))";
const CURRENCY = "coalesce(l.processing_currency, l.currency)";

const claimed = (id: string) => `
  select coalesce(c.match_id, c.id) as match_id, c.id as claim_id, c.line_id, c.transaction_id,
    coalesce(c.match_minor, ${AMOUNT}) as amount_minor, ${CURRENCY} as currency, c.released_at is null as active,
    c.released_at, c.released_by, c.released_because
  from reconciliation.claim c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  where c.merchant_id = any($1::text[]) and ${id} = any($2::text[])`;

/** What was never confirmed has no claims: its legs are what it would claim. */
const LEGS = `
  select * from (
    ${claimed("c.match_id")}
    union all ${claimed("c.id")} and c.match_id is null
    union all
    select m.id, null, l.id, t.id, case when cardinality(m.transaction_ids) > 1 then t.amount_minor else ${AMOUNT} end,
      ${CURRENCY}, false, null, null, null
    from reconciliation.match m
    join reconciliation.settlement_line l on l.merchant_id = m.merchant_id and l.id = any(m.line_ids)
    join transactions.transaction t on t.merchant_id = m.merchant_id and ${inAnyFamily("t")}
      and t.id = any(m.transaction_ids)
    where m.merchant_id = any($1::text[]) and m.id = any($2::text[]) and m.state in ('PROPOSED', 'REJECTED')
  ) leg order by line_id, transaction_id`;
