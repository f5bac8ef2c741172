import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { BigIntScalar } from "../../shared/scalars.ts";
import { PageArguments } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { TransactionOrder } from "../transaction-list.ts";
import {
  ManualInterventionConnection,
  ManualInterventionFilter,
  ManualInterventionTotals,
  waitingConditions,
  waitingPage,
  waitingTotals,
} from "./waiting-queue.ts";

@Resolver(() => ManualInterventionConnection)
export class ManualInterventionResolver {
  @Query(() => ManualInterventionConnection, {
    nullable: true,
    description: "The work queue: transactions that wait for a person. FORBIDDEN without `manual-interventions:view`.",
  })
  async manualInterventions(
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("filter", () => ManualInterventionFilter, { nullable: true, description: "Which; all when not given." })
    filter?: ManualInterventionFilter | null,
    @Arg("orderBy", () => TransactionOrder, { nullable: true, description: "The latest first when not given." })
    order?: TransactionOrder | null,
  ) {
    const where = waitingConditions(context.requireReach("manual-interventions:view"), filter ?? {});
    return { where, ...(await waitingPage(context, { where, order }, page)) };
  }

  @FieldResolver(() => BigIntScalar, { description: "How many there are, on all pages." })
  async totalCount(@Ctx() context: RequestContext, @Root() connection: ManualInterventionConnection) {
    return (await totalsOnce(context, connection)).reduce((sum, { count }) => sum + count, 0n);
  }

  @FieldResolver(() => [ManualInterventionTotals], { description: "One entry per currency." })
  totals(@Ctx() context: RequestContext, @Root() connection: ManualInterventionConnection) {
    return totalsOnce(context, connection);
  }
}

function totalsOnce(context: RequestContext, connection: ManualInterventionConnection) {
  let totals = totalsByConnection.get(connection);
  if (!totals) {
    totals = waitingTotals(context, connection.where);
    totalsByConnection.set(connection, totals);
  }
  return totals;
}

const totalsByConnection = new WeakMap<ManualInterventionConnection, Promise<ManualInterventionTotals[]>>();
