import { Field, ID } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { BigIntScalar, DateScalar, DateTimeScalar } from "../shared/scalars.ts";
import { MoneyType, moneyOrNull } from "../shared/subgraph/money-type.ts";
import { Output } from "../shared/subgraph/output.ts";
import { connectionOf } from "../shared/subgraph/page-type.ts";
import { EventKindEnum } from "../shared/subgraph/vocabulary-enums.ts";
import type { EventKind } from "../shared/vocabulary.ts";
import { CLAIM_COLUMNS, type ClaimRow, claimOf, SettlementClaim } from "./settlement-claim.ts";

@Output("SettlementLine", "One booking on a settlement, signed from the merchant's side: net = gross + fee.")
export class SettlementLine {
  readonly batchId!: string;
  readonly transactionId!: string | null;

  @Field(() => ID, { description: "Stable id, `lin_…`." })
  id!: string;

  @Field(() => EventKindEnum, { description: "What was booked; a fee or a reserve has no transaction." })
  kind!: EventKind;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => DateScalar, { description: "The day the provider booked it." })
  bookingDate!: string;

  @Field(() => DateScalar, { nullable: true, description: "The day the money counts from, if said." })
  valueDate!: string | null;

  @Field(() => MoneyType, { description: "Before fees; negative for refunds and chargebacks." })
  gross!: Money;

  @Field(() => MoneyType, { nullable: true, description: "To the card's issuer; null if the provider does not say." })
  interchange!: Money | null;

  @Field(() => MoneyType, { nullable: true, description: "To the card scheme; null if the provider does not say." })
  schemeFee!: Money | null;

  @Field(() => MoneyType, { nullable: true, description: "To the acquirer; null if the provider does not say." })
  markup!: Money | null;

  @Field(() => MoneyType, { nullable: true, description: "Fees not told apart; null if the provider does not say." })
  commission!: Money | null;

  @Field(() => MoneyType, { nullable: true, description: "Tax on the fees; null if the provider does not say." })
  tax!: Money | null;

  @Field(() => MoneyType, { description: "All fees and tax together, as a rule negative." })
  fee!: Money;

  @Field(() => MoneyType, { description: "What the merchant gets: gross + fee." })
  net!: Money;

  @Field(() => MoneyType, { nullable: true, description: "The shopper's amount, where its currency is another." })
  processingAmount!: Money | null;

  @Field(() => String, { nullable: true, description: "Decimal text as the provider gave it." })
  exchangeRate!: string | null;

  @Field(() => DateTimeScalar, { description: "When the purchase was, as the provider says; else when it was booked." })
  occurredAt!: Date;

  @Field(() => String, { nullable: true, description: "The provider's reference of the transaction; null without." })
  reference!: string | null;

  @Field(() => String, { nullable: true, description: "The merchant's own reference; null if it is not said." })
  merchantReference!: string | null;

  @Field(() => String, { nullable: true, description: "The issuer's approval code; null if it is not said." })
  authorisationCode!: string | null;

  @Field(() => String, { nullable: true, description: "Last four digits of the card; null if they are not said." })
  last4!: string | null;

  @Field(() => String, { nullable: true, description: "Acquirer reference number; null if it is not said." })
  arn!: string | null;

  @Field(() => String, { description: "Lower case: `bancontact`, `visa`, `meal_voucher`, …" })
  paymentMethod!: string;

  @Field(() => String, { nullable: true, description: "The terminal's number, as the provider writes it." })
  tid!: string | null;

  @Field(() => String, { nullable: true, description: "Name of the file; null if the file is not yours to see." })
  fileName!: string | null;

  @Field(() => BigIntScalar, { description: "Line of the file it was read from, counted from 1." })
  lineNumber!: bigint;

  @Field(() => SettlementClaim, {
    nullable: true,
    description:
      "How it was matched; null while it is not. Of a line that several transactions share, the first claim.",
  })
  claim!: SettlementClaim | null;
}

@Output("SettlementLineConnection", "A page of settlement lines, the latest first.")
export class SettlementLineConnection extends connectionOf("SettlementLine", SettlementLine) {}

export type LineRow = {
  readonly id: string;
  readonly batch_id: string;
  readonly kind: EventKind;
  readonly provider: string;
  readonly booking_date: string;
  readonly value_date: string | null;
  readonly currency: string;
  readonly gross_minor: bigint;
  readonly interchange_minor: bigint | null;
  readonly scheme_fee_minor: bigint | null;
  readonly markup_minor: bigint | null;
  readonly commission_minor: bigint | null;
  readonly tax_minor: bigint | null;
  readonly fee_minor: bigint;
  readonly net_minor: bigint;
  readonly processing_minor: bigint | null;
  readonly processing_currency: string | null;
  readonly exchange_rate: string | null;
  readonly occurred_at: Date;
  readonly reference: string | null;
  readonly merchant_reference: string | null;
  readonly authorisation_code: string | null;
  readonly last4: string | null;
  readonly arn: string | null;
  readonly payment_method: string;
  readonly tid: string | null;
  readonly file_name: string | null;
  readonly line_number: bigint;
} & ClaimRow;

export const LINE_COLUMNS = `t.id, t.batch_id, t.kind, t.provider, t.booking_date, t.value_date,
  t.currency, t.gross_minor, t.interchange_minor, t.scheme_fee_minor, t.markup_minor, t.commission_minor, t.tax_minor,
  t.fee_minor, t.net_minor, t.processing_minor, t.processing_currency, t.exchange_rate, t.occurred_at, t.reference,
  t.merchant_reference, t.authorisation_code, t.last4, t.arn, t.payment_method, t.tid, f.name as file_name,
  t.line_number, ${CLAIM_COLUMNS}`;

/**
 * A file of the whole company is the platform's; its name shows to those who may see the platform.
 * @param fileShows SQL over `t`, for which lines the file's name may show at all
 */
export const linesFrom = (fileShows = "true") => `reconciliation.settlement_line t
  left join reconciliation.source_file f on f.id = t.file_id and f.merchant_id in (t.merchant_id, 'platform')
    and ${fileShows}
  left join lateral (
    select * from reconciliation.claim c
    where c.merchant_id = t.merchant_id and c.line_id = t.id and c.released_at is null
    order by c.share limit 1
  ) c on true`;

export const LINES_FROM = linesFrom();

export function lineOf(row: LineRow): SettlementLine {
  const { currency } = row;
  const part = (minor: bigint | null) => moneyOrNull(minor, currency);
  return {
    id: row.id,
    batchId: row.batch_id,
    transactionId: row.transaction_id,
    kind: row.kind,
    provider: row.provider,
    bookingDate: row.booking_date,
    valueDate: row.value_date,
    gross: { amountMinor: row.gross_minor, currency },
    interchange: part(row.interchange_minor),
    schemeFee: part(row.scheme_fee_minor),
    markup: part(row.markup_minor),
    commission: part(row.commission_minor),
    tax: part(row.tax_minor),
    fee: { amountMinor: row.fee_minor, currency },
    net: { amountMinor: row.net_minor, currency },
    processingAmount: moneyOrNull(row.processing_minor, row.processing_currency),
    exchangeRate: row.exchange_rate,
    occurredAt: row.occurred_at,
    reference: row.reference,
    merchantReference: row.merchant_reference,
    authorisationCode: row.authorisation_code,
    last4: row.last4,
    arn: row.arn,
    paymentMethod: row.payment_method,
    tid: row.tid,
    fileName: row.file_name,
    lineNumber: row.line_number,
    claim: claimOf(row),
  };
}
