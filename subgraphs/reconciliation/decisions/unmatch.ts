import { createUnionType, Field, ID, InputType } from "type-graphql";
import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { checkedKey, IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { personText } from "../../shared/subgraph/person-text.ts";
import { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type Decided, decide, done, notFound, permitted, refused } from "./decide.ts";
import { matchNow } from "./match-lists.ts";
import { Match } from "./match-type.ts";
import { reportPartlyMatched } from "./partly-matched.ts";
import { MatchStateConflict, NotMatchable, ReasonRequired } from "./refusals.ts";
import { rejectPairs } from "./rejected-pairs.ts";
import { releaseClaims } from "./release-claims.ts";

@InputType("UnmatchInput", { description: "What to take apart." })
export class UnmatchInput {
  @Field(() => ID, { description: "The match." })
  matchId!: string;

  @Field(() => [ID], { nullable: true, description: "Claims of it (`claimId` of its legs); all when not given." })
  claimIds?: readonly string[] | null;

  @Field(() => String, { description: "Why; up to 1,000 characters." })
  reason!: string;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const UnmatchResult = createUnionType({
  name: "UnmatchResult",
  description: "The match without what was taken back; or why nothing was.",
  types: () => [Match, MatchStateConflict, NotMatchable, ReasonRequired, NotFound, IdempotencyConflict] as const,
  resolveType: ({ __typename }) => __typename,
});

type Outcome = Match | MatchStateConflict | NotMatchable | ReasonRequired;

export async function unmatch(context: RequestContext, input: UnmatchInput) {
  const act = { action: "match.unmatch", objectId: input.matchId };
  const merchants = permitted(context, "reconciliation:match", act);
  const key = checkedKey(input.idempotencyKey);
  const claimIds = input.claimIds ? [...new Set(input.claimIds)].sort() : null;
  if (claimIds && (claimIds.length === 0 || claimIds.length > MOST)) {
    throw new AppError("INVALID_INPUT", `\`claimIds\` must be 1 to ${MOST} ids, or left out.`);
  }
  const asked = { matchId: input.matchId, claimIds, reason: personText("reason", input.reason) };
  const claims = await context.query<ClaimRow>(CLAIMS, [merchants, asked.matchId]);
  const [match] = await context.query<{ merchant_id: string }>(MATCH, [merchants, asked.matchId]);
  const merchantId = match?.merchant_id ?? claims[0]?.merchant_id;
  const known = new Set(claims.map(({ id }) => id));
  if (merchantId === undefined || claimIds?.some((id) => !known.has(id))) return notFound(context, merchants, act);
  return decide<Outcome>(context, { ...act, merchantId, key, input: asked }, (transaction) =>
    release(transaction, merchantId, context.identity.userId, asked),
  );
}

type Asked = { readonly matchId: string; readonly claimIds: readonly string[] | null; readonly reason: string | null };

async function release(
  transaction: Transaction,
  merchantId: string,
  actorId: string,
  { matchId, claimIds, reason }: Asked,
): Promise<Decided<Outcome>> {
  if (reason === null) return refused(REASON_REQUIRED);
  const match = await matchNow(transaction, merchantId, matchId);
  const claims = await transaction.query<ClaimRow>(CLAIMS, [[merchantId], matchId]);
  const chosen = claims.filter(({ id, is_active }) => is_active && (claimIds?.includes(id) ?? true));
  if (!match || chosen.length === 0 || chosen.length < (claimIds?.length ?? 0)) return refused(nothingToRelease(match));
  const inferred = chosen.find(({ is_inferred }) => is_inferred);
  if (inferred) return refused(onlyInferred(inferred.transaction_id));
  const ids = chosen.map(({ id }) => id);
  await releaseClaims(transaction, merchantId, ids, { actorId, reason });
  const lineIds = chosen.map(({ line_id }) => line_id);
  await reportPartlyMatched(transaction, merchantId, lineIds);
  const pairs = chosen.map(({ id, line_id, transaction_id }) => ({
    claimId: id,
    lineId: line_id,
    transactionId: transaction_id,
  }));
  const rejected = await rejectPairs(transaction, merchantId, pairs, { actorId, reason });
  await transaction.query(REVOKE, [merchantId, matchId]);
  return done((await matchNow(transaction, merchantId, matchId))!, { objects: [...ids, ...rejected] });
}

type ClaimRow = {
  readonly merchant_id: string;
  readonly id: string;
  readonly line_id: string;
  readonly transaction_id: string;
  readonly is_active: boolean;
  readonly is_inferred: boolean;
};

function nothingToRelease(match: Match | null): MatchStateConflict {
  const state = match?.state ?? "REVOKED";
  const message =
    state === "PROPOSED"
      ? "The match waits for a second person and claims nothing yet: reject it instead."
      : "What you chose is taken back already: read the match again.";
  return { __typename: "MatchStateConflict", message, state };
}

function onlyInferred(transactionId: string): NotMatchable {
  return {
    __typename: "NotMatchable",
    message: `${transactionId} is known from its settlement lines only: match the line with a reported transaction instead.`,
  };
}

const REASON_REQUIRED: ReasonRequired = {
  __typename: "ReasonRequired",
  message: "Taking a match apart needs a `reason`: it is kept with the pair that is not to be matched again.",
};

const MOST = 100;

const CLAIMS = `
  select c.merchant_id, c.id, c.line_id, c.transaction_id, c.released_at is null as is_active,
    c.stage = 'SETTLEMENT_ONLY' and t.provisional as is_inferred
  from reconciliation.claim c
  join transactions.transaction t on t.merchant_id = c.merchant_id and ${inAnyFamily("t")}
    and t.id = c.transaction_id
  where c.merchant_id = any($1::text[]) and (c.match_id = $2 or c.id = $2 and c.match_id is null)
  order by c.id`;

const MATCH = "select merchant_id from reconciliation.match where merchant_id = any($1::text[]) and id = $2";

const REVOKE = `
  update reconciliation.match m set state = 'REVOKED'
  where m.merchant_id = $1 and m.id = $2 and not exists (
    select from reconciliation.claim c
    where c.merchant_id = m.merchant_id and c.match_id = m.id and c.released_at is null)`;
