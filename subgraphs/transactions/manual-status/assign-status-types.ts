import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { NotFound, VersionConflict } from "../../shared/subgraph/refusals.ts";
import { TransactionStatusEnum } from "../../shared/subgraph/vocabulary-enums.ts";
import type { TransactionStatus } from "../../shared/vocabulary.ts";
import { Transaction } from "../transaction-type.ts";

@InputType("AssignStatusInput", { description: "Which status a person gives to a transaction, and why." })
export class AssignStatusInput {
  @Field(() => ID, { description: "The transaction." })
  transactionId!: string;

  @Field(() => TransactionStatusEnum, { description: "SUCCESS or FAILED; any other is refused as illegal." })
  status!: TransactionStatus;

  @Field(() => Int, { description: "Its `version` as you read it; refused if it has another by now." })
  expectedVersion!: number;

  @Field(() => String, { description: "Why; 1 to 1,000 characters, kept in its history. Card numbers are masked." })
  reason!: string;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@Output("StatusAssigned", "The status was assigned.")
export class StatusAssigned {
  readonly __typename!: "StatusAssigned";

  @Field(() => Transaction, { description: "The transaction as it is now." })
  transaction!: Transaction;

  @Field(() => TransactionStatusEnum, { description: "The status that it had before." })
  previousStatus!: TransactionStatus;
}

@Output("IllegalTransition", "A person may not give this status to the transaction as it stands.")
export class IllegalTransition {
  readonly __typename!: "IllegalTransition";

  @Field(() => String, { description: "Why, and what to do, as a sentence in English." })
  message!: string;

  @Field(() => TransactionStatusEnum, { description: "The status that it has." })
  from!: TransactionStatus;

  @Field(() => TransactionStatusEnum, { description: "The status that was asked for." })
  to!: TransactionStatus;
}

export const AssignStatusResult = createUnionType({
  name: "AssignStatusResult",
  description: "The transaction as it is now; or why it was left alone.",
  types: () => [StatusAssigned, IllegalTransition, VersionConflict, NotFound, IdempotencyConflict] as const,
  resolveType: ({ __typename }) => __typename,
});
