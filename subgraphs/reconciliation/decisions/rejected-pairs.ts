import { createUnionType, Field, ID, InputType } from "type-graphql";
import type { Transaction } from "../../shared/database/scope.ts";
import { stableId } from "../../shared/ids.ts";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { checkedKey, IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { keysetPage, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import { personText } from "../../shared/subgraph/person-text.ts";
import { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { decide, done, notFound, permitted, refused } from "./decide.ts";
import { ReasonRequired } from "./refusals.ts";

@Output("RejectedPair", "That a line and a transaction do not belong together; no run brings them together again.")
export class RejectedPair {
  readonly __typename!: "RejectedPair";
  readonly lineId!: string;
  readonly transactionId!: string;

  @Field(() => ID, { description: "Stable id, `rej_…`." })
  id!: string;

  @Field(() => ID, { description: "Who took them apart." })
  actorId!: string;

  @Field(() => String, { description: "Why." })
  reason!: string;

  @Field(() => String, {
    nullable: true,
    description: "Hash of the rules that had matched them; null if a person had.",
  })
  ruleSetHash!: string | null;

  @Field(() => DateTimeScalar, { description: "When." })
  rejectedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "When a person lifted it; null while it stands." })
  liftedAt!: Date | null;

  @Field(() => ID, { nullable: true, description: "Who lifted it." })
  liftedBy!: string | null;

  @Field(() => String, { nullable: true, description: "Why it was lifted." })
  liftedBecause!: string | null;
}

@Output("RejectedPairConnection", "A page of rejected pairs, the latest first.")
export class RejectedPairConnection extends connectionOf("RejectedPair", RejectedPair) {}

@InputType("LiftRejectedPairInput", { description: "Which rejection to lift." })
export class LiftRejectedPairInput {
  @Field(() => ID, { description: "The rejected pair." })
  rejectedPairId!: string;

  @Field(() => String, { description: "Why; up to 1,000 characters." })
  reason!: string;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const LiftRejectedPairResult = createUnionType({
  name: "LiftRejectedPairResult",
  description: "The pair, which a run may match again; or why it still stands.",
  types: () => [RejectedPair, ReasonRequired, NotFound, IdempotencyConflict] as const,
  resolveType: ({ __typename }) => __typename,
});

/** Lifting what is lifted already changes nothing and is no refusal: the pair is as it was asked for. */
export async function liftRejectedPair(context: RequestContext, input: LiftRejectedPairInput) {
  const act = { action: "rejected-pair.lift", objectId: input.rejectedPairId };
  const merchants = permitted(context, "reconciliation:match", act);
  const key = checkedKey(input.idempotencyKey);
  const reason = personText("reason", input.reason);
  const [found] = await context.query<{ merchant_id: string }>(FIND, [merchants, input.rejectedPairId]);
  if (!found) return notFound(context, merchants, act);
  const merchantId = found.merchant_id;
  return decide<RejectedPair | ReasonRequired>(
    context,
    { ...act, merchantId, key, input: { rejectedPairId: input.rejectedPairId, reason } },
    async (transaction) => {
      if (reason === null) return refused(REASON_REQUIRED);
      const values = [merchantId, input.rejectedPairId];
      await transaction.query(LIFT, [...values, context.identity.userId, reason]);
      const [row] = await transaction.query<PairRow>(PAIR, values);
      return done(pairOf(row!));
    },
  );
}

export function rejectedPairPage(context: RequestContext, page: PageRequest, includeLifted: boolean) {
  const where = conditions([context.require("reconciliation:view")]);
  if (!includeLifted) where.always("t.lifted_at is null");
  const sort = { column: "t.rejected_at", type: "timestamptz", direction: "DESC" } as const;
  const keyset = { list: "rejected pairs", from: "reconciliation.rejected_pair t", columns: COLUMNS, where, sort };
  return keysetPage(context, keyset, page, pairOf);
}

/** Remembers that these do not belong together, and answers the ids; what is remembered already stays as it is. */
export async function rejectPairs(
  transaction: Transaction,
  merchantId: string,
  pairs: readonly { readonly claimId: string; readonly lineId: string; readonly transactionId: string }[],
  by: { readonly actorId: string; readonly reason: string },
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { claimId, lineId, transactionId } of pairs) {
    const id = stableId("rej", claimId);
    const added = [merchantId, id, lineId, transactionId, claimId, by.actorId, by.reason];
    if ((await transaction.change(REJECT, added)) > 0) ids.push(id);
  }
  return ids;
}

/** Ids of the rejections that stand between any of these lines and any of these transactions. */
export async function rejectedAmong(
  transaction: Transaction,
  merchantId: string,
  { lineIds, transactionIds }: { readonly lineIds: readonly string[]; readonly transactionIds: readonly string[] },
): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(AMONG, [merchantId, lineIds, transactionIds]);
  return rows.map(({ id }) => id);
}

type PairRow = {
  readonly id: string;
  readonly line_id: string;
  readonly transaction_id: string;
  readonly rule_set_hash: string | null;
  readonly actor_id: string;
  readonly reason: string;
  readonly rejected_at: Date;
  readonly lifted_at: Date | null;
  readonly lifted_by: string | null;
  readonly lifted_because: string | null;
};

function pairOf(row: PairRow): RejectedPair {
  return {
    __typename: "RejectedPair",
    id: row.id,
    lineId: row.line_id,
    transactionId: row.transaction_id,
    ruleSetHash: row.rule_set_hash,
    actorId: row.actor_id,
    reason: row.reason,
    rejectedAt: row.rejected_at,
    liftedAt: row.lifted_at,
    liftedBy: row.lifted_by,
    liftedBecause: row.lifted_because,
  };
}

const REASON_REQUIRED: ReasonRequired = {
  __typename: "ReasonRequired",
  message: "Lifting a person's decision needs a `reason`.",
};

const COLUMNS = `t.id, t.line_id, t.transaction_id, t.rule_set_hash, t.actor_id, t.reason, t.rejected_at, t.lifted_at,
  t.lifted_by, t.lifted_because`;

const PAIR = `select ${COLUMNS} from reconciliation.rejected_pair t where t.merchant_id = $1 and t.id = $2`;

const FIND = "select merchant_id from reconciliation.rejected_pair where merchant_id = any($1::text[]) and id = $2";

const LIFT = `
  update reconciliation.rejected_pair
  set lifted_at = clock_timestamp(), lifted_by = $3, lifted_because = $4
  where merchant_id = $1 and id = $2 and lifted_at is null`;

const REJECT = `
  insert into reconciliation.rejected_pair (merchant_id, id, line_id, transaction_id, rule_set_hash, actor_id, reason)
  select $1, $2, $3, $4, c.rule_set_hash, $6, $7 from reconciliation.claim c where c.merchant_id = $1 and c.id = $5
  on conflict do nothing`;

const AMONG = `
  select id from reconciliation.rejected_pair
  where merchant_id = $1 and line_id = any($2::text[]) and transaction_id = any($3::text[]) and lifted_at is null
  order by id`;
