import { Field, ID, InputType, Int } from "type-graphql";
import type { Reach } from "../../shared/identity/grants.ts";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar, DateTimeScalar } from "../../shared/scalars.ts";
import { type Conditions, conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage, type Page, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { withinLimits } from "../../shared/subgraph/visible-transactions.ts";
import type { TransactionOrder } from "../transaction-list.ts";
import { TRANSACTION_COLUMNS, type TransactionRow, transactionOf } from "../transaction-row.ts";
import { Transaction } from "../transaction-type.ts";

@InputType("ManualInterventionFilter", {
  description: "All that is given must hold; within a list, one of its values. An empty list matches nothing.",
})
export class ManualInterventionFilter {
  @Field(() => [ID], { nullable: true, description: "Merchants, of those you may see." })
  merchants?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Locations." })
  locations?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Providers by name: `ccv-pay`, `edenred`, `adyen`, …" })
  providers?: string[] | null;

  @Field(() => Int, { nullable: true, description: "Only what has waited in the queue for at least so many hours." })
  waitingHours?: number | null;
}

@Output("ManualInterventionConnection", "Transactions that wait for a person to assign a status.")
export class ManualInterventionConnection extends connectionOf("ManualIntervention", Transaction) {
  readonly where!: Conditions;
}

@Output("ManualInterventionTotals", "How much money of one currency waits for a person.")
export class ManualInterventionTotals {
  @Field(() => BigIntScalar, { description: "How many transactions." })
  count!: bigint;

  @Field(() => MoneyType, { description: "The sum of their amounts." })
  amount!: Money;

  @Field(() => DateTimeScalar, { description: "Since when the one that has waited longest is in the queue." })
  oldest!: Date;
}

/** Rows of the queue, `q`, that the caller may see. $1: merchants. */
export function waitingConditions(reach: Reach, filter: ManualInterventionFilter): Conditions {
  const seen = filter.merchants ? reach.merchants.filter((id) => filter.merchants?.includes(id)) : reach.merchants;
  return withinLimits(conditions([seen]), reach)
    .add("t.location_id = any(?::text[])", filter.locations)
    .add("t.provider = any(?::text[])", filter.providers)
    .add("q.since <= clock_timestamp() - make_interval(hours => ?::int)", filter.waitingHours);
}

/** The queue is a table of its own, so a page costs what waits and not what there is. */
export function waitingPage(
  context: RequestContext,
  { where, order }: { readonly where: Conditions; readonly order: TransactionOrder | null | undefined },
  request: PageRequest,
): Promise<Page<Transaction>> {
  const keyset = {
    list: "manual-interventions",
    from: `transactions.waiting q
      join transactions.transaction t on t.merchant_id = q.merchant_id and t.family = q.family and t.id = q.id`,
    columns: TRANSACTION_COLUMNS,
    where,
    sort: { ...SORTS[order?.field ?? "OCCURRED_AT"], direction: order?.direction ?? ("DESC" as const) },
  };
  return keysetPage<TransactionRow, Transaction>(context, keyset, request, transactionOf);
}

/** What a badge shows. It reads the queue alone. */
export async function waitingTotals(context: RequestContext, where: Conditions): Promise<ManualInterventionTotals[]> {
  const text = `select t.currency, count(*) as count, sum(t.amount_minor)::text as amount, min(t.since) as oldest
    from transactions.waiting t cross join lateral (select t.since) q
    where t.merchant_id = any($1::text[]) and ${where.text()}
    group by t.currency order by t.currency`;
  const rows = await context.query<TotalsRow>(text, where.values());
  return rows.map(({ currency, count, amount, oldest }) => ({
    count,
    amount: { amountMinor: BigInt(amount), currency },
    oldest,
  }));
}

type TotalsRow = {
  readonly currency: string;
  readonly count: bigint;
  readonly amount: string;
  readonly oldest: Date;
};

const LATEST = { column: "q.occurred_at", type: "timestamptz" } as const;

/** By columns of the queue: by those of the big table the planner would walk that until it met enough that wait. */
const SORTS = {
  OCCURRED_AT: { column: "q.occurred_at", type: "timestamptz" },
  AMOUNT: { column: "q.amount_minor", type: "bigint" },
  // All of the queue have one status.
  STATUS: { column: "0", type: "int", second: LATEST },
  LOCATION: {
    column: `coalesce((select lower(l.name) from accounts.location l
      where l.merchant_id = t.merchant_id and l.id = t.location_id), '')`,
    type: "text",
    second: LATEST,
  },
} as const satisfies Record<TransactionOrder["field"], object>;
