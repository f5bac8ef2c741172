import { Field, ID, InputType } from "type-graphql";
import { doubleLossSql } from "../../shared/double-loss.ts";
import type { Reach } from "../../shared/identity/grants.ts";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar, DateTimeScalar } from "../../shared/scalars.ts";
import { type Conditions, conditions } from "../../shared/subgraph/conditions.ts";
import { DateTimeRange } from "../../shared/subgraph/date-time-range.ts";
import { keysetPage, type Page, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { withinLimits } from "../../shared/subgraph/visible-transactions.ts";
import { DisputeStateEnum } from "../../shared/subgraph/vocabulary-enums.ts";
import type { DisputeState } from "../../shared/vocabulary.ts";
import { TRANSACTION_COLUMNS, type TransactionRow, transactionOf } from "../transaction-row.ts";
import { Transaction } from "../transaction-type.ts";

@InputType("DisputeFilter", {
  description: "All that is given must hold; within a list, one of its values. An empty list matches nothing.",
})
export class DisputeFilter {
  @Field(() => [ID], { nullable: true, description: "Merchants, of those you may see." })
  merchants?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Locations." })
  locations?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Providers by name: `adyen`, `ccv-pay`, …" })
  providers?: string[] | null;

  @Field(() => [DisputeStateEnum], { nullable: true, description: "Where it stands; NONE finds nothing." })
  states?: DisputeState[] | null;

  @Field(() => DateTimeRange, { nullable: true, description: "Only what has to be answered within this time." })
  respondBy?: DateTimeRange | null;

  @Field(() => Boolean, { nullable: true, description: "True: only with a double loss; false: only without one." })
  doubleLoss?: boolean | null;
}

const DISPUTE_ORDERS = ["LATEST", "DUE_FIRST"] as const;
export type DisputeOrder = (typeof DISPUTE_ORDERS)[number];
export const DisputeOrderEnum = enumOf("DisputeOrder", "How disputes are sorted.", DISPUTE_ORDERS, {
  LATEST: "What was seen here as disputed last comes first.",
  DUE_FIRST: "What has to be answered soonest comes first, and then what has no such time.",
});

@Output("Dispute", "A sale that the shopper's bank asked about, or took money of back at some time.")
export class Dispute {
  @Field(() => Transaction, { description: "The sale; its chargebacks and reversals are among `related`." })
  transaction!: Transaction;

  @Field(() => DisputeStateEnum, { description: "Where it stands, by the money that moved." })
  state!: DisputeState;

  @Field(() => DateTimeScalar, { description: "When it was first seen here as disputed." })
  since!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "As `Transaction.disputeRespondBy`; it may be past." })
  respondBy!: Date | null;

  @Field(() => MoneyType, {
    description: "What the bank holds of it now: chargebacks less reversals; 0 when it came back.",
  })
  amountAtRisk!: Money;

  @Field(() => MoneyType, { nullable: true, description: "As `Transaction.doubleLoss`." })
  doubleLoss!: Money | null;
}

@Output("DisputeTotals", "What is at risk in one currency.")
export class DisputeTotals {
  @Field(() => BigIntScalar, { description: "How many sales." })
  count!: bigint;

  @Field(() => MoneyType, { description: "What the banks hold of them now." })
  amountAtRisk!: Money;

  @Field(() => MoneyType, { description: "What was both refunded and charged back." })
  doubleLoss!: Money;
}

@Output("DisputeConnection", "A page of disputed sales, and figures over all that the filter finds.")
export class DisputeConnection extends connectionOf("Dispute", Dispute) {
  readonly where!: Conditions;
}

const DOUBLE_LOSS = doubleLossSql("t");

/** Disputed rows, `d` beside the transaction `t`. $1: merchants. */
export function disputeConditions(reach: Reach, filter: DisputeFilter): Conditions {
  const seen = filter.merchants ? reach.merchants.filter((id) => filter.merchants?.includes(id)) : reach.merchants;
  return withinLimits(conditions([seen], ["t.superseded_by is null", "t.base_status <> 'MANUAL_INTERVENTION'"]), reach)
    .add("t.location_id = any(?::text[])", filter.locations)
    .add("t.provider = any(?::text[])", filter.providers)
    .add("t.dispute_state = any(?::text[])", filter.states)
    .add("d.respond_by >= ?::timestamptz", filter.respondBy?.from)
    .add("d.respond_by < ?::timestamptz", filter.respondBy?.to)
    .add(`(${DOUBLE_LOSS.condition}) = ?::boolean`, filter.doubleLoss);
}

export function disputePage(
  context: RequestContext,
  { where, order }: { readonly where: Conditions; readonly order: DisputeOrder },
  request: PageRequest,
): Promise<Page<Dispute>> {
  const columns = `${TRANSACTION_COLUMNS}, d.since, d.respond_by`;
  const keyset = { list: "disputes", from: FROM, columns, where, sort: SORTS[order] };
  return keysetPage<DisputedRow, Dispute>(context, keyset, request, disputeOf);
}

const SORTS = {
  LATEST: { column: "d.since", type: "timestamptz", direction: "DESC" },
  DUE_FIRST: { column: "coalesce(d.respond_by, 'infinity')", type: "timestamptz", direction: "ASC" },
} as const;

type DisputedRow = TransactionRow & { readonly since: Date; readonly respond_by: Date | null };

function disputeOf(row: DisputedRow): Dispute {
  const transaction = transactionOf(row);
  const { currency } = row;
  const held = row.charged_back_minor > 0n ? row.charged_back_minor : 0n;
  return {
    transaction,
    state: row.dispute_state,
    since: row.since,
    respondBy: row.respond_by,
    amountAtRisk: { amountMinor: held, currency },
    doubleLoss: transaction.doubleLoss,
  };
}

export async function disputeTotals(context: RequestContext, where: Conditions): Promise<DisputeTotals[]> {
  const text = `select t.currency, count(*) as count, sum(greatest(t.charged_back_minor, 0))::text as held,
      coalesce(sum(${DOUBLE_LOSS.amount}) filter (where ${DOUBLE_LOSS.condition}), 0)::text as twice
    from ${FROM} where t.merchant_id = any($1::text[]) and ${where.text()}
    group by t.currency order by t.currency`;
  const rows = await context.query<{ currency: string; count: bigint; held: string; twice: string }>(
    text,
    where.values(),
  );
  return rows.map(({ currency, count, held, twice }) => ({
    count,
    amountAtRisk: { amountMinor: BigInt(held), currency },
    doubleLoss: { amountMinor: BigInt(twice), currency },
  }));
}

const FROM = `transactions.disputed d
  join transactions.transaction t on t.merchant_id = d.merchant_id and t.family = d.family and t.id = d.id`;
