import { Directive, Field, ID } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { batched } from "../shared/subgraph/batched.ts";
import { MoneyType, moneyOrNull } from "../shared/subgraph/money-type.ts";
import { Output } from "../shared/subgraph/output.ts";
import { idsByFamily, VISIBLE_BY_ID, visibleParameters } from "../shared/subgraph/visible-transactions.ts";
import { ReconciliationStateEnum, SettlementStateEnum } from "../shared/subgraph/vocabulary-enums.ts";
import type { ReconciliationState, SettlementState } from "../shared/vocabulary.ts";

/** Added to every transaction at once, whoever processed it: in this subgraph the interface is one object type. */
@Directive("@interfaceObject")
@Directive('@key(fields: "id")')
@Output("Transaction", "One payment, refund or chargeback of one merchant, whoever processed it.")
export class Transaction {
  @Field(() => ID, { description: "The transaction's id." })
  id!: string;

  @Field(() => ReconciliationStateEnum, { nullable: true, description: "Whether its settlement was found." })
  reconciliationState!: ReconciliationState | null;

  @Field(() => SettlementStateEnum, { nullable: true, description: "How far its money has come." })
  settlementState!: SettlementState | null;

  @Field(() => MoneyType, { nullable: true, description: "All fees booked for it, negative; null until settled." })
  fees!: Money | null;

  @Field(() => MoneyType, { nullable: true, description: "What the merchant gets for it; null until settled." })
  net!: Money | null;
}

/** The reconciliation's side of a transaction, or null where the caller may not see it. One statement per family. */
export const transactionFacetById = batched<Transaction>(async (context, ids) => {
  const visible = visibleParameters(context);
  const found = new Map<string, Transaction>();
  for (const [family, members] of idsByFamily(ids)) {
    const rows = await context.query<FacetRow>(FACET, [...visible, family, members], "facets-by-id");
    for (const row of rows) found.set(row.id, facetOf(row));
  }
  return found;
});

type FacetRow = {
  readonly id: string;
  readonly reconciliation_state: ReconciliationState;
  readonly settlement_state: SettlementState;
  readonly settled_fee_minor: bigint | null;
  readonly settled_net_minor: bigint | null;
  readonly settled_currency: string | null;
};

function facetOf(row: FacetRow): Transaction {
  return {
    id: row.id,
    reconciliationState: row.reconciliation_state,
    settlementState: row.settlement_state,
    fees: moneyOrNull(row.settled_fee_minor, row.settled_currency),
    net: moneyOrNull(row.settled_net_minor, row.settled_currency),
  };
}

const FACET = `select t.id, t.reconciliation_state, t.settlement_state, t.settled_fee_minor, t.settled_net_minor,
    t.settled_currency
  from transactions.transaction t where ${VISIBLE_BY_ID} and t.family = $4 and t.id = any($5::text[])`;
