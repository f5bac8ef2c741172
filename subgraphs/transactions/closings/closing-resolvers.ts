import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { type Keyset, keysetPage } from "../../shared/subgraph/keyset-page.ts";
import { PageArguments } from "../../shared/subgraph/page-type.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";
import { withinLimits } from "../../shared/subgraph/visible-transactions.ts";
import { closePeriod } from "./close-period.ts";
import { ClosePeriodInput, ClosePeriodResult } from "./close-period-input.ts";
import { closingById } from "./closing-by-id.ts";
import {
  ADJUSTMENT_ROW,
  type AdjustmentRow,
  adjustmentOf,
  CLOSING_ROW,
  type ClosingRow,
  closingOf,
} from "./closing-row.ts";
import {
  Closing,
  ClosingAdjustment,
  ClosingAdjustmentConnection,
  ClosingConnection,
  type ClosingKind,
  ClosingKindEnum,
} from "./closing-type.ts";

@Resolver(() => Closing)
export class ClosingResolver {
  @Query(() => ClosingConnection, { nullable: true, description: "Closed periods, the latest first." })
  closings(
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("merchantId", () => ID, { nullable: true, description: "Of one merchant." }) merchantId?: string | null,
    @Arg("locationId", () => ID, { nullable: true, description: "Of one location, its terminals included." })
    locationId?: string | null,
    @Arg("terminalId", () => ID, { nullable: true, description: "Of one terminal." }) terminalId?: string | null,
    @Arg("kind", () => ClosingKindEnum, { nullable: true, description: "Of one kind." }) kind?: ClosingKind | null,
  ) {
    const reach = context.requireReach("closings:view");
    if (merchantId && !reach.merchants.includes(merchantId)) throw forbidden("closings:view", merchantId);
    const where = withinLimits(conditions([reach.merchants]), reach)
      .add("t.merchant_id = ?", merchantId)
      .add("t.location_id = ?", locationId)
      .add("t.terminal_id = ?", terminalId)
      .add("t.kind = ?", kind);
    const keyset: Keyset = {
      list: "closings",
      from: "transactions.closing t",
      columns: CLOSING_ROW,
      where,
      sort: { column: "t.closed_at", type: "timestamptz", direction: "DESC" },
    };
    return keysetPage<ClosingRow, Closing>(context, keyset, page, closingOf);
  }

  @Query(() => Closing, {
    nullable: true,
    description: "One closing; null if there is none by this id that you may see.",
  })
  closing(@Ctx() context: RequestContext, @Arg("id", () => ID, { description: "Its id." }) id: string) {
    return closingById(context, id);
  }

  @Mutation(() => ClosePeriodResult, {
    nullable: true,
    description:
      "Closes a period for ever: its totals, its late items and a PDF are kept as they are now. What comes later about it is named in the next closing. FORBIDDEN without `closings:close`.",
  })
  closePeriod(
    @Ctx() context: RequestContext,
    @Arg("input", () => ClosePeriodInput, { description: "Which." }) input: ClosePeriodInput,
  ) {
    return closePeriod(context, input);
  }

  @FieldResolver(() => ClosingAdjustmentConnection, {
    description: "Transactions of earlier periods that were another when those were closed, the latest first.",
  })
  adjustments(
    @Ctx() context: RequestContext,
    @Root() { id, merchant }: Closing,
    @Args(() => PageArguments) page: PageArguments,
  ) {
    const keyset: Keyset = {
      list: `closing-adjustments ${id}`,
      from: "transactions.closing_item t",
      columns: ADJUSTMENT_ROW,
      where: conditions([[merchant.id]], ["t.way <> 'OWN'"]).add("t.closing_id = ?", id),
      sort: { column: "t.occurred_at", type: "timestamptz", direction: "DESC" },
    };
    return keysetPage<AdjustmentRow, ClosingAdjustment>(context, keyset, page, adjustmentOf);
  }
}
