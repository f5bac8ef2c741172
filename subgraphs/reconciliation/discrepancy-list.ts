import { Field, ID, InputType } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { BigIntScalar, DateTimeScalar } from "../shared/scalars.ts";
import { type Conditions, conditions } from "../shared/subgraph/conditions.ts";
import { DirectionEnum } from "../shared/subgraph/direction-enum.ts";
import { type Direction, keysetPage, type PageRequest } from "../shared/subgraph/keyset-page.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import { connectionOf } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { withinLimitsOfTransaction } from "../shared/subgraph/visible-transactions.ts";
import {
  DISCREPANCY_COLUMNS,
  DISCREPANCY_STATE,
  Discrepancy,
  type DiscrepancyRow,
  type DiscrepancyState,
  DiscrepancyStateEnum,
  discrepancyOf,
  IS_PROPOSED,
  SeverityEnum,
} from "./discrepancy-type.ts";
import { SEVERITIES, type Severity } from "./expectations/severity.ts";

@InputType("DiscrepancyFilter", { description: "All that is given must hold." })
export class DiscrepancyFilter {
  @Field(() => [ID], { nullable: true, description: "These, by id; what is another merchant's is not found." })
  ids?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Kinds, such as `MISSING_SETTLEMENT`." })
  types?: readonly string[] | null;

  @Field(() => [DiscrepancyStateEnum], { nullable: true, description: "Whether they still stand." })
  states?: readonly DiscrepancyState[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True: only those with a resolution that waits for a second person; false: only the others.",
  })
  proposed?: boolean | null;

  @Field(() => [SeverityEnum], { nullable: true, description: "How much they need a person." })
  severities?: readonly Severity[] | null;

  @Field(() => [String], { nullable: true, description: "Providers, by adapter family." })
  providers?: readonly string[] | null;

  @Field(() => BigIntScalar, { nullable: true, description: "With this much money at risk, in minor units, or more." })
  minimumAmountMinor?: bigint | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "First found then or later." })
  openedFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "First found earlier than then." })
  openedBefore?: Date | null;
}

const ORDER_FIELDS = ["OPENED_AT", "SEVERITY", "AMOUNT", "AGE"] as const;
const DiscrepancyOrderFieldEnum = enumOf(
  "DiscrepancyOrderField",
  "What discrepancies are sorted by; equal ones by id.",
  ORDER_FIELDS,
  { AMOUNT: "Minor units, so sensible within one currency.", AGE: "DESC has the oldest first." },
);

@InputType("DiscrepancyOrder", { description: "How discrepancies are sorted; without it, the latest first." })
export class DiscrepancyOrder {
  @Field(() => DiscrepancyOrderFieldEnum, { description: "What they are sorted by." })
  field!: (typeof ORDER_FIELDS)[number];

  @Field(() => DirectionEnum, { description: "Smallest or earliest first (ASC), or last (DESC)." })
  direction!: Direction;
}

@Output("DiscrepancyConnection", "A page of discrepancies, and figures over all that the filter finds.")
export class DiscrepancyConnection extends connectionOf("Discrepancy", Discrepancy) {
  readonly where!: Conditions;
}

@Output("DiscrepancyCount", "How many discrepancies of a type there are, and how much money is at risk by them.")
export class DiscrepancyCount {
  @Field(() => String, { description: "Their type." })
  type!: string;

  @Field(() => BigIntScalar, { description: "How many." })
  count!: bigint;

  @Field(() => MoneyType, { description: "The money at risk, of one currency." })
  amountAtRisk!: Money;
}

export async function discrepancyPage(
  context: RequestContext,
  { filter, order, state }: Asked,
  page: PageRequest,
): Promise<DiscrepancyConnection> {
  const reach = context.requireReach("reconciliation:view");
  const where = withinLimitsOfTransaction(conditions([reach.merchants]), reach)
    .add(`${DISCREPANCY_STATE} = ?`, state)
    .add("t.id = any (?::text[])", filter?.ids)
    .add("t.type = any (?::text[])", filter?.types)
    .add(`${DISCREPANCY_STATE} = any (?::text[])`, filter?.states)
    .add(`(${IS_PROPOSED}) = ?::boolean`, filter?.proposed)
    .add(
      "t.severity = any (?::smallint[])",
      filter?.severities?.map((severity) => SEVERITIES.indexOf(severity) + 1),
    )
    .add("t.provider = any (?::text[])", filter?.providers)
    .add("abs(t.amount_at_risk_minor) >= ?::bigint", filter?.minimumAmountMinor)
    .add("t.opened_at >= ?::timestamptz", filter?.openedFrom?.toISOString())
    .add("t.opened_at < ?::timestamptz", filter?.openedBefore?.toISOString());
  const from = "reconciliation.discrepancy t";
  const keyset = { list: "discrepancies", from, columns: DISCREPANCY_COLUMNS, where, sort: sortOf(order) };
  const found = await keysetPage(context, keyset, page, (row: DiscrepancyRow) => discrepancyOf(row));
  return { where, ...found } as DiscrepancyConnection;
}

type Asked = {
  readonly filter?: DiscrepancyFilter | null | undefined;
  readonly order?: DiscrepancyOrder | null | undefined;
  /** Kept beside the filter for callers from before there was one. */
  readonly state?: DiscrepancyState | null | undefined;
};

function sortOf(order: DiscrepancyOrder | null | undefined) {
  const { field, direction } = order ?? { field: "OPENED_AT", direction: "DESC" };
  if (field === "SEVERITY") return { column: "t.severity", type: "smallint", direction } as const;
  if (field === "AMOUNT") return { column: "t.amount_at_risk_minor", type: "bigint", direction } as const;
  const opened = { column: "t.opened_at", type: "timestamptz" } as const;
  if (field === "OPENED_AT") return { ...opened, direction };
  return { ...opened, direction: direction === "ASC" ? "DESC" : "ASC" } as const;
}

/** Count, money by currency, and both by type: one scan answers them all. */
export function discrepancyCounts(context: RequestContext, connection: DiscrepancyConnection) {
  let counts = countsByConnection.get(connection);
  if (!counts) {
    counts = countOf(context, connection.where);
    countsByConnection.set(connection, counts);
  }
  return counts;
}

const countsByConnection = new WeakMap<DiscrepancyConnection, Promise<readonly DiscrepancyCount[]>>();

async function countOf(context: RequestContext, where: Conditions): Promise<readonly DiscrepancyCount[]> {
  type Row = { type: string; currency: string; count: bigint; amount_minor: bigint };
  const rows = await context.query<Row>(
    `select t.type, t.currency, count(*) as count, sum(abs(t.amount_at_risk_minor))::bigint as amount_minor
     from reconciliation.discrepancy t where t.merchant_id = any ($1::text[]) and ${where.text()}
     group by t.type, t.currency order by t.type, t.currency`,
    where.values(),
  );
  return rows.map(({ type, currency, count, amount_minor }) => {
    return { type, count, amountAtRisk: { amountMinor: amount_minor, currency } };
  });
}

/** The money of all types together, one entry a currency. */
export function atRisk(counts: readonly DiscrepancyCount[]): readonly Money[] {
  const sums = new Map<string, bigint>();
  for (const {
    amountAtRisk: { amountMinor, currency },
  } of counts) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  }
  return [...sums].sort().map(([currency, amountMinor]) => ({ amountMinor, currency }));
}
