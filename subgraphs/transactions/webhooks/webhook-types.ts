import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import { NotFound, VersionConflict } from "../../shared/subgraph/refusals.ts";

const NOTICE_TYPES = ["TRANSACTION_STATUS_CHANGED", "PAYOUT_ARRIVED", "DISCREPANCY_OPENED", "TEST"] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];
const NoticeTypeEnum = enumOf("NoticeType", "What a merchant's own systems are told.", NOTICE_TYPES, {
  TRANSACTION_STATUS_CHANGED: "A transaction is new or has another status; not while it waits for a person.",
  PAYOUT_ARRIVED: "A payout was found on a bank statement.",
  DISCREPANCY_OPENED: "A discrepancy was found, or found again.",
  TEST: "Somebody asked for it, by `sendTestNotice`.",
});

const NOTICE_STATES = ["WAITING", "DELIVERED", "GIVEN_UP"] as const;
type NoticeState = (typeof NOTICE_STATES)[number];
const NoticeStateEnum = enumOf("NoticeState", "How far a notice is.", NOTICE_STATES, {
  WAITING: "It is sent, or sent again, when it is due.",
  DELIVERED: "The endpoint answered with a status of 200 to 299.",
  GIVEN_UP: "It was tried for a day.",
});

@Output("WebhookEndpoint", "An address of a merchant's own systems that is told of what happens.")
export class WebhookEndpoint {
  readonly __typename!: "WebhookEndpoint";

  @Field(() => ID, { description: "Stable id, `whe_…`." })
  id!: string;

  @Field(() => ID, { description: "The merchant." })
  merchantId!: string;

  @Field(() => String, { description: "Where notices are sent by POST." })
  url!: string;

  @Field(() => [NoticeTypeEnum], { description: "What it is told." })
  events!: readonly NoticeType[];

  @Field(() => String, {
    nullable: true,
    description: "What notices are signed with, `whsec_…`: in the answer that made it, and never again.",
  })
  secret!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Since when nothing has reached it; null when all is well.",
  })
  failingSince!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was switched off; null while it is on." })
  disabledAt!: Date | null;

  @Field(() => String, { nullable: true, description: "Why it was switched off." })
  disabledBecause!: string | null;

  @Field(() => Int, { description: "Rises with each change; send it back with a change of your own." })
  version!: number;
}

@Output("Notice", "One message to one endpoint.")
export class Notice {
  @Field(() => ID, { description: "Stable id, `not_…`; sent as `webhook-id`, the same with each attempt." })
  id!: string;

  @Field(() => ID, { description: "The endpoint it is for." })
  endpointId!: string;

  @Field(() => NoticeTypeEnum, { description: "What it tells." })
  type!: NoticeType;

  @Field(() => ID, { description: "The transaction, payout or discrepancy it is about." })
  subjectId!: string;

  @Field(() => DateTimeScalar, { description: "When it happened." })
  createdAt!: Date;

  @Field(() => NoticeStateEnum, { description: "How far it is." })
  state!: NoticeState;

  @Field(() => Int, { description: "How often it was sent." })
  attempts!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was last sent." })
  lastAttemptAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it is sent next; null when it no longer is." })
  nextAttemptAt!: Date | null;

  @Field(() => Int, { nullable: true, description: "HTTP status of the last answer; null if there was none." })
  lastStatus!: number | null;

  @Field(() => String, { nullable: true, description: "What was wrong with the last attempt." })
  lastProblem!: string | null;
}

@Output("NoticeConnection", "The delivery log, the latest first; kept for a month.")
export class NoticeConnection extends connectionOf("Notice", Notice) {}

const KEY = { description: "1 to 100 characters of your choice; sent again, it changes nothing more." };

@InputType("CreateWebhookEndpointInput", { description: "A new endpoint." })
export class CreateWebhookEndpointInput {
  @Field(() => ID, { description: "The merchant." })
  merchantId!: string;

  @Field(() => String, { description: "An https address of the open internet." })
  url!: string;

  @Field(() => [NoticeTypeEnum], { description: "What it is told; TEST need not be named." })
  events!: NoticeType[];

  @Field(() => String, KEY)
  idempotencyKey!: string;
}

@InputType("ChangeWebhookEndpointInput", { description: "What to change of an endpoint; what is left out stays." })
export class ChangeWebhookEndpointInput {
  @Field(() => ID, { description: "The endpoint." })
  endpointId!: string;

  @Field(() => Int, { description: "Its version as you read it; refused if it has another by now." })
  expectedVersion!: number;

  @Field(() => String, { nullable: true, description: "An https address of the open internet." })
  url?: string | null;

  @Field(() => [NoticeTypeEnum], { nullable: true, description: "What it is told." })
  events?: NoticeType[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Switches it on again, or off. What waits meanwhile waits a day.",
  })
  enabled?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "True for a new secret, which is in the answer." })
  newSecret?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "True removes it: nothing more is sent there." })
  remove?: boolean | null;

  @Field(() => String, KEY)
  idempotencyKey!: string;
}

@InputType("SendTestNoticeInput", { description: "Which endpoint to send a notice of type TEST." })
export class SendTestNoticeInput {
  @Field(() => ID, { description: "The endpoint." })
  endpointId!: string;

  @Field(() => String, KEY)
  idempotencyKey!: string;
}

@Output("WebhookRefused", "Nothing was changed: something that was asked for cannot be.")
export class WebhookRefused {
  readonly __typename!: "WebhookRefused";

  @Field(() => String, { description: "Why, and what to do, as a sentence in English." })
  message!: string;
}

export const WebhookEndpointResult = createUnionType({
  name: "WebhookEndpointResult",
  description: "The endpoint as it is now; or why it was left alone.",
  types: () => [WebhookEndpoint, WebhookRefused, VersionConflict, NotFound, IdempotencyConflict] as const,
  resolveType: ({ __typename }) => __typename,
});
