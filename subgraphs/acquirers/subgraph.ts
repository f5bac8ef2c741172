import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { defineSubgraph } from "../shared/subgraph/define-subgraph.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { idIn } from "../shared/subgraph/visible-transactions.ts";
import { AcquirerTransaction, acquirerTransactionById, settledFeesOf } from "./acquirer-transaction.ts";

@Resolver(() => AcquirerTransaction)
class AcquirerTransactionResolver {
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: "Paid to the card's issuer, negative; null until settled or where the acquirer does not say.",
  })
  async interchange(@Ctx() context: RequestContext, @Root() { id }: AcquirerTransaction) {
    return (await settledFeesOf(context, id))?.interchange_minor ?? null;
  }

  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: "Paid to the card scheme, negative; null until settled or where the acquirer does not say.",
  })
  async schemeFee(@Ctx() context: RequestContext, @Root() { id }: AcquirerTransaction) {
    return (await settledFeesOf(context, id))?.scheme_fee_minor ?? null;
  }

  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: "Kept by the acquirer, negative; null until settled or where the acquirer does not say.",
  })
  async markup(@Ctx() context: RequestContext, @Root() { id }: AcquirerTransaction) {
    return (await settledFeesOf(context, id))?.markup_minor ?? null;
  }
}

/** Adds to a transaction what only a third-party acquirer knows. */
export const subgraph = defineSubgraph({
  name: "acquirers",
  resolvers: [AcquirerTransactionResolver],
  orphanedTypes: [AcquirerTransaction],
  references: {
    AcquirerTransaction: (reference, context) => {
      const id = idIn(reference);
      return id === null ? null : acquirerTransactionById(context, id);
    },
  },
});
