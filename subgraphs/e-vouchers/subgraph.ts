import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { defineSubgraph } from "../shared/subgraph/define-subgraph.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { idIn } from "../shared/subgraph/visible-transactions.ts";
import { splitTenderOf } from "./split-tender.ts";
import {
  AcquirerTransaction,
  CcvPayTransaction,
  settledCommissionOf,
  Transaction,
  VoucherTransaction,
  voucherTransactionById,
} from "./voucher-transaction.ts";

@Resolver(() => VoucherTransaction)
class VoucherTransactionResolver {
  @FieldResolver(() => [Transaction], {
    nullable: true,
    description: "The other transactions of the same ticket, oldest first; empty when the voucher paid it all.",
  })
  async splitTender(@Ctx() context: RequestContext, @Root() { id }: VoucherTransaction) {
    return (await splitTenderOf(context, id)) ?? [];
  }

  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: "Kept by the issuer, negative; null until it reimbursed the voucher.",
  })
  async commission(@Ctx() context: RequestContext, @Root() { id }: VoucherTransaction) {
    return (await settledCommissionOf(context, id))?.commission_minor ?? null;
  }
}

/** Adds to a transaction what only a voucher's issuer knows. */
export const subgraph = defineSubgraph({
  name: "e-vouchers",
  resolvers: [VoucherTransactionResolver],
  orphanedTypes: [VoucherTransaction, CcvPayTransaction, AcquirerTransaction],
  references: {
    VoucherTransaction: (reference, context) => {
      const id = idIn(reference);
      return id === null ? null : voucherTransactionById(context, id);
    },
  },
});
