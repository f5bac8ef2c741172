import { Field, ID } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { BigIntScalar, DateScalar } from "../shared/scalars.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { Output } from "../shared/subgraph/output.ts";
import { connectionOf } from "../shared/subgraph/page-type.ts";
import { type PayoutStatus, PayoutStatusEnum } from "./payouts/payout-state.ts";

@Output("SettlementBatch", "The lines a provider settled together. Its figures are the sums of its lines.")
export class SettlementBatch {
  readonly merchantId!: string;
  readonly payoutId!: string | null;

  @Field(() => ID, { description: "Stable id, `bat_…`." })
  id!: string;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => String, { description: "The provider's account of the merchant." })
  account!: string;

  @Field(() => String, { description: "The provider's number of the batch." })
  batch!: string;

  @Field(() => DateScalar, { description: "The last day anything of it was booked." })
  bookingDate!: string;

  @Field(() => BigIntScalar, { description: "How many lines it has, the payout itself not counted." })
  lineCount!: bigint;

  @Field(() => MoneyType, { description: "Sum before fees." })
  gross!: Money;

  @Field(() => MoneyType, { description: "Sum of fees, as a rule negative." })
  fee!: Money;

  @Field(() => MoneyType, { description: "What it pays: gross + fee." })
  net!: Money;
}

@Output("Payout", "Money that left a provider for the merchant's bank account.")
export class Payout {
  readonly merchantId!: string;

  @Field(() => ID, { description: "Stable id, `pay_…`." })
  id!: string;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => String, { description: "The provider's account of the merchant." })
  account!: string;

  @Field(() => String, { description: "The reference that the bank statement shows." })
  reference!: string;

  @Field(() => MoneyType, { description: "What was paid; negative if the merchant had to pay." })
  amount!: Money;

  @Field(() => DateScalar, { nullable: true, description: "The day the money counts from; null if not said." })
  valueDate!: string | null;

  @Field(() => PayoutStatusEnum, { description: "Where the money is." })
  status!: PayoutStatus;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The day the bank booked it, or the last of it; null until a statement has it.",
  })
  arrivalDate!: string | null;

  readonly bankEntryIds!: readonly string[];
}

@Output("SettlementBatchConnection", "A page of batches, the latest booking first.")
export class SettlementBatchConnection extends connectionOf("SettlementBatch", SettlementBatch) {}

@Output("PayoutConnection", "A page of payouts: those without a date, then the latest first.")
export class PayoutConnection extends connectionOf("Payout", Payout) {}

export type BatchRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly payout_id: string | null;
  readonly provider: string;
  readonly account: string;
  readonly batch: string;
  readonly currency: string;
  readonly booking_date: string;
  readonly line_count: bigint;
  readonly gross_minor: bigint;
  readonly fee_minor: bigint;
  readonly net_minor: bigint;
};

export const BATCH_COLUMNS = `t.id, t.merchant_id, t.payout_id, t.provider, t.account, t.batch, t.currency,
  t.booking_date, t.line_count, t.gross_minor, t.fee_minor, t.net_minor`;

export function batchOf(row: BatchRow): SettlementBatch {
  const inCurrency = (amountMinor: bigint) => ({ amountMinor, currency: row.currency });
  return {
    id: row.id,
    merchantId: row.merchant_id,
    payoutId: row.payout_id,
    provider: row.provider,
    account: row.account,
    batch: row.batch,
    bookingDate: row.booking_date,
    lineCount: row.line_count,
    gross: inCurrency(row.gross_minor),
    fee: inCurrency(row.fee_minor),
    net: inCurrency(row.net_minor),
  };
}

export type PayoutRow = {
  readonly id: string;
  readonly merchant_id: string;
  readonly provider: string;
  readonly account: string;
  readonly reference: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly value_date: string | null;
  readonly status: PayoutStatus;
  readonly arrival_date: string | null;
  readonly bank_entry_ids: readonly string[] | null;
};

export const PAYOUT_STATUS = `case when returned.returned then 'RETURNED' when paid.bank_entry_ids is not null then 'PAID'
    when t.value_date > current_date then 'SCHEDULED' else 'IN_TRANSIT' end`;

export const PAYOUT_COLUMNS = `t.id, t.merchant_id, t.provider, t.account, t.reference, t.currency, t.amount_minor,
  t.value_date, paid.arrival_date, paid.bank_entry_ids,
  ${PAYOUT_STATUS} as status`;

/** The day by which a payout t stands in a list; what has no day yet is still to come, and null has no place in an order. */
export const PAYOUT_DAY = `coalesce(t.value_date, paid.arrival_date, (select max(b.booking_date)
  from reconciliation.settlement_batch b where b.merchant_id = t.merchant_id and b.payout_id = t.id), date '9999-12-31')`;

/** Beside a payout t: what the bank booked for it. */
export const PAYOUT_BANK = `
  left join lateral (select array_agg(e.id order by e.booking_date, e.id) as bank_entry_ids, max(e.booking_date) as arrival_date
    from reconciliation.payout_credit c
    join reconciliation.bank_entry e on e.merchant_id = c.merchant_id and e.id = c.bank_entry_id
    where c.merchant_id = t.merchant_id and c.payout_id = t.id and c.way = 'PAID' and c.released_at is null) paid on true
  left join lateral (select true as returned
    from reconciliation.payout_credit c
    where c.merchant_id = t.merchant_id and c.payout_id = t.id and c.way = 'RETURNED' and c.released_at is null
  ) returned on true`;

export function payoutOf(row: PayoutRow): Payout {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    provider: row.provider,
    account: row.account,
    reference: row.reference,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    valueDate: row.value_date,
    status: row.status,
    arrivalDate: row.arrival_date,
    bankEntryIds: row.bank_entry_ids ?? [],
  };
}
