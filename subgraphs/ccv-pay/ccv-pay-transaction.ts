import { Directive, Field, ID } from "type-graphql";
import { familyDetails } from "../shared/subgraph/family-details.ts";
import { Output } from "../shared/subgraph/output.ts";

@Directive('@key(fields: "id")')
@Output("CcvPayTransaction", "A transaction of CCV's own processing, on a terminal or online.")
export class CcvPayTransaction {
  @Field(() => ID, { description: "The transaction's id, `ccv_…`." })
  id!: string;

  @Field(() => String, { nullable: true, description: "CCV's own name of the payment method." })
  method!: string | null;

  @Field(() => String, { nullable: true, description: "CCV's code of why it failed." })
  failureCode!: string | null;

  @Field(() => String, { nullable: true, description: "The acquirer behind CCV, where it is said." })
  acquirer!: string | null;

  @Field(() => String, { nullable: true, description: "That acquirer's answer, as it sent it." })
  acquirerResponseCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Card number, at most first six (or eight) and last four shown.",
  })
  maskedPan!: string | null;

  @Field(() => String, { nullable: true, description: "Reference of the payout that brought it; null until paid out." })
  payoutReference!: string | null;
}

type Row = {
  readonly id: string;
  readonly method: string | null;
  readonly failure_code: string | null;
  readonly acquirer: string | null;
  readonly acquirer_response_code: string | null;
  readonly masked_pan: string | null;
  readonly payout_reference: string | null;
};

export const ccvPayTransactionById = familyDetails<Row, CcvPayTransaction>(
  {
    family: "CCV_PAY",
    schema: "ccv_pay",
    columns: `d.method, d.failure_code, d.acquirer, d.acquirer_response_code, d.masked_pan,
      (select min(p.payout_reference) from ccv_pay.settled_payout p
       where p.merchant_id = t.merchant_id and p.transaction_id = t.id
         and ($3::jsonb is null or not jsonb_exists($3::jsonb, t.merchant_id))) as payout_reference`,
  },
  (row) => ({
    id: row.id,
    method: row.method,
    failureCode: row.failure_code,
    acquirer: row.acquirer,
    acquirerResponseCode: row.acquirer_response_code,
    maskedPan: row.masked_pan,
    payoutReference: row.payout_reference,
  }),
);
