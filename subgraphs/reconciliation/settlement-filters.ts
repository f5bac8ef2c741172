import { Field, InputType } from "type-graphql";
import { CurrencyScalar, DateScalar } from "../shared/scalars.ts";
import { type PayoutStatus, PayoutStatusEnum } from "./payouts/payout-state.ts";

@InputType("SettlementBatchFilter", { description: "All that is given must hold." })
export class SettlementBatchFilter {
  @Field(() => [String], { nullable: true, description: "Providers, by adapter family." })
  providers?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: "The provider's name of the batch." })
  batch?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Booked on this day or later." })
  bookedFrom?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Booked on this day or earlier." })
  bookedTo?: string | null;

  @Field(() => CurrencyScalar, { nullable: true, description: "Currency." })
  currency?: string | null;
}

@InputType("PayoutFilter", { description: "All that is given must hold." })
export class PayoutFilter {
  @Field(() => [String], { nullable: true, description: "Providers, by adapter family." })
  providers?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "References, as the bank statement shows them." })
  references?: readonly string[] | null;

  @Field(() => [PayoutStatusEnum], { nullable: true, description: "Where the money is." })
  statuses?: readonly PayoutStatus[] | null;

  @Field(() => DateScalar, { nullable: true, description: "With this value date or a later one." })
  valueFrom?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "With this value date or an earlier one." })
  valueTo?: string | null;

  @Field(() => CurrencyScalar, { nullable: true, description: "Currency." })
  currency?: string | null;
}
