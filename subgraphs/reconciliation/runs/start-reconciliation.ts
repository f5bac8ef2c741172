import { createUnionType, Field, ID, InputType } from "type-graphql";
import { appendAudit } from "../../shared/audit.ts";
import { AppError } from "../../shared/errors.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import { DateScalar } from "../../shared/scalars.ts";
import { checkedKey, IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { chooseMerchant, MerchantRequired } from "./merchant-choice.ts";
import { ReconciliationRun, RUN_COLUMNS, type RunMode, RunModeEnum, type RunRow, runOf } from "./run-type.ts";

@InputType("StartReconciliationInput", { description: "Which run to start." })
export class StartReconciliationInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who may run it for one only." })
  merchantId?: string | null;

  @Field(() => String, { nullable: true, description: "Only this provider, by name; all when not given." })
  provider?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "First day: lines booked, and transactions whose business day is, from then on. What is taken is what a run without limits would take of it.",
  })
  from?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Last day, which is part of the period." })
  to?: string | null;

  @Field(() => RunModeEnum, { description: "Whether to change anything." })
  mode!: RunMode;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it answers the same run." })
  idempotencyKey!: string;
}

export const StartReconciliationResult = createUnionType({
  name: "StartReconciliationResult",
  description: "The run, queued or found again; or why there is none.",
  types: () => [ReconciliationRun, IdempotencyConflict, MerchantRequired] as const,
  resolveType: ({ __typename }) => __typename,
});

type Outcome = ReconciliationRun | IdempotencyConflict | MerchantRequired;

/**
 * Records the run and the order to carry it out in one transaction: neither exists without the other. Throws FORBIDDEN
 * for a merchant where the caller may not run it, whether it exists or not.
 */
export async function startReconciliation(context: RequestContext, input: StartReconciliationInput): Promise<Outcome> {
  const merchantId = chooseMerchant(context, "reconciliation:run", input.merchantId);
  if (typeof merchantId !== "string") return merchantId;
  const asked = askedFor(input);
  const { key, mode, provider, from, to } = asked;
  const id = stableId(PREFIXES.run, merchantId, key);
  const values = [merchantId, id, key, mode, provider, from, to, context.identity.userId];
  const [added] = await context.query<RunRow>(ADD_RUN, values);
  if (!added) return runOfKey(context, merchantId, asked);
  await context.run(async (transaction) => {
    await transaction.query(ORDER_RUN, [merchantId, stableId("out", "RECONCILE", id), id]);
    await appendAudit(transaction, {
      merchantId,
      actorId: context.identity.userId,
      action: "reconciliation.start",
      objectId: id,
      outcome: "DONE",
      detail: { mode, provider, from, to },
    });
  });
  return runOf(added);
}

type Asked = {
  readonly key: string;
  readonly mode: RunMode;
  readonly provider: string | null;
  readonly from: string | null;
  readonly to: string | null;
};

function askedFor({ idempotencyKey, mode, provider = null, from = null, to = null }: StartReconciliationInput): Asked {
  if (from !== null && to !== null && from > to)
    throw new AppError(
      "INVALID_INPUT",
      `The period ends on ${to}, before it begins on ${from}: swap \`from\` and \`to\`.`,
    );
  return { key: checkedKey(idempotencyKey), mode, provider, from, to };
}

/** A retry is the same request and gets the same run; anything else under its key is a mistake of the caller's. */
async function runOfKey(context: RequestContext, merchantId: string, asked: Asked): Promise<Outcome> {
  const [row] = await context.query<RunRow>(RUN_OF_KEY, [merchantId, asked.key]);
  if (!row) throw new AppError("CONFLICT", "The run changed while it was looked up; send the request again.");
  const isSame =
    row.trigger === "USER" &&
    row.mode === asked.mode &&
    row.provider === asked.provider &&
    row.period_from === asked.from &&
    row.period_to === asked.to;
  if (isSame) return runOf(row);
  return {
    __typename: "IdempotencyConflict",
    message: `The idempotency key "${asked.key}" belongs to another run: send a new key.`,
    runId: row.id,
  };
}

const ADD_RUN = `insert into reconciliation.run as t
  (merchant_id, id, idempotency_key, mode, trigger, provider, period_from, period_to, requested_by)
  values ($1, $2, $3, $4, 'USER', $5, $6, $7, $8) on conflict do nothing returning ${RUN_COLUMNS}`;

const RUN_OF_KEY = `select ${RUN_COLUMNS} from reconciliation.run t
  where t.merchant_id = $1 and t.idempotency_key = $2`;

const ORDER_RUN = `insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RECONCILE', $3)`;
