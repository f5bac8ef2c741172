import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { TransactionStatusEnum } from "../../shared/subgraph/vocabulary-enums.ts";
import { Transaction } from "../transaction-type.ts";
import { assignStatus } from "./assign-status.ts";
import { AssignStatusInput, AssignStatusResult } from "./assign-status-types.ts";
import { assignableTo } from "./may-assign.ts";

@Resolver(() => Transaction)
export class ManualStatusResolver {
  @Mutation(() => AssignStatusResult, {
    nullable: true,
    description:
      "Assigns SUCCESS or FAILED to a transaction that waits for a person, or whose failure nobody is certain of. Needs `transactions:assign-status` at its location; to correct what a person assigned, `transactions:correct-status` too. CONFLICT while an import or a run holds the merchant's money: send it again.",
  })
  assignStatus(
    @Ctx() context: RequestContext,
    @Arg("input", () => AssignStatusInput, { description: "What is assigned." }) input: AssignStatusInput,
  ) {
    return assignStatus(context, input);
  }

  @FieldResolver(() => [TransactionStatusEnum], {
    description:
      "Statuses that you may assign to it with `assignStatus` as it stands; mostly none, and none as of an instant.",
  })
  assignableStatuses(@Ctx() context: RequestContext, @Root() transaction: Transaction) {
    const { merchantId, standing, asOf } = transaction;
    if (asOf !== null || !context.reach("transactions:assign-status").merchants.includes(merchantId)) return [];
    return assignableTo(standing, context.reach("transactions:correct-status").merchants.includes(merchantId));
  }
}
