import { Field, ID } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { DateTimeScalar } from "../shared/scalars.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { Output } from "../shared/subgraph/output.ts";
import { type Evidence, evidenceOf, Weighed } from "./decisions/evidence.ts";
import { type ClaimMethod, ClaimMethodEnum } from "./decisions/match-words.ts";

@Output("SettlementClaim", "That a settlement line is the money of a transaction.")
export class SettlementClaim extends Weighed {
  @Field(() => ID, { description: "Stable id, `mat_…`." })
  id!: string;

  @Field(() => ID, { description: "The match that it is part of; `match` tells the rest." })
  matchId!: string;

  @Field(() => String, { description: "The stage of matching that found it; `PERSON` where a person decided." })
  stage!: string;

  @Field(() => ClaimMethodEnum, { description: "Who brought the two together." })
  method!: ClaimMethod;

  @Field(() => ID, { nullable: true, description: "The person who did; null for a run." })
  actorId!: string | null;

  @Field(() => String, { nullable: true, description: "The person's reason, if one was given." })
  reason!: string | null;

  @Field(() => MoneyType, { description: "How much of the line is the transaction's money, as a positive amount." })
  amount!: Money;

  @Field(() => DateTimeScalar, { description: "When." })
  madeAt!: Date;
}

/** Of a row that joins a line `t` with its claim `c`; all null where there is none. */
export type ClaimRow = {
  readonly transaction_id: string | null;
  readonly claim_id: string | null;
  readonly match_id: string | null;
  readonly stage: string | null;
  readonly method: ClaimMethod | null;
  readonly actor_id: string | null;
  readonly reason: string | null;
  readonly claimed_minor: bigint | null;
  readonly claimed_currency: string;
  readonly compared: Evidence | null;
  readonly made_at: Date | null;
};

export const CLAIM_COLUMNS = `c.transaction_id, c.id as claim_id, coalesce(c.match_id, c.id) as match_id, c.stage,
  c.method, c.actor_id, c.reason, coalesce(c.match_minor, abs(coalesce(t.processing_minor, t.gross_minor))) as claimed_minor,
  coalesce(t.processing_currency, t.currency) as claimed_currency, c.compared, c.made_at`;

export function claimOf(row: ClaimRow): SettlementClaim | null {
  const { claim_id: id, match_id: matchId, stage, method, claimed_minor: amountMinor, made_at: madeAt } = row;
  if (id === null || matchId === null || stage === null || method === null || madeAt === null) return null;
  return {
    id,
    matchId,
    stage,
    method,
    actorId: row.actor_id,
    reason: row.reason,
    amount: { amountMinor: amountMinor ?? 0n, currency: row.claimed_currency },
    ...evidenceOf(row.compared ?? {}),
    madeAt,
  };
}
