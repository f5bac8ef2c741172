import { createUnionType, Field, ID, InputType } from "type-graphql";
import type { Transaction } from "../../shared/database/scope.ts";
import { checkedKey, IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { personText } from "../../shared/subgraph/person-text.ts";
import { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type Decided, decide, done, notFound, permitted, refused } from "./decide.ts";
import { matchNow } from "./match-lists.ts";
import { planned } from "./match-records.ts";
import { Match } from "./match-type.ts";
import { dropTemporaryTables } from "./open-parts.ts";
import { amountsDiffer, type Plan } from "./plan-match.ts";
import {
  AlreadyMatched,
  AmountsDiffer,
  MatchStateConflict,
  NotMatchable,
  ReasonRequired,
  SecondPersonRequired,
} from "./refusals.ts";
import { writeMatch } from "./write-match.ts";

@InputType("DecideMatchInput", { description: "The proposed match that a second person decides about." })
export class DecideMatchInput {
  @Field(() => ID, { description: "The match." })
  matchId!: string;

  @Field(() => String, { nullable: true, description: "Why; up to 1,000 characters. Must be given to reject." })
  reason?: string | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const DecideMatchResult = createUnionType({
  name: "DecideMatchResult",
  description: "The match, decided; or why it still waits.",
  types: () =>
    [
      Match,
      SecondPersonRequired,
      MatchStateConflict,
      AlreadyMatched,
      AmountsDiffer,
      NotMatchable,
      ReasonRequired,
      NotFound,
      IdempotencyConflict,
    ] as const,
  resolveType: ({ __typename }) => __typename,
});

type Outcome =
  | Match
  | SecondPersonRequired
  | MatchStateConflict
  | AlreadyMatched
  | AmountsDiffer
  | NotMatchable
  | ReasonRequired;

export async function decideMatch(context: RequestContext, decision: "confirm" | "reject", input: DecideMatchInput) {
  const act = { action: `match.${decision}`, objectId: input.matchId };
  const merchants = permitted(context, "reconciliation:confirm", act);
  const key = checkedKey(input.idempotencyKey);
  const asked = { matchId: input.matchId, reason: personText("reason", input.reason) };
  const [found] = await context.query<{ merchant_id: string }>(FIND, [merchants, asked.matchId]);
  if (!found) return notFound(context, merchants, act);
  const merchantId = found.merchant_id;
  return decide<Outcome>(context, { ...act, merchantId, key, input: asked }, async (transaction) => {
    const by = { actorId: context.identity.userId, reason: asked.reason };
    const [row] = await transaction.query<Proposal>(PROPOSAL, [merchantId, asked.matchId]);
    const refusal = mayDecide(row!, by.actorId);
    if (refusal) return refused(refusal);
    return decision === "confirm"
      ? confirm(transaction, merchantId, row!, by)
      : reject(transaction, merchantId, row!, by);
  });
}

type Proposal = {
  readonly id: string;
  readonly state: Match["state"];
  readonly line_ids: readonly string[];
  readonly transaction_ids: readonly string[];
  readonly actor_id: string;
  readonly reason: string | null;
  readonly lines_minor: bigint;
  readonly transactions_minor: bigint;
};

type By = { readonly actorId: string; readonly reason: string | null };

function mayDecide(
  { state, actor_id }: Proposal,
  actorId: string,
): SecondPersonRequired | MatchStateConflict | undefined {
  if (state !== "PROPOSED") {
    const message = `The match is ${state.toLowerCase()} already: nothing waits for a second person.`;
    return { __typename: "MatchStateConflict", message, state };
  }
  if (actor_id !== actorId) return undefined;
  return {
    __typename: "SecondPersonRequired",
    message: "You proposed this match yourself: another person has to decide about it.",
  };
}

/** Claims what was proposed, if it is still open as it was: agreement to one difference is none to another. */
async function confirm(
  transaction: Transaction,
  merchantId: string,
  proposal: Proposal,
  by: By,
): Promise<Decided<Outcome>> {
  const asked = { lineIds: proposal.line_ids, transactionIds: proposal.transaction_ids };
  const plan = await planned(transaction, merchantId, asked);
  const refusal = "__typename" in plan ? plan : changedSince(proposal, plan);
  if (refusal) {
    await dropTemporaryTables(transaction);
    return refused(refusal);
  }
  const { id, actor_id: actorId, reason } = proposal;
  const maker = { id, method: "FORCED", actorId, reason } as const;
  const held = await writeMatch(transaction, merchantId, (plan as Plan).pairs, maker);
  await dropTemporaryTables(transaction);
  if (held) return refused(held);
  return decided(transaction, merchantId, proposal, "CONFIRMED", by);
}

function changedSince(proposal: Proposal, plan: Plan | { readonly __typename: string }): AmountsDiffer | undefined {
  if ("__typename" in plan) return undefined;
  const same = plan.linesMinor === proposal.lines_minor && plan.transactionsMinor === proposal.transactions_minor;
  return same ? undefined : amountsDiffer(plan);
}

async function reject(
  transaction: Transaction,
  merchantId: string,
  proposal: Proposal,
  by: By,
): Promise<Decided<Outcome>> {
  if (by.reason === null) {
    return refused({ __typename: "ReasonRequired", message: "Rejecting a proposal needs a `reason`." });
  }
  return decided(transaction, merchantId, proposal, "REJECTED", by);
}

async function decided(
  transaction: Transaction,
  merchantId: string,
  { id }: Proposal,
  state: "CONFIRMED" | "REJECTED",
  { actorId, reason }: By,
): Promise<Decided<Outcome>> {
  await transaction.query(DECIDE, [merchantId, id, state, actorId, reason]);
  return done((await matchNow(transaction, merchantId, id))!);
}

const FIND = "select merchant_id from reconciliation.match where merchant_id = any($1::text[]) and id = $2";

const PROPOSAL = `
  select id, state, line_ids, transaction_ids, actor_id, reason, lines_minor, transactions_minor
  from reconciliation.match where merchant_id = $1 and id = $2`;

const DECIDE = `
  update reconciliation.match
  set state = $3, decided_by = $4, decided_at = clock_timestamp(), decision_reason = $5
  where merchant_id = $1 and id = $2`;
