import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { DirectionEnum } from "../../shared/subgraph/direction-enum.ts";
import { IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import type { Direction } from "../../shared/subgraph/keyset-page.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { NotFound, VersionConflict } from "../../shared/subgraph/refusals.ts";
import { TransactionFilter } from "../transaction-filter.ts";
import { TransactionOrder, type TransactionOrderField, TransactionOrderFieldEnum } from "../transaction-list.ts";

const NAME = "1 to 100 characters; no two views of one person have the same, in whatever case.";
const COLUMNS = "Columns in order, by the names that the frontend has for them, 50 at most; kept as given.";
const KEY = { description: "1 to 100 characters of your choice; sent again, it answers the same." };

@Output("SavedViewOrder", "How a view sorts.")
export class SavedViewOrder {
  @Field(() => TransactionOrderFieldEnum, { description: "What is sorted by." })
  field!: TransactionOrderField;

  @Field(() => DirectionEnum, { description: "Smallest or earliest first (ASC), or last (DESC)." })
  direction!: Direction;
}

@Output(
  "SavedView",
  "A filter, an order and columns of the transaction list, by name. It shows its reader what they may see.",
)
export class SavedView {
  readonly __typename!: "SavedView";
  readonly ownerId!: string;
  /** As they were kept, by a version of the schema that may have been another. */
  readonly kept!: { readonly filter: object; readonly sort: object | null };

  @Field(() => ID, { description: "Stable id, `viw_…`." })
  id!: string;

  @Field(() => ID, { description: "The merchant." })
  merchantId!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => Boolean, { description: "Whether everybody who sees the merchant's transactions may use it." })
  isShared!: boolean;

  @Field(() => Boolean, { description: "Whether it is yours; others' can only be used." })
  isOwn!: boolean;

  @Field(() => String, { description: "Whose it is, as they were called when they saved it." })
  ownerName!: string;

  @Field(() => [String], { description: COLUMNS })
  columns!: readonly string[];

  @Field(() => Int, { description: "Rises with each change; send it back with a change of your own." })
  version!: number;

  @Field(() => DateTimeScalar, { description: "When it was saved last." })
  changedAt!: Date;
}

@InputType("CreateSavedViewInput", { description: "What to keep, and by which name." })
export class CreateSavedViewInput {
  @Field(() => ID, { description: "The merchant that it is of." })
  merchantId!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => TransactionFilter, {
    description: "Which transactions. `merchants` can only be its own. 10,000 characters at most as JSON.",
  })
  filter!: TransactionFilter;

  @Field(() => TransactionOrder, { nullable: true, description: "The latest first when not given." })
  orderBy?: TransactionOrder | null;

  @Field(() => [String], { nullable: true, description: COLUMNS })
  columns?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "Whether others may use it; false when not given." })
  isShared?: boolean | null;

  @Field(() => String, KEY)
  idempotencyKey!: string;
}

@InputType("ChangeSavedViewInput", { description: "What to change of a view of yours; what is left out stays." })
export class ChangeSavedViewInput {
  @Field(() => ID, { description: "The view." })
  viewId!: string;

  @Field(() => Int, { description: "Its version as you read it; refused if it has another by now." })
  expectedVersion!: number;

  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => TransactionFilter, { nullable: true, description: "Which transactions, in place of what it had." })
  filter?: TransactionFilter | null;

  @Field(() => TransactionOrder, { nullable: true, description: "How it sorts." })
  orderBy?: TransactionOrder | null;

  @Field(() => [String], { nullable: true, description: COLUMNS })
  columns?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "Shares it with the merchant's people, or no longer." })
  isShared?: boolean | null;

  @Field(() => String, KEY)
  idempotencyKey!: string;
}

@InputType("RemoveSavedViewInput", { description: "Which view to remove." })
export class RemoveSavedViewInput {
  @Field(() => ID, { description: "A view of yours; who has `accounts:manage` removes shared ones of others too." })
  viewId!: string;

  @Field(() => Int, { description: "Its version as you read it; refused if it has another by now." })
  expectedVersion!: number;

  @Field(() => String, KEY)
  idempotencyKey!: string;
}

@Output("SavedViewRefused", "Nothing was changed: what was asked for cannot be.")
export class SavedViewRefused {
  readonly __typename!: "SavedViewRefused";

  @Field(() => String, { description: "Why, and what to do, as a sentence in English." })
  message!: string;
}

export const SavedViewResult = createUnionType({
  name: "SavedViewResult",
  description: "The view as it is now, or as it was when it was removed; or why it was left alone.",
  types: () => [SavedView, SavedViewRefused, VersionConflict, NotFound, IdempotencyConflict] as const,
  resolveType: ({ __typename }) => __typename,
});
