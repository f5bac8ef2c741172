import { Directive, Field, ID, InterfaceType } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { familyDetails, settledAmounts } from "../shared/subgraph/family-details.ts";
import { MoneyType, moneyOrNull } from "../shared/subgraph/money-type.ts";
import { Output } from "../shared/subgraph/output.ts";
import { VoucherIssuerEnum, VoucherPurseEnum } from "../shared/subgraph/vocabulary-enums.ts";
import type { VoucherIssuer, VoucherPurse } from "../shared/vocabulary.ts";

/**
 * The shared transaction by its id alone, to point at the other tenders of a split. Without `@key`: this subgraph does
 * not resolve it.
 */
@InterfaceType("Transaction", {
  description: "One payment, refund or chargeback of one merchant, whoever processed it.",
  resolveType: ({ __typename }: Transaction) => __typename,
})
export abstract class Transaction {
  readonly __typename!: string;

  @Field(() => ID, { description: "The transaction's id." })
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@Output("CcvPayTransaction", "A transaction of CCV's own processing, on a terminal or online.", {
  implements: Transaction,
})
export class CcvPayTransaction extends Transaction {}

@Directive('@key(fields: "id", resolvable: false)')
@Output("AcquirerTransaction", "A transaction of a third-party acquirer.", { implements: Transaction })
export class AcquirerTransaction extends Transaction {}

@Directive('@key(fields: "id")')
@Output("VoucherTransaction", "A payment with meal, eco or gift cheques.", { implements: Transaction })
export class VoucherTransaction extends Transaction {
  @Field(() => VoucherIssuerEnum, { nullable: true, description: "Who issued the voucher and reimburses it." })
  issuer!: VoucherIssuer | null;

  @Field(() => VoucherPurseEnum, { nullable: true, description: "Which purse of the card paid." })
  purse!: VoucherPurse | null;

  @Field(() => MoneyType, {
    nullable: true,
    description: "What was asked of the voucher, positive; more than `amount` when the balance did not reach.",
  })
  requestedAmount!: Money | null;

  @Field(() => String, {
    nullable: true,
    description: "Card number, at most first six (or eight) and last four shown.",
  })
  maskedPan!: string | null;
}

type Row = {
  readonly id: string;
  readonly currency: string;
  readonly issuer: VoucherIssuer | null;
  readonly purse: VoucherPurse | null;
  readonly requested_minor: bigint | null;
  readonly masked_pan: string | null;
};

export const voucherTransactionById = familyDetails<Row, VoucherTransaction>(
  {
    family: "E_VOUCHER",
    schema: "e_vouchers",
    columns: "t.currency, d.issuer, d.purse, d.requested_minor, d.masked_pan",
  },
  (row) => ({
    __typename: "VoucherTransaction",
    id: row.id,
    issuer: row.issuer,
    purse: row.purse,
    requestedAmount: moneyOrNull(row.requested_minor, row.currency),
    maskedPan: row.masked_pan,
  }),
);

export const settledCommissionOf = settledAmounts("e_vouchers.settled_commission", ["commission_minor"]);
