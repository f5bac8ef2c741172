import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { BigIntScalar } from "../shared/scalars.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { ForwardPage } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { Payout, SettlementBatch } from "./batches-and-payouts.ts";
import {
  atRisk,
  DiscrepancyConnection,
  DiscrepancyCount,
  DiscrepancyFilter,
  DiscrepancyOrder,
  discrepancyCounts,
  discrepancyPage,
} from "./discrepancy-list.ts";
import {
  Discrepancy,
  type DiscrepancyState,
  DiscrepancyStateEnum,
  discrepanciesOfTransaction,
} from "./discrepancy-type.ts";
import { SettlementLine } from "./settlement-line.ts";
import { batchById, lineById, linesOfTransaction, payoutById, payoutOfTransaction } from "./settlement-loads.ts";
import { Transaction, transactionFacetById } from "./transaction-facet.ts";

/** More of them tell a person nothing that the first do not. */
const MOST_CANDIDATES = 20;

@Resolver(() => Transaction)
export class TransactionFacetResolver {
  @FieldResolver(() => [SettlementLine], {
    nullable: true,
    description: "The settlement lines claimed for it, in the order they were booked; empty until matched.",
  })
  async settlement(@Ctx() context: RequestContext, @Root() { id }: Transaction) {
    return (await linesOfTransaction(context, id)) ?? [];
  }

  @FieldResolver(() => Payout, { nullable: true, description: "The payout its money left with; null until then." })
  payout(@Ctx() context: RequestContext, @Root() { id }: Transaction) {
    return payoutOfTransaction(context, id);
  }

  @FieldResolver(() => [Discrepancy], { nullable: true, description: "What does not add up, the latest first." })
  async discrepancies(@Ctx() context: RequestContext, @Root() { id }: Transaction) {
    return (await discrepanciesOfTransaction(context, id)) ?? [];
  }
}

@Resolver(() => Discrepancy)
export class DiscrepancyResolver {
  @Query(() => DiscrepancyConnection, { nullable: true, description: "Discrepancies of all providers." })
  discrepancies(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("state", () => DiscrepancyStateEnum, { nullable: true, description: "Only these; all when not given." })
    state?: DiscrepancyState | null,
    @Arg("filter", () => DiscrepancyFilter, { nullable: true, description: "Which; all when not given." })
    filter?: DiscrepancyFilter | null,
    @Arg("orderBy", () => DiscrepancyOrder, { nullable: true, description: "The latest first when not given." })
    order?: DiscrepancyOrder | null,
  ) {
    return discrepancyPage(context, { filter, order, state }, page);
  }

  @FieldResolver(() => SettlementLine, { nullable: true, description: "The settlement line it is about." })
  line(@Ctx() context: RequestContext, @Root() { lineId }: Discrepancy) {
    return lineId === null ? null : lineById(context, lineId);
  }

  @FieldResolver(() => Transaction, { nullable: true, description: "The transaction it is about." })
  transaction(@Ctx() context: RequestContext, @Root() { transactionId }: Discrepancy) {
    return transactionId === null ? null : transactionFacetById(context, transactionId);
  }

  @FieldResolver(() => [Transaction], {
    description: `The candidates, those that are not yours to see left out; at most ${MOST_CANDIDATES}.`,
  })
  async candidateTransactions(@Ctx() context: RequestContext, @Root() { candidates }: Discrepancy) {
    const shown = candidates.slice(0, MOST_CANDIDATES);
    const found = await Promise.all(shown.map((id) => transactionFacetById(context, id)));
    return found.filter((transaction) => transaction !== null);
  }

  @FieldResolver(() => Payout, {
    nullable: true,
    description: "The payout it is about; null if it is not yours to see.",
  })
  payout(@Ctx() context: RequestContext, @Root() { payoutId }: Discrepancy) {
    return payoutId === null ? null : payoutById(context, payoutId);
  }

  @FieldResolver(() => SettlementBatch, {
    nullable: true,
    description: "The settlement batch it is about; null if it is not yours to see.",
  })
  batch(@Ctx() context: RequestContext, @Root() { batchId }: Discrepancy) {
    return batchId === null ? null : batchById(context, batchId);
  }
}

@Resolver(() => DiscrepancyConnection)
export class DiscrepancyConnectionResolver {
  @FieldResolver(() => BigIntScalar, { description: "How many the filter finds, on all pages." })
  async totalCount(@Ctx() context: RequestContext, @Root() connection: DiscrepancyConnection) {
    return (await discrepancyCounts(context, connection)).reduce((sum, { count }) => sum + count, 0n);
  }

  @FieldResolver(() => [MoneyType], { description: "The money at risk by them, one entry a currency." })
  async totals(@Ctx() context: RequestContext, @Root() connection: DiscrepancyConnection) {
    return atRisk(await discrepancyCounts(context, connection));
  }

  @FieldResolver(() => [DiscrepancyCount], { description: "Count and money, one entry a type and currency." })
  countsByType(@Ctx() context: RequestContext, @Root() connection: DiscrepancyConnection) {
    return discrepancyCounts(context, connection);
  }
}
