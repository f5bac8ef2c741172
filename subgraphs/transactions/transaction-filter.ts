import { Field, ID, InputType, Int } from "type-graphql";
import { PERIOD_PRESETS, type PeriodPreset } from "../shared/periods.ts";
import { BigIntScalar, CurrencyScalar, TimeZoneScalar } from "../shared/scalars.ts";
import { DateTimeRange } from "../shared/subgraph/date-time-range.ts";
import { enumOf } from "../shared/subgraph/output.ts";
import {
  DisputeStateEnum,
  EntryModeEnum,
  FamilyEnum,
  PaymentTypeEnum,
  ReconciliationStateEnum,
  RefundStateEnum,
  SettlementStateEnum,
  StatusOriginEnum,
  TransactionStatusEnum,
  TransactionTypeEnum,
  VoucherIssuerEnum,
  VoucherPurseEnum,
} from "../shared/subgraph/vocabulary-enums.ts";
import type {
  DisputeState,
  EntryMode,
  Family,
  PaymentType,
  ReconciliationState,
  RefundState,
  SettlementState,
  StatusOrigin,
  TransactionStatus,
  TransactionType,
  VoucherIssuer,
  VoucherPurse,
} from "../shared/vocabulary.ts";

const PeriodPresetEnum = enumOf(
  "PeriodPreset",
  "Whole days by a calendar, up to the end of the period.",
  PERIOD_PRESETS,
  {
    THIS_WEEK: "Weeks begin on Monday.",
    LAST_WEEK: "The seven days before this week's Monday.",
    THIS_QUARTER: "Quarters begin in January, April, July and October.",
  },
);

@InputType("MoneyRange", { description: "Amounts of one currency, both ends included; either may be open." })
export class MoneyRange {
  @Field(() => CurrencyScalar, { description: "Only transactions of this currency are compared." })
  currency!: string;

  @Field(() => BigIntScalar, { nullable: true, description: "Minor units, at least." })
  minimumMinor?: bigint | null;

  @Field(() => BigIntScalar, { nullable: true, description: "Minor units, at most." })
  maximumMinor?: bigint | null;
}

@InputType("TransactionFilter", {
  description: "All that is given must hold; within a list, one of its values. An empty list matches nothing.",
})
export class TransactionFilter {
  @Field(() => [ID], { nullable: true, description: "Merchants, of those you may see." })
  merchants?: string[] | null;

  @Field(() => DateTimeRange, { nullable: true, description: "When it happened." })
  occurredAt?: DateTimeRange | null;

  @Field(() => PeriodPresetEnum, {
    nullable: true,
    description: "When it happened, by the calendar of `zone`. INVALID_INPUT beside `occurredAt`.",
  })
  period?: PeriodPreset | null;

  @Field(() => TimeZoneScalar, {
    nullable: true,
    description:
      "Whose calendar `period` goes by; each merchant's own when not given. `weekdays` and `hoursOfDay` need it.",
  })
  zone?: string | null;

  @Field(() => [Int], { nullable: true, description: "1 for Monday to 7 for Sunday, by the clock of `zone`." })
  weekdays?: number[] | null;

  @Field(() => [Int], { nullable: true, description: "0 to 23, by the clock of `zone`." })
  hoursOfDay?: number[] | null;

  @Field(() => [FamilyEnum], { nullable: true, description: "Kinds of provider." })
  families?: Family[] | null;

  @Field(() => [String], { nullable: true, description: "Providers by name: `ccv-pay`, `edenred`, `adyen`, …" })
  providers?: string[] | null;

  @Field(() => [VoucherIssuerEnum], { nullable: true, description: "Who issued a voucher; finds vouchers only." })
  issuers?: VoucherIssuer[] | null;

  @Field(() => [VoucherPurseEnum], { nullable: true, description: "Purses of vouchers; finds vouchers only." })
  purses?: VoucherPurse[] | null;

  @Field(() => [ID], { nullable: true, description: "Locations; an empty text finds what is at none." })
  locations?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Terminals." })
  terminals?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Applications of the terminals, as they are registered." })
  applications?: string[] | null;

  @Field(() => [EntryModeEnum], { nullable: true, description: "How the card or voucher was read." })
  entryModes?: EntryMode[] | null;

  @Field(() => [TransactionTypeEnum], { nullable: true, description: "Sales, refunds, chargebacks, …" })
  types?: TransactionType[] | null;

  @Field(() => [TransactionStatusEnum], { nullable: true, description: "Statuses; MANUAL_INTERVENTION finds nothing." })
  statuses?: TransactionStatus[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "Why it was refused or failed, as the provider says it; an empty text finds where it says nothing.",
  })
  reasons?: string[] | null;

  @Field(() => StatusOriginEnum, { nullable: true, description: "Decided by evidence or by a person." })
  statusOrigin?: StatusOrigin | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a person ever assigned its status." })
  everManual?: boolean | null;

  @Field(() => [RefundStateEnum], { nullable: true, description: "How much was given back." })
  refundStates?: RefundState[] | null;

  @Field(() => [DisputeStateEnum], { nullable: true, description: "Where a dispute about it stands." })
  disputeStates?: DisputeState[] | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the shopper has money of it twice: `doubleLoss`." })
  doubleLoss?: boolean | null;

  @Field(() => [ReconciliationStateEnum], { nullable: true, description: "How its reconciliation stands." })
  reconciliationStates?: ReconciliationState[] | null;

  @Field(() => [SettlementStateEnum], { nullable: true, description: "How far its money has come." })
  settlementStates?: SettlementState[] | null;

  @Field(() => [PaymentTypeEnum], { nullable: true, description: "Coarse kinds of instrument." })
  paymentTypes?: PaymentType[] | null;

  @Field(() => [String], { nullable: true, description: "Payment methods, lower case: `bancontact`, `visa`, …" })
  paymentMethods?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Brands as the provider writes them." })
  brands?: string[] | null;

  @Field(() => MoneyRange, { nullable: true, description: "The transaction's amount." })
  amount?: MoneyRange | null;

  @Field(() => String, { nullable: true, description: "The number on the receipt, exactly." })
  transactionNumber?: string | null;

  @Field(() => String, { nullable: true, description: "The merchant's reference, exactly." })
  merchantReference?: string | null;

  @Field(() => String, { nullable: true, description: "The approval code, exactly." })
  authorisationCode?: string | null;

  @Field(() => String, { nullable: true, description: "Last four digits of the card." })
  last4?: string | null;

  @Field(() => String, { nullable: true, description: "Acquirer reference number, 23 digits." })
  arn?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Text a person typed, 1 to 100 characters: part of a receipt number or reference in any case, or a whole id, ARN, approval code or last four digits.",
  })
  search?: string | null;
}
