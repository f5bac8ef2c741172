import { Args, Ctx, Field, ID, Int, Query, Resolver } from "type-graphql";
import { BigIntScalar, DateTimeScalar } from "../../shared/scalars.ts";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { connectionOf, ForwardPage } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";

const STATES = ["RECEIVED", "APPLIED", "SKIPPED", "QUARANTINED"] as const;
const StateEnum = enumOf("WebhookState", "What became of a webhook.", STATES, {
  RECEIVED: "Kept, and still to be worked on; see `problem` where that was put off.",
  APPLIED: "What it tells of is in the ledger.",
  SKIPPED: "It says nothing of a transaction's status.",
  QUARANTINED: "It could not be taken; see `problem`.",
});

@Output("WebhookDelivery", "Something that a provider told by a webhook, however often it did.")
class WebhookDelivery {
  @Field(() => ID, { description: "Stable id, `whk_…`." })
  id!: string;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => String, {
    description: "The account it is about, as the provider writes it; empty where it names none.",
  })
  account!: string;

  @Field(() => DateTimeScalar, { description: "When it came first." })
  receivedAt!: Date;

  @Field(() => DateTimeScalar, { description: "When it came last." })
  lastReceivedAt!: Date;

  @Field(() => BigIntScalar, { description: "How often it came." })
  deliveries!: bigint;

  @Field(() => StateEnum, { description: "What became of it." })
  state!: (typeof STATES)[number];

  @Field(() => String, { nullable: true, description: "Kind of problem, for grouping." })
  code!: string | null;

  @Field(() => String, { nullable: true, description: "Why it was put off, skipped or not taken, in English." })
  problem!: string | null;

  @Field(() => Int, { description: "How often the work on it was put off because the provider did not answer." })
  attempts!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it is worked on next; null once it has ended." })
  dueAt!: Date | null;
}

@Output("WebhookDeliveryConnection", "A page of webhooks, the latest first.")
class WebhookDeliveryConnection extends connectionOf("WebhookDelivery", WebhookDelivery) {}

@Resolver(() => WebhookDelivery)
export class WebhookDeliveryResolver {
  @Query(() => WebhookDeliveryConnection, {
    nullable: true,
    description: "Webhooks about accounts of yours, the latest first. FORBIDDEN without `files:upload`.",
  })
  webhookDeliveries(@Ctx() context: RequestContext, @Args(() => ForwardPage) page: ForwardPage) {
    return deliveryPage(context, page);
  }
}

function deliveryPage(context: RequestContext, page: PageRequest) {
  const where = conditions([context.require("files:upload")]);
  const sort = { column: "t.received_at", type: "timestamptz", direction: "DESC" } as const;
  const keyset = { list: "webhook-deliveries", from: FROM, columns: COLUMNS, where, sort };
  return keysetPage<DeliveryRow, WebhookDelivery>(context, keyset, page, deliveryOf);
}

type DeliveryRow = Pick<
  WebhookDelivery,
  "id" | "provider" | "account" | "deliveries" | "code" | "problem" | "attempts"
> & {
  readonly merchant_id: string;
  readonly status: WebhookDelivery["state"];
  readonly received_at: Date;
  readonly last_delivered_at: Date;
  readonly due_at: Date;
};

function deliveryOf(row: DeliveryRow): WebhookDelivery {
  const { status: state, received_at: receivedAt, last_delivered_at: lastReceivedAt, due_at, ...rest } = row;
  return { ...rest, state, receivedAt, lastReceivedAt, dueAt: state === "RECEIVED" ? due_at : null };
}

const KEPT = `w.id, w.provider, w.account, w.status, w.code, w.problem, w.deliveries, w.attempts, w.received_at,
  w.last_delivered_at, w.due_at`;

/** A webhook is the platform's row; whose it is, the accounts say that the caller may see. */
const FROM = `(
  select a.merchant_id, ${KEPT} from accounts.provider_account a
  join delivery.webhook w on w.provider = a.provider and w.account = a.account
  union all
  select w.merchant_id, ${KEPT} from delivery.webhook w
  where not exists (
    select from accounts.provider_account a where a.provider = w.provider and a.account = w.account)
) t`;

const COLUMNS = `t.id, t.merchant_id, t.provider, t.account, t.status, t.code, t.problem, t.deliveries, t.attempts,
  t.received_at, t.last_delivered_at, t.due_at`;
