import { Field, ID, Int } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar, CurrencyScalar, DateTimeScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import {
  StatusOriginEnum,
  TransactionStatusEnum,
  TransactionTypeEnum,
} from "../../shared/subgraph/vocabulary-enums.ts";
import type { StatusOrigin, TransactionStatus, TransactionType } from "../../shared/vocabulary.ts";
import { Coverage } from "../coverage/coverage-type.ts";
import { LocationReference, MerchantReference, TerminalReference } from "../place-references.ts";

const CLOSING_KINDS = ["SHIFT", "DAY", "PERIOD"] as const;
export type ClosingKind = (typeof CLOSING_KINDS)[number];

export const ClosingKindEnum = enumOf("ClosingKind", "What a closing closes.", CLOSING_KINDS, {
  DAY: "One day by the calendar of the place, 23 or 25 hours long where clocks change.",
});

const ADJUSTMENT_WAYS = ["ADDED", "CHANGED", "REMOVED"] as const;
type AdjustmentWay = (typeof ADJUSTMENT_WAYS)[number];

const AdjustmentWayEnum = enumOf(
  "AdjustmentWay",
  "What became of a transaction of an earlier period.",
  ADJUSTMENT_WAYS,
  {
    ADDED: "It was in no closing yet: recorded too late, or between two of them.",
    CHANGED: "Its status, amount or method is another than when it was closed.",
    REMOVED: "It was closed, and is not there any more: replaced by a better report, or of another place or time.",
  },
);

@Output("ClosingSums", "Money of one currency, and how many transactions.")
export class ClosingSums {
  @Field(() => CurrencyScalar, { description: "The currency of all amounts here." })
  currency!: string;

  @Field(() => BigIntScalar, { description: "How many transactions, whatever their type and status." })
  count!: bigint;

  @Field(() => MoneyType, { description: "Turnover: captured amounts of sales that were paid." })
  gross!: Money;

  @Field(() => MoneyType, { description: "Successful refunds, positive." })
  refunded!: Money;

  @Field(() => MoneyType, { description: "Chargebacks less their reversals." })
  chargedBack!: Money;

  @Field(() => MoneyType, { description: "Money paid to shoppers without a sale, positive." })
  credited!: Money;

  @Field(() => MoneyType, { description: "Amounts of sales that nothing had decided yet." })
  pending!: Money;
}

@Output("ClosingPart", "The part of a closing with one status, one method or one origin.")
export class ClosingPart {
  @Field(() => String, { description: "The status, method or origin." })
  key!: string;

  @Field(() => ClosingSums, { description: "Its sums." })
  sums!: ClosingSums;
}

@Output("ClosingState", "What a transaction counted as in a closing.")
export class ClosingState {
  @Field(() => TransactionTypeEnum, { description: "Sale, refund, …" })
  type!: TransactionType;

  @Field(() => TransactionStatusEnum, { description: "Its status." })
  status!: TransactionStatus;

  @Field(() => StatusOriginEnum, { description: "Decided by evidence or by a person." })
  statusOrigin!: StatusOrigin;

  @Field(() => String, { description: "The payment method." })
  method!: string;

  @Field(() => MoneyType, { description: "Its amount." })
  amount!: Money;

  @Field(() => MoneyType, { description: "What was captured of it." })
  captured!: Money;
}

@Output("ClosingAdjustment", "A transaction of an earlier period that is another than when that was closed.")
export class ClosingAdjustment {
  @Field(() => ID, { description: "The transaction's id." })
  transactionId!: string;

  @Field(() => String, { description: "The number on the receipt." })
  transactionNumber!: string;

  @Field(() => DateTimeScalar, { description: "When it happened." })
  occurredAt!: Date;

  @Field(() => AdjustmentWayEnum, { description: "What became of it." })
  way!: AdjustmentWay;

  @Field(() => ClosingState, { nullable: true, description: "What it was closed as; null where it was not." })
  before!: ClosingState | null;

  @Field(() => ClosingState, { nullable: true, description: "What it counts as now; null where it does not." })
  after!: ClosingState | null;
}

@Output("ClosingAdjustmentConnection", "Late items of a closing, the latest first.")
export class ClosingAdjustmentConnection extends connectionOf("ClosingAdjustment", ClosingAdjustment) {}

@Output("Closing", "A closed period. It never changes: what comes later about it is an adjustment of the next.")
export class Closing {
  readonly __typename!: "Closing";

  @Field(() => ID, { description: "Stable id, `clo_…`." })
  id!: string;

  @Field(() => MerchantReference, { description: "Whose." })
  merchant!: MerchantReference;

  @Field(() => LocationReference, { nullable: true, description: "Where; null of the whole merchant." })
  location!: LocationReference | null;

  @Field(() => TerminalReference, { nullable: true, description: "At which terminal, where it is of one." })
  terminal!: TerminalReference | null;

  @Field(() => ClosingKindEnum, { description: "What was closed." })
  kind!: ClosingKind;

  @Field(() => Int, { description: "Counts the closings of this kind at this place, from 1." })
  number!: number;

  @Field(() => ID, { nullable: true, description: "The closing before; null of the first." })
  previousId!: string | null;

  @Field(() => DateTimeScalar, { description: "From this instant." })
  from!: Date;

  @Field(() => DateTimeScalar, { description: "Up to this instant, which is not in it." })
  to!: Date;

  @Field(() => TimeZoneScalar, { description: "The zone of the place: its days are of this calendar." })
  zone!: string;

  @Field(() => [ClosingSums], { description: "Of the period, one entry per currency, by its code." })
  totals!: ClosingSums[];

  @Field(() => [ClosingPart], { description: "By status." })
  byStatus!: ClosingPart[];

  @Field(() => [ClosingPart], { description: "By payment method." })
  byMethod!: ClosingPart[];

  @Field(() => [ClosingPart], { description: "By who decided the status: evidence or a person." })
  byOrigin!: ClosingPart[];

  @Field(() => [ClosingPart], {
    description:
      "What late items add to earlier closings or take from them, by what became of them: differences, which may be negative.",
  })
  adjusted!: ClosingPart[];

  @Field(() => [Coverage], {
    description: "Which providers it covered when it was closed, and how far each could be trusted.",
  })
  coverage!: Coverage[];

  @Field(() => String, { description: "Who closed it: a name." })
  closedBy!: string;

  @Field(() => DateTimeScalar, { description: "When it was closed." })
  closedAt!: Date;

  @Field(() => String, {
    description:
      "SHA-256 over all that it says, over each of its items and over the hash of the closing before; 64 hexadecimal digits.",
  })
  hash!: string;

  @Field(() => String, { description: "SHA-256 of the PDF's bytes, 64 hexadecimal digits." })
  pdfSha256!: string;

  @Field(() => String, { description: "Where the gateway has it as a PDF: `GET /closings/ID` with the same token." })
  downloadPath!: string;
}

@Output("ClosingConnection", "Closings, the latest first.")
export class ClosingConnection extends connectionOf("Closing", Closing) {}
