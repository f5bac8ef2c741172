import { Field } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";

const PAYOUT_STATUSES = ["SCHEDULED", "IN_TRANSIT", "PAID", "RETURNED"] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];
export const PayoutStatusEnum = enumOf("PayoutStatus", "Where the money of a payout is.", PAYOUT_STATUSES, {
  SCHEDULED: "Announced for a day to come.",
  IN_TRANSIT: "Sent, and not seen on a bank statement yet.",
  PAID: "A bank statement has it.",
  RETURNED: "The bank took it back.",
});

const RESIDUAL_TYPES = ["ROUNDING", "RESERVE", "CARRY_FORWARD", "FEE_INVOICE", "UNEXPLAINED"] as const;
export type ResidualType = (typeof RESIDUAL_TYPES)[number];
const ResidualTypeEnum = enumOf("ResidualType", "What a payout's remainder is.", RESIDUAL_TYPES, {
  ROUNDING: "Less than a minor unit a line.",
  RESERVE: "Held back by the provider, or released.",
  CARRY_FORWARD: "Brought over from an earlier payout or into a later one.",
  FEE_INVOICE: "Fees that the provider books on no single transaction.",
  UNEXPLAINED: "Nobody knows yet.",
});

@Output("PayoutResidual", "A part of a payout that no transaction explains.")
export class PayoutResidual {
  @Field(() => ResidualTypeEnum, { description: "What it is." })
  type!: ResidualType;

  @Field(() => MoneyType, { description: "How much, signed from the merchant's side." })
  amount!: Money;

  @Field(() => String, { description: "Where it comes from, as a sentence in English." })
  explanation!: string;
}
