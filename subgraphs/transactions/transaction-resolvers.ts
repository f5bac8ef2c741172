import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from "type-graphql";
import { BigIntScalar, DateTimeScalar } from "../shared/scalars.ts";
import { askedFields } from "../shared/subgraph/asked-fields.ts";
import { PageArguments } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { AS_OF, heldAsOf } from "../shared/subgraph/transactions-as-of.ts";
import { listConditions } from "./list-conditions.ts";
import { listToken } from "./live/list-token.ts";
import { type Sums, sumsOf, Totals } from "./totals.ts";
import { StatusExplanation, TransactionEvent } from "./transaction-event-type.ts";
import { TransactionFilter } from "./transaction-filter.ts";
import { evidenceOf, explanationOf, historyOf } from "./transaction-history.ts";
import { TransactionConnection, TransactionOrder, transactionPage } from "./transaction-list.ts";
import { respondByOf, transactionAt, transactionsOfOriginal } from "./transaction-loads.ts";
import { Transaction } from "./transaction-type.ts";

@Resolver(() => Transaction)
export class TransactionResolver {
  @Query(() => Transaction, {
    nullable: true,
    description: "One transaction; null if there is none by this id that you may see.",
  })
  async transaction(
    @Ctx() context: RequestContext,
    @Arg("id", () => ID, { description: "Its id." }) id: string,
    @Arg("asOf", () => DateTimeScalar, { nullable: true, description: AS_OF }) asOf?: Date | null,
  ) {
    context.requireReach("transactions:view");
    return transactionAt(context, id, await heldAsOf(context, asOf));
  }

  @FieldResolver(() => Transaction, {
    nullable: true,
    description: "For a refund or chargeback, the sale it goes back to.",
  })
  original(@Ctx() context: RequestContext, @Root() { originalId, asOf }: Transaction) {
    return originalId === null ? null : transactionAt(context, originalId, asOf);
  }

  @FieldResolver(() => [Transaction], { description: "Refunds, chargebacks and reversals that go back to it." })
  async related(@Ctx() context: RequestContext, @Root() { id, asOf }: Transaction) {
    return (await transactionsOfOriginal(context, id, asOf)) ?? [];
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      "Until when a dispute about it can be answered, as its provider says; of several the soonest. Null where none does, where it was answered or is over, and with `asOf`.",
  })
  disputeRespondBy(@Ctx() context: RequestContext, @Root() { id, disputeState, asOf }: Transaction) {
    return disputeState === "NONE" || asOf ? null : respondByOf(context, id);
  }

  @FieldResolver(() => [TransactionEvent], { description: "All evidence about it, in the order it happened." })
  async history(@Ctx() context: RequestContext, @Root() transaction: Transaction) {
    return historyOf(await evidenceOf(context, transaction));
  }

  @FieldResolver(() => StatusExplanation, { description: "Why it has its status." })
  async statusExplanation(@Ctx() context: RequestContext, @Root() transaction: Transaction) {
    return explanationOf(transaction, await evidenceOf(context, transaction));
  }
}

@Resolver(() => TransactionConnection)
export class TransactionConnectionResolver {
  @Query(() => TransactionConnection, {
    nullable: true,
    description: "Transactions of all providers in one list. What waits for a person is not in it.",
  })
  async transactions(
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("filter", () => TransactionFilter, { nullable: true, description: "Which; all when not given." })
    filter?: TransactionFilter | null,
    @Arg("orderBy", () => TransactionOrder, { nullable: true, description: "The latest first when not given." })
    order?: TransactionOrder | null,
    @Arg("asOf", () => DateTimeScalar, { nullable: true, description: AS_OF }) asOf?: Date | null,
  ) {
    const reach = context.requireReach("transactions:view");
    const rows = await listConditions(context, reach, filter ?? {}, await heldAsOf(context, asOf));
    // What follows changes from now on has no past to begin at.
    const resumeToken = rows.asOf ? null : await listToken(context, info);
    const fields = askedFields(info, ["edges", "node"]);
    return {
      resumeToken,
      rows,
      filter: filter ?? {},
      ...(await transactionPage(context, { name: "transactions", ...rows, order, fields }, page)),
    };
  }

  @FieldResolver(() => BigIntScalar, { description: "How many rows the filter finds, on all pages." })
  async totalCount(@Ctx() context: RequestContext, @Root() connection: TransactionConnection) {
    return (await sumsOnce(context, connection)).count;
  }

  @FieldResolver(() => [Totals], { description: "One entry per currency, by its code." })
  async totals(@Ctx() context: RequestContext, @Root() connection: TransactionConnection) {
    return (await sumsOnce(context, connection)).totals;
  }
}

/** The count and the totals of a connection are often asked together; one scan answers both. */
function sumsOnce(context: RequestContext, connection: TransactionConnection): Promise<Sums> {
  let sums = sumsByConnection.get(connection);
  if (!sums) {
    sums = sumsOf(context, connection.rows);
    sumsByConnection.set(connection, sums);
  }
  return sums;
}

const sumsByConnection = new WeakMap<TransactionConnection, Promise<Sums>>();
