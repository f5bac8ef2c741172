import { Directive, Field, ID, Int, InterfaceType } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { DateScalar, DateTimeScalar } from "../shared/scalars.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { Output } from "../shared/subgraph/output.ts";
import {
  DisputeStateEnum,
  EntryModeEnum,
  FamilyEnum,
  PaymentTypeEnum,
  RefundStateEnum,
  StatusOriginEnum,
  TransactionStatusEnum,
  TransactionTypeEnum,
} from "../shared/subgraph/vocabulary-enums.ts";
import type {
  DisputeState,
  EntryMode,
  Family,
  PaymentType,
  RefundState,
  StatusOrigin,
  TransactionStatus,
  TransactionType,
} from "../shared/vocabulary.ts";
import type { Standing } from "./manual-status/may-assign.ts";
import { LocationReference, MerchantReference, TerminalReference } from "./place-references.ts";

/** The concrete type of each family. */
export const TYPENAMES = {
  CCV_PAY: "CcvPayTransaction",
  E_VOUCHER: "VoucherTransaction",
  ACQUIRER: "AcquirerTransaction",
} as const satisfies Record<Family, string>;

@Directive('@key(fields: "id")')
@InterfaceType("Transaction", {
  description: "One payment, refund or chargeback of one merchant, whoever processed it.",
  resolveType: (transaction: Transaction) => transaction.__typename,
})
export abstract class Transaction {
  readonly __typename!: (typeof TYPENAMES)[Family];
  readonly merchantId!: string;
  readonly originalId!: string | null;
  /** Under which later refunds and chargebacks may name this transaction. */
  readonly references!: readonly string[];
  readonly statusRule!: number;
  readonly decidingEvent!: string | null;
  readonly standing!: Standing;

  @Field(() => ID, { description: "Stable: `ccv_…`, `evo_…` or `acq_…`, made from the provider's reference." })
  id!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "The instant that it is told as of; null for now." })
  asOf!: Date | null;

  @Field(() => FamilyEnum, { description: "Which kind of provider processed it." })
  family!: Family;

  @Field(() => String, { description: "The provider by name: `ccv-pay`, `edenred`, `adyen`, …" })
  provider!: string;

  @Field(() => TransactionTypeEnum, { description: "What it is; a refund is a transaction of its own." })
  type!: TransactionType;

  @Field(() => TransactionStatusEnum, { description: "What became of it, refunds and chargebacks considered." })
  status!: TransactionStatus;

  @Field(() => StatusOriginEnum, { description: "Whether a provider or a person decided the status." })
  statusOrigin!: StatusOrigin;

  @Field(() => Boolean, { description: "True once a person assigned a status, even if evidence decided it since." })
  everManual!: boolean;

  @Field(() => DateTimeScalar, { description: "When it happened, by the provider's clock." })
  occurredAt!: Date;

  @Field(() => DateScalar, { description: "The calendar day it happened on, in the location's time zone." })
  businessDate!: string;

  @Field(() => MoneyType, { description: "Positive, whatever the type." })
  amount!: Money;

  @Field(() => MoneyType, { nullable: true, description: "What the issuer authorised; null if it was not said." })
  authorisedAmount!: Money | null;

  @Field(() => MoneyType, { description: "What was captured; zero before." })
  capturedAmount!: Money;

  @Field(() => MoneyType, { description: "Successful refunds of it, less those that came back." })
  refundedAmount!: Money;

  @Field(() => MoneyType, { description: "Chargebacks of it, less their reversals." })
  chargedBackAmount!: Money;

  @Field(() => MoneyType, {
    description:
      "How much may still be refunded: up to the ceiling, less what was refunded and what is on its way. Zero for all but a paid, undisputed sale.",
  })
  refundableRemaining!: Money;

  @Field(() => MoneyType, { description: "Refunds of it that are on their way or unclear; their room is taken." })
  refundsPending!: Money;

  @Field(() => MoneyType, {
    nullable: true,
    description: "What the shopper has twice: refunded by you, and charged back by their bank. Null where nothing is.",
  })
  doubleLoss!: Money | null;

  @Field(() => RefundStateEnum, { description: "How much of it was given back." })
  refundState!: RefundState;

  @Field(() => DisputeStateEnum, { description: "Where a dispute about it stands." })
  disputeState!: DisputeState;

  @Field(() => PaymentTypeEnum, { description: "Coarse kind of instrument." })
  paymentType!: PaymentType;

  @Field(() => String, { description: "Lower case: `bancontact`, `visa`, `meal_voucher`, …" })
  paymentMethod!: string;

  @Field(() => String, { nullable: true, description: "The provider's brand or product, where it says one." })
  brand!: string | null;

  @Field(() => EntryModeEnum, { description: "How the card or voucher was read." })
  entryMode!: EntryMode;

  @Field(() => String, { description: "The number on the receipt; not unique." })
  transactionNumber!: string;

  @Field(() => String, { description: "The provider's reference, unique per provider account." })
  providerReference!: string;

  @Field(() => String, { nullable: true, description: "The merchant's own reference; not unique." })
  merchantReference!: string | null;

  @Field(() => String, { nullable: true, description: "The issuer's approval code, as printed." })
  authorisationCode!: string | null;

  @Field(() => String, { nullable: true, description: "Last four digits of the card." })
  last4!: string | null;

  @Field(() => MerchantReference, { nullable: true, description: "The merchant whose money it is." })
  merchant!: MerchantReference;

  @Field(() => LocationReference, { nullable: true, description: "Where it happened; null online or if not known." })
  location!: LocationReference | null;

  @Field(() => TerminalReference, { nullable: true, description: "The terminal it happened on." })
  terminal!: TerminalReference | null;

  @Field(() => Int, { description: "Rises with each change; send it back with a change of your own." })
  version!: number;

  @Field(() => String, {
    nullable: true,
    description: "In an event of `transactionChanged`: how far the stream has come, for `since`. Null elsewhere.",
  })
  resumeToken!: string | null;
}

@Directive('@key(fields: "id")')
@Output(TYPENAMES.CCV_PAY, "A transaction of CCV's own processing, on a terminal or online.", {
  implements: Transaction,
})
export class CcvPayTransaction extends Transaction {}

@Directive('@key(fields: "id")')
@Output(TYPENAMES.E_VOUCHER, "A payment with meal, eco or gift cheques.", { implements: Transaction })
export class VoucherTransaction extends Transaction {}

@Directive('@key(fields: "id")')
@Output(TYPENAMES.ACQUIRER, "A transaction of a third-party acquirer.", { implements: Transaction })
export class AcquirerTransaction extends Transaction {}
