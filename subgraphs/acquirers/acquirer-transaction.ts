import { Directive, Field, ID } from "type-graphql";
import { familyDetails, settledAmounts } from "../shared/subgraph/family-details.ts";
import { Output } from "../shared/subgraph/output.ts";

@Directive('@key(fields: "id")')
@Output("AcquirerTransaction", "A transaction of a third-party acquirer.")
export class AcquirerTransaction {
  @Field(() => ID, { description: "The transaction's id, `acq_…`." })
  id!: string;

  @Field(() => String, { nullable: true, description: "The acquirer, by name." })
  acquirer!: string | null;

  @Field(() => String, { nullable: true, description: "Acquirer reference number, 23 digits." })
  arn!: string | null;

  @Field(() => String, { nullable: true, description: "Retrieval reference number, 12 characters." })
  rrn!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "System trace audit number, 6 digits; a terminal uses it again.",
  })
  stan!: string | null;

  @Field(() => String, { nullable: true, description: "The card scheme's id of the transaction." })
  schemeTransactionId!: string | null;

  @Field(() => String, { nullable: true, description: "The acquirer's account of the merchant (MID)." })
  merchantAccount!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Card number, at most first six (or eight) and last four shown.",
  })
  maskedPan!: string | null;
}

type Row = {
  readonly id: string;
  readonly acquirer: string | null;
  readonly arn: string | null;
  readonly rrn: string | null;
  readonly stan: string | null;
  readonly scheme_transaction_id: string | null;
  readonly merchant_account: string | null;
  readonly masked_pan: string | null;
};

export const acquirerTransactionById = familyDetails<Row, AcquirerTransaction>(
  {
    family: "ACQUIRER",
    schema: "acquirers",
    columns: `coalesce(d.acquirer, t.provider) as acquirer, t.arn, t.rrn, t.stan, d.scheme_transaction_id,
      coalesce(d.merchant_account, t.account) as merchant_account, d.masked_pan`,
  },
  (row) => ({
    id: row.id,
    acquirer: row.acquirer,
    arn: row.arn,
    rrn: row.rrn,
    stan: row.stan,
    schemeTransactionId: row.scheme_transaction_id,
    merchantAccount: row.merchant_account,
    maskedPan: row.masked_pan,
  }),
);

export const settledFeesOf = settledAmounts("acquirers.settled_fee", [
  "interchange_minor",
  "scheme_fee_minor",
  "markup_minor",
]);
