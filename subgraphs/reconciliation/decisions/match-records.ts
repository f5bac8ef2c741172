import { createUnionType, Field, ID, InputType } from "type-graphql";
import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import { checkedKey, IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { personText } from "../../shared/subgraph/person-text.ts";
import { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type Decided, decide, done, notFound, permitted, refused } from "./decide.ts";
import { findMerchant } from "./find-merchant.ts";
import { matchNow } from "./match-lists.ts";
import { Match } from "./match-type.ts";
import { dropTemporaryTables, linesToMatch, transactionsToMatch } from "./open-parts.ts";
import { amountsDiffer, type Plan, planMatch } from "./plan-match.ts";
import { AlreadyMatched, AmountsDiffer, NotMatchable, PairRejected, ReasonRequired } from "./refusals.ts";
import { rejectedAmong } from "./rejected-pairs.ts";
import { needsSecondPerson } from "./second-person.ts";
import { writeMatch } from "./write-match.ts";

@InputType("MatchRecordsInput", { description: "Which lines are the money of which transactions." })
export class MatchRecordsInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out, the ids tell." })
  merchantId?: string | null;

  @Field(() => [ID], { description: "Settlement lines, 1 to 100; several of them for one transaction." })
  lineIds!: readonly string[];

  @Field(() => [ID], { description: "Transactions, 1 to 100; several of them for one line." })
  transactionIds!: readonly string[];

  @Field(() => String, { nullable: true, description: "Why; up to 1,000 characters. Must be given with `force`." })
  reason?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Match though the amounts differ or the pair was rejected. Above a limit a second person must agree.",
  })
  force?: boolean | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const MatchRecordsResult = createUnionType({
  name: "MatchRecordsResult",
  description: "The match, confirmed or waiting for a second person; or why there is none.",
  types: () =>
    [
      Match,
      AlreadyMatched,
      AmountsDiffer,
      PairRejected,
      NotMatchable,
      ReasonRequired,
      NotFound,
      IdempotencyConflict,
    ] as const,
  resolveType: ({ __typename }) => __typename,
});

type Outcome = Match | AlreadyMatched | AmountsDiffer | PairRejected | NotMatchable | ReasonRequired;

/** What is to be matched, as it is kept with the decision. */
type Asked = {
  readonly lineIds: readonly string[];
  readonly transactionIds: readonly string[];
  readonly reason: string | null;
  readonly force: boolean;
};

export async function matchRecords(context: RequestContext, input: MatchRecordsInput) {
  const action = "match.create";
  const merchants = permitted(context, "reconciliation:match", { action, objectId: "-" }, input.merchantId);
  const key = checkedKey(input.idempotencyKey);
  const asked: Asked = {
    lineIds: checkedIds("lineIds", input.lineIds),
    transactionIds: checkedIds("transactionIds", input.transactionIds),
    reason: personText("reason", input.reason),
    force: input.force ?? false,
  };
  const objectId = stableId(PREFIXES.match, key, ...asked.lineIds, "", ...asked.transactionIds);
  const act = { action, objectId };
  const merchantId = await findMerchant(context, merchants, asked);
  if (merchantId === null) return notFound(context, merchants, act);
  return decide<Outcome>(context, { ...act, merchantId, key, input: asked }, async (transaction) => {
    const decided = await match(context, transaction, { merchantId, matchId: objectId, asked });
    await dropTemporaryTables(transaction);
    return decided;
  });
}

type Work = { readonly merchantId: string; readonly matchId: string; readonly asked: Asked };

async function match(context: RequestContext, transaction: Transaction, work: Work): Promise<Decided<Outcome>> {
  const { merchantId, matchId, asked } = work;
  const plan = await planned(transaction, merchantId, asked);
  if ("__typename" in plan) return refused(plan);
  const rejected = await rejectedAmong(transaction, merchantId, asked);
  const needsForce = !plan.agrees || rejected.length > 0;
  if (needsForce && !asked.force) return refused(rejected.length > 0 ? pairRejected(rejected) : amountsDiffer(plan));
  if (needsForce && asked.reason === null) return refused(REASON_REQUIRED);
  const method = needsForce ? "FORCED" : "MANUAL";
  const waits =
    needsForce && needsSecondPerson(context.forceLimits, plan.currency, plan.linesMinor, plan.transactionsMinor);
  if (!waits) {
    const maker = { id: matchId, method, actorId: context.identity.userId, reason: asked.reason } as const;
    const refusal = await writeMatch(transaction, merchantId, plan.pairs, maker);
    if (refusal) return refused(refusal);
  }
  await transaction.query(ADD_MATCH, [
    merchantId,
    matchId,
    waits ? "PROPOSED" : "CONFIRMED",
    method,
    asked.lineIds,
    asked.transactionIds,
    plan.currency,
    plan.linesMinor,
    plan.transactionsMinor,
    context.identity.userId,
    asked.reason,
  ]);
  return done((await matchNow(transaction, merchantId, matchId))!, { method, proposed: waits });
}

/** What would be written by the state of things now. */
export async function planned(
  transaction: Transaction,
  merchantId: string,
  { lineIds, transactionIds }: Pick<Asked, "lineIds" | "transactionIds">,
): Promise<Plan | NotMatchable | AlreadyMatched> {
  const lines = await linesToMatch(transaction, merchantId, lineIds);
  const other = lineIds.find((id) => !lines.some((line) => line.id === id));
  if (other !== undefined) {
    const message = `${other} is no line about a transaction, but a fee, a payout or the like: it is matched with nothing.`;
    return { __typename: "NotMatchable", message };
  }
  const transactions = await transactionsToMatch(transaction, merchantId, transactionIds, lines[0]?.effect ?? "");
  if (transactions.length < transactionIds.length) {
    return { __typename: "NotMatchable", message: "A transaction was replaced by another meanwhile: read it again." };
  }
  return planMatch(lines, transactions);
}

function checkedIds(name: string, ids: readonly string[]): readonly string[] {
  const distinct = [...new Set(ids)].sort();
  if (distinct.length === 0 || distinct.length > MOST || distinct.some((id) => !/^[\w-]{1,100}$/.test(id))) {
    throw new AppError("INVALID_INPUT", `\`${name}\` must be 1 to ${MOST} ids.`);
  }
  return distinct;
}

function pairRejected(rejectedPairIds: readonly string[]): PairRejected {
  return {
    __typename: "PairRejected",
    message: "A person took these apart before: lift the rejection if that was wrong, or send `force` with a reason.",
    rejectedPairIds,
  };
}

const REASON_REQUIRED: ReasonRequired = {
  __typename: "ReasonRequired",
  message: "A forced match needs a `reason`: say why it is right although the figures are not.",
};

const MOST = 100;

const ADD_MATCH = `
  insert into reconciliation.match (merchant_id, id, state, method, line_ids, transaction_ids, currency, lines_minor,
    transactions_minor, actor_id, reason)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
