import { Field, InputType } from "type-graphql";
import type { Conditions } from "../shared/subgraph/conditions.ts";
import { DirectionEnum } from "../shared/subgraph/direction-enum.ts";
import {
  type Direction,
  type Keyset,
  keysetPage,
  type Page,
  type PageRequest,
} from "../shared/subgraph/keyset-page.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import { connectionOf } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import type { TransactionFilter } from "./transaction-filter.ts";
import { TRANSACTION_COLUMNS, type TransactionRow, transactionOf } from "./transaction-row.ts";
import { Transaction } from "./transaction-type.ts";

const TRANSACTION_ORDER_FIELDS = ["OCCURRED_AT", "AMOUNT"] as const;
type TransactionOrderField = (typeof TRANSACTION_ORDER_FIELDS)[number];

const TransactionOrderFieldEnum = enumOf(
  "TransactionOrderField",
  "What transactions are sorted by; equal ones by id.",
  TRANSACTION_ORDER_FIELDS,
  { AMOUNT: "Minor units, so sensible within one currency." },
);

@InputType("TransactionOrder", { description: "How transactions are sorted; without it, the latest first." })
export class TransactionOrder {
  @Field(() => TransactionOrderFieldEnum, { description: "What they are sorted by." })
  field!: TransactionOrderField;

  @Field(() => DirectionEnum, { description: "Smallest or earliest first (ASC), or last (DESC)." })
  direction!: Direction;
}

@Output("TransactionConnection", "A page of transactions, and figures over all that the filter finds.")
export class TransactionConnection extends connectionOf("Transaction", Transaction) {
  readonly where!: Conditions;
  readonly filter!: TransactionFilter;

  @Field(() => String, {
    nullable: true,
    description: "Where changes stood when this was read: as `since` of `transactionChanged` none is missed.",
  })
  resumeToken!: string | null;
}

export function transactionPage(
  context: RequestContext,
  list: { readonly name: string; readonly where: Conditions; readonly order?: TransactionOrder | null | undefined },
  request: PageRequest,
): Promise<Page<Transaction>> {
  const keyset: Keyset = {
    list: list.name,
    from: "transactions.transaction t",
    columns: TRANSACTION_COLUMNS,
    where: list.where,
    sort: { ...SORTS[list.order?.field ?? "OCCURRED_AT"], direction: list.order?.direction ?? "DESC" },
  };
  return keysetPage<TransactionRow, Transaction>(context, keyset, request, transactionOf);
}

const SORTS = {
  OCCURRED_AT: { column: "t.occurred_at", type: "timestamptz" },
  AMOUNT: { column: "t.amount_minor", type: "bigint" },
} as const satisfies Record<TransactionOrderField, object>;
