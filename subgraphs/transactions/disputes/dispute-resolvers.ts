import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { ForwardPage } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import {
  DisputeConnection,
  DisputeFilter,
  type DisputeOrder,
  DisputeOrderEnum,
  DisputeTotals,
  disputeConditions,
  disputePage,
  disputeTotals,
} from "./dispute-list.ts";

@Resolver(() => DisputeConnection)
export class DisputeResolver {
  @Query(() => DisputeConnection, {
    nullable: true,
    description: "Sales that are or were disputed. FORBIDDEN without `transactions:view`.",
  })
  async disputes(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => DisputeFilter, { nullable: true, description: "Which; all when not given." })
    filter?: DisputeFilter | null,
    @Arg("orderBy", () => DisputeOrderEnum, { nullable: true, description: "The latest first when not given." })
    order?: DisputeOrder | null,
  ) {
    const where = disputeConditions(context.requireReach("transactions:view"), filter ?? {});
    return { where, ...(await disputePage(context, { where, order: order ?? "LATEST" }, page)) };
  }

  @FieldResolver(() => [DisputeTotals], { description: "One entry per currency, by its code." })
  totals(@Ctx() context: RequestContext, @Root() { where }: DisputeConnection) {
    return disputeTotals(context, where);
  }
}
