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
import { TRANSACTIONS } from "../shared/subgraph/transactions-as-of.ts";
import { TRANSACTION_STATUSES } from "../shared/vocabulary.ts";
import type { TransactionList } from "./list-conditions.ts";
import { listedBy } from "./listed-fields.ts";
import type { TransactionFilter } from "./transaction-filter.ts";
import type { TransactionRow } from "./transaction-row.ts";
import { Transaction } from "./transaction-type.ts";

const TRANSACTION_ORDER_FIELDS = ["OCCURRED_AT", "AMOUNT", "STATUS", "LOCATION"] as const;
export type TransactionOrderField = (typeof TRANSACTION_ORDER_FIELDS)[number];

type Sort = Omit<Keyset["sort"], "direction"> & {
  /** What the columns are from, beside the list. */
  readonly join?: string;
};

/** What the list is sorted by, and of what table beside it. */
export function sortOf(order: TransactionOrder | null | undefined): Sort & { readonly direction: Direction } {
  return { ...SORTS[order?.field ?? "OCCURRED_AT"], direction: order?.direction ?? "DESC" };
}

const LATEST = { column: "t.occurred_at", type: "timestamptz" } as const;

export const TransactionOrderFieldEnum = enumOf(
  "TransactionOrderField",
  "What transactions are sorted by; equal ones by id.",
  TRANSACTION_ORDER_FIELDS,
  {
    AMOUNT: "Minor units, so sensible within one currency.",
    STATUS: "In the order of `TransactionStatus`; of one status the latest first.",
    LOCATION:
      "By the location's name, without regard to case, those without one first; of one location the latest first.",
  },
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
  readonly rows!: TransactionList;
  readonly filter!: TransactionFilter;

  @Field(() => String, {
    nullable: true,
    description: "Where changes stood when this was read: as `since` of `transactionChanged` none is missed.",
  })
  resumeToken!: string | null;
}

export function transactionPage(
  context: RequestContext,
  list: {
    readonly name: string;
    readonly from?: string;
    readonly where: Conditions;
    readonly asOf?: Date | null;
    readonly order?: TransactionOrder | null | undefined;
    /** What is asked of each transaction. */
    readonly fields: ReadonlySet<string>;
  },
  request: PageRequest,
): Promise<Page<Transaction>> {
  const { join = "", ...sort } = sortOf(list.order);
  const { asOf = null } = list;
  const { columns, nodeOf } = listedBy(list.fields, asOf);
  const keyset: Keyset = {
    // A cursor of one instant is no place in the list of another.
    list: asOf ? `${list.name} as of ${asOf.toISOString()}` : list.name,
    from: `${list.from ?? TRANSACTIONS} ${join}`,
    columns,
    where: list.where,
    sort,
  };
  return keysetPage<TransactionRow, Transaction>(context, keyset, request, nodeOf);
}

/**
 * A cursor holds what its row was sorted by then: a row that has not changed since lies on the same side of it as before,
 * whatever others did. No index leads along a status or a name, since one would make every change of status dearer: the
 * page is picked out of all that the filter finds.
 */
const SORTS = {
  OCCURRED_AT: { column: "t.occurred_at", type: "timestamptz" },
  AMOUNT: { column: "t.amount_minor", type: "bigint" },
  STATUS: {
    column: `array_position('{${TRANSACTION_STATUSES.join(",")}}'::text[], t.status)`,
    type: "int",
    second: LATEST,
  },
  LOCATION: {
    column: "coalesce(lower(l.name), '')",
    type: "text",
    second: LATEST,
    join: "left join accounts.location l on l.merchant_id = t.merchant_id and l.id = t.location_id",
  },
} as const satisfies Record<TransactionOrderField, Sort>;
