import { Resolver } from "type-graphql";
import { defineSubgraph } from "../shared/subgraph/define-subgraph.ts";
import { idIn } from "../shared/subgraph/visible-transactions.ts";
import { CcvPayTransaction, ccvPayTransactionById } from "./ccv-pay-transaction.ts";

/** All fields are read with the row; type-graphql asks for a resolver all the same. */
@Resolver(() => CcvPayTransaction)
class CcvPayTransactionResolver {}

/** Adds to a transaction what only CCV's own processing knows. */
export const subgraph = defineSubgraph({
  name: "ccv-pay",
  resolvers: [CcvPayTransactionResolver],
  orphanedTypes: [CcvPayTransaction],
  references: {
    CcvPayTransaction: (reference, context) => {
      const id = idIn(reference);
      return id === null ? null : ccvPayTransactionById(context, id);
    },
  },
});
