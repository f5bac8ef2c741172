import { Field, ID, Int } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { DateTimeScalar } from "../shared/scalars.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import { TransactionStatusEnum } from "../shared/subgraph/vocabulary-enums.ts";
import type { BaseStatus } from "../shared/vocabulary.ts";

export const EVENT_SOURCES = ["FILE", "WEBHOOK", "RECONCILER", "USER"] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

const EventSourceEnum = enumOf("TransactionEventSource", "Where an event came from.", EVENT_SOURCES, {
  FILE: "A row of a provider's file.",
  WEBHOOK: "What a provider told us over HTTP when it happened.",
  RECONCILER: "A settlement line that reconciliation claimed for the transaction.",
  USER: "A person.",
});

@Output("TransactionEvent", "One piece of evidence about a transaction. Events are added, never changed.")
export class TransactionEvent {
  @Field(() => ID, { description: "Stable id of the event." })
  id!: string;

  @Field(() => String, { description: "What happened: `SALE`, `REFUND`, `CHARGEBACK`, `CLAIM`, …" })
  kind!: string;

  @Field(() => EventSourceEnum, { description: "Where it came from." })
  source!: EventSource;

  @Field(() => TransactionStatusEnum, { nullable: true, description: "The status it speaks for, if any." })
  outcome!: BaseStatus | null;

  @Field(() => DateTimeScalar, { description: "When it happened, by its source." })
  occurredAt!: Date;

  @Field(() => DateTimeScalar, { description: "When we took it in." })
  recordedAt!: Date;

  @Field(() => MoneyType, { nullable: true, description: "What it is about, positive; null if it carries none." })
  amount!: Money | null;

  @Field(() => String, { nullable: true, description: "Reason of a failure or refusal, or of a person's decision." })
  reason!: string | null;

  @Field(() => String, { nullable: true, description: "The provider's own word." })
  rawStatus!: string | null;

  @Field(() => String, { nullable: true, description: "The user who caused it, for events of a person." })
  actorId!: string | null;

  @Field(() => ID, { nullable: true, description: "An earlier event that this one takes back." })
  supersedesId!: string | null;
}

@Output("StatusExplanation", "Why a transaction has its status: which rule, which event, and what it outranks.")
export class StatusExplanation {
  @Field(() => Int, { description: "Number of the rule that decided, 1 (strongest) to 7 (nothing decided yet)." })
  rule!: number;

  @Field(() => String, { description: "The same as a sentence in English." })
  sentence!: string;

  @Field(() => TransactionEvent, { nullable: true, description: "The event that decided; null under rule 7." })
  decidedBy!: TransactionEvent | null;

  @Field(() => [TransactionEvent], { description: "The other events that had a say, strongest first." })
  losers!: readonly TransactionEvent[];
}
